import { describe, expect, it } from '@jest/globals'
import type { XmlDocument, XmlElement } from './document.js'
import { readXml } from './read-xml.js'
import { XmlError } from './xml-error.js'

const soap = 'http://schemas.xmlsoap.org/soap/envelope/'
const wsu = 'http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd'
const xml = 'http://www.w3.org/XML/1998/namespace'

const read = (text: string): XmlDocument => readXml(Buffer.from(text))

const message = `<?xml version="1.0"?>
<s:Envelope xmlns:s="${soap}" xmlns:wsu="${wsu}" xmlns="urn:default">
  <s:Header><fin mode="a&amp;b" s:mode="2" xml:lang="az">ABC</fin><!-- c --></s:Header>
  <s:Body wsu:Id="body"><q:Sorğu xmlns:q="urn:q" xmlns=""><ad>Əli</ad><ad/></q:Sorğu></s:Body>
</s:Envelope>`

/** The element that a path of positions leads to, from the root. */
function at(document: XmlDocument, ...path: number[]): XmlElement {
  let element = document.root
  for (const position of path) element = [...document.children(element)][position]!
  return element
}

describe('finding the way', () => {
  const document = read(message)
  const header = at(document, 0)
  const body = at(document, 1)

  it('goes from element to element and sees nothing else', () => {
    expect(document.firstChild(document.root)).toBe(header)
    expect(document.nextSibling(header)).toBe(body)
    expect(document.nextSibling(body)).toBeUndefined()
    expect(document.nextSibling(document.root)).toBeUndefined()
    expect(document.firstChild(at(document, 0, 0))).toBeUndefined()
    expect(document.parent(body)).toBe(document.root)
    expect(document.parent(document.root)).toBeUndefined()
    expect([...document.children(at(document, 1, 0))]).toHaveLength(2)
    // The last inside is not followed by what comes after its parent.
    expect(document.nextSibling(at(document, 0, 0))).toBeUndefined()
  })

  it('knows names by namespace and local name', () => {
    expect(document.is(body, soap, 'Body')).toBe(true)
    expect(document.is(body, '', 'Body')).toBe(false)
    expect(document.is(body, soap, 'body')).toBe(false)
    const names = [header, at(document, 0, 0), at(document, 1, 0), at(document, 1, 0, 0)].map(
      (element) => [
        document.prefix(element),
        document.namespace(element),
        document.localName(element),
      ],
    )
    expect(names).toEqual([
      ['s', soap, 'Header'],
      ['', 'urn:default', 'fin'],
      ['q', 'urn:q', 'Sorğu'],
      ['', '', 'ad'],
    ])
    expect(document.child(document.root, soap, 'Body')).toBe(body)
    expect(document.child(document.root, soap, 'Fault')).toBeUndefined()
  })

  it('gives attributes by namespace and local name', () => {
    const fin = at(document, 0, 0)
    expect(document.attribute(fin, '', 'mode')).toBe('a&b')
    expect(document.attribute(fin, soap, 'mode')).toBe('2')
    expect(document.attribute(fin, 'urn:default', 'mode')).toBeUndefined()
    expect(document.attribute(fin, xml, 'lang')).toBe('az')
    expect(document.attributes(fin)).toEqual([
      { namespace: '', localName: 'mode', value: 'a&b' },
      { namespace: soap, localName: 'mode', value: '2' },
      { namespace: xml, localName: 'lang', value: 'az' },
    ])
    // Declarations are no attributes.
    expect(document.attributes(document.root)).toEqual([])
  })

  it('knows what is inside what', () => {
    expect(document.contains(body, at(document, 1, 0, 1))).toBe(true)
    expect(document.contains(body, body)).toBe(true)
    expect(document.contains(body, document.root)).toBe(false)
    expect(document.contains(header, body)).toBe(false)
  })

  it('tells the bytes of an element and of its content', () => {
    const bytesOf = ({ start, end }: { start: number; end: number }): string =>
      document.bytes.subarray(start, end).toString()
    expect(bytesOf(document.range(at(document, 1, 0, 0)))).toBe('<ad>Əli</ad>')
    expect(bytesOf(document.contentRange(at(document, 1, 0, 0)))).toBe('Əli')
    expect(bytesOf(document.range(at(document, 1, 0, 1)))).toBe('<ad/>')
    const { start, end } = document.contentRange(at(document, 1, 0, 1))
    expect([start, end]).toEqual([end, document.range(at(document, 1, 0, 1)).end])
    expect(bytesOf(document.range(document.root))).toBe(message.slice(message.indexOf('<s:E')))
  })

  it('tells the namespaces in scope', () => {
    expect([...document.namespacesInScope(at(document, 0, 0))]).toEqual([
      ['', 'urn:default'],
      ['wsu', wsu],
      ['s', soap],
    ])
    expect(document.namespacesInScope(at(document, 1, 0, 0)).has('')).toBe(false)
    expect(document.namespaceOfPrefix(at(document, 1, 0), 'q')).toBe('urn:q')
    expect(document.namespaceOfPrefix(body, 'q')).toBeUndefined()
    expect(document.namespaceOfPrefix(body, 'xml')).toBe(xml)
  })
})

describe('text', () => {
  const textOf = (content: string): string => {
    const document = read(`<a>${content}</a>`)
    return document.text(document.root)
  }

  it.each([
    ['', ''],
    ['şlüz \u{1f600}', 'şlüz \u{1f600}'],
    ['a\r\nb\rc\n\r', 'a\nb\nc\n\n'],
    ['&lt;&#x1F600;&#xD;&amp;amp;>', '<\u{1f600}\r&amp;>'],
    ['<![CDATA[<&amp;\r\n]]>', '<&amp;\n'],
    ['a<![CDATA[b]]>c<![CDATA[]]>', 'abc'],
  ])('%j is %j', (content, text) => {
    expect(textOf(content)).toBe(text)
  })

  it.each([
    ['admin<!-- -->.example', 'a value has a comment inside'],
    ['<b/>', 'a value has an element inside'],
    ['x<b>y</b>', 'a value has an element inside'],
  ])('%s is no text that decides', (content, reason) => {
    const document = read(`<a>${content}</a>`)
    expect(() => document.text(document.root)).toThrow(XmlError)
    expect(() => document.text(document.root)).toThrow(reason)
    expect(document.textInside(document.root)).toBe(content.replace(/<.*?>/g, ''))
  })

  it.each([
    ['\t\r\n', '  '],
    ['\r', ' '],
    ['&#9;&#xA;&#13;', '\t\n\r'],
    ['a  b ', 'a  b '],
    ['&quot;ə&apos;>', `"ə'>`],
  ])('the attribute value %j is %j', (written, value) => {
    const document = read(`<a b="${written}"/>`)
    expect(document.attribute(document.root, '', 'b')).toBe(value)
  })

  it.each([
    ['<b>x</b> \n<!-- c --><c/>', true],
    ['', true],
    ['<b/>x', false],
    ['&#32;', false],
    ['<![CDATA[]]>', false],
  ])('%s: only elements? %s', (content, only) => {
    const document = read(`<a>${content}</a>`)
    expect(document.hasOnlyElements(document.root)).toBe(only)
  })
})

describe('Ids', () => {
  const ids = (content: string): XmlDocument => read(`<a xmlns:wsu="${wsu}">${content}</a>`)

  it('finds an element by any kind of Id', () => {
    const document = ids(
      '<b wsu:Id="1"/><b xml:id="2"/><b Id="3"/><b ID="4"/><b id="5"/><b iD="6" wsu:id="6"/>',
    )
    const found = ['1', '2', '3', '4', '5'].map((id) => document.elementById(id))
    expect(found).toEqual([...document.children(document.root)].slice(0, 5))
    expect(document.elementById('6')).toBeUndefined()
  })

  it('takes only the kinds asked for', () => {
    const document = ids('<b wsu:Id="1"/><b Id="2"/>')
    expect(document.elementById('1', ['wsu:Id'])).toBe(at(document, 0))
    expect(document.elementById('2', ['wsu:Id'])).toBeUndefined()
    expect(document.elementById('2', ['wsu:Id', 'Id'])).toBe(at(document, 1))
  })

  it.each([
    '<b wsu:Id="x"/><c wsu:Id="x"/>',
    '<b wsu:Id="x"/><c Id="x"/>',
    '<b wsu:Id="x"><c id="x"/></b>',
    '<b xml:id="x"/><c ID="&#120;"/>',
  ])('refuses a value that two elements have: %s', (content) => {
    const document = ids(content)
    expect(() => document.elementById('x', ['wsu:Id'])).toThrow('two elements have the same Id')
    expect(document.elementById('y')).toBeUndefined()
  })

  it('lets one element say it twice, and rows be numbered', () => {
    const document = ids('<b wsu:Id="x" Id="x"/><row id="1"/><list><row id="1"/></list>')
    expect(document.elementById('x', ['Id'])).toBe(at(document, 0))
  })

  it('takes values as they are: other white space, other value', () => {
    const document = ids('<b Id=" x"/><c Id="x"/>')
    expect(document.elementById('x')).toBe(at(document, 1))
  })

  it('knows no names of its own', () => {
    expect(ids('<b/>').elementById('constructor')).toBeUndefined()
    expect(ids('<b/>').elementById('')).toBeUndefined()
  })
})
