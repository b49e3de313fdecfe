import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { readXml } from '../xml/read-xml.js'
import { cutSoap, UncuttableError } from './cut-xml.js'
import { PointerTree } from './pointer-tree.js'

const soap11 = 'http://schemas.xmlsoap.org/soap/envelope/'
const soap12 = 'http://www.w3.org/2003/05/soap-envelope'

function envelope(body: string, soap = soap11): string {
  return `<?xml version="1.0"?>\n<S:Envelope xmlns:S="${soap}"><S:Header><y>1</y></S:Header><S:Body>${body}</S:Body></S:Envelope>\n`
}

function cut(text: string, ...pointers: string[]): string {
  const document = readXml(Buffer.from(text))
  return Buffer.from(cutSoap(document, PointerTree.of(pointers)).bytes).toString('utf8')
}

const cutBody = (body: string, ...pointers: string[]): string => {
  const left = cut(envelope(body), ...pointers)
  const [head, tail] = envelope('|').split('|') as [string, string]
  expect(left.startsWith(head) && left.endsWith(tail)).toBe(true)
  return left.slice(head.length, -tail.length)
}

describe('fields are cut out of the Body of an envelope', () => {
  it('by the local names behind its child, and every other byte stays', () => {
    const body = `<n:r xmlns:n="urn:n"  xml:lang='az'>\n <n:ad>Aygün</n:ad> <n:yer><s>Bakı</s></n:yer><!-- c -->\n</n:r>`
    expect(cutBody(body, '/yer')).toBe(body.replace('<n:yer><s>Bakı</s></n:yer>', ''))
    expect(cutBody(body, '/yer/s')).toBe(body.replace('<s>Bakı</s>', ''))
    expect(cutBody(body, '/r', '/s', '/ad/s')).toBe(body)
  })

  it('each of several, with `*`, with an index and without', () => {
    const body = '<r><p><y>1</y><z/></p><p><y/></p><q><y>2</y></q></r>'
    const left = '<r><p><z/></p><p></p><q><y>2</y></q></r>'
    for (const pointer of ['/p/y', '/p/*/y', '/p/0/y']) expect(cutBody(body, pointer)).toBe(left)
    expect(cutBody(body, '/*/y')).toBe('<r><p><z/></p><p></p><q></q></r>')
    expect(cutBody(body, '/p/*')).toBe('<r><q><y>2</y></q></r>')
  })

  it('attributes, whatever their prefix, and the text beside them', () => {
    const body = `<r kod="1" xmlns:a="urn:a" a:kod = '2' b="3"><p kod="4" c="5">text</p></r>`
    expect(cutBody(body, '/@kod')).toBe(`<r  xmlns:a="urn:a"  b="3"><p kod="4" c="5">text</p></r>`)
    expect(cutBody(body, '/p/@kod', '/p/$')).toBe(
      `<r kod="1" xmlns:a="urn:a" a:kod = '2' b="3"><p  c="5"></p></r>`,
    )
  })

  it('also where a failure tells of it', () => {
    const fault =
      '<S:Fault><faultcode>S:Server</faultcode><detail><d><y>1</y><z/></d></detail></S:Fault>'
    expect(cutBody(fault, '/y')).toBe(fault.replace('<y>1</y>', ''))
    expect(cutBody(fault, '/faultcode')).toBe(fault)
    const soap12Fault = envelope('<S:Fault><S:Detail><d><y>1</y></d></S:Detail></S:Fault>', soap12)
    expect(cut(soap12Fault, '/y')).toBe(soap12Fault.replace('<d><y>1</y></d>', '<d></d>'))
  })

  it('but not where it may stand under another name, or nobody can see it', () => {
    for (const body of [
      '<r><p href="#1"/></r><multiRef id="1"><y>1</y></multiRef>',
      '<r><p xmlns:e="http://www.w3.org/2003/05/soap-encoding" e:ref="x"/></r>',
      '<r><e:EncryptedData xmlns:e="http://www.w3.org/2001/04/xmlenc#"/></r>',
    ]) {
      expect(() => cutBody(body, '/p/y')).toThrow(UncuttableError)
    }
    expect(cutBody('<r><a href="https://example.az/#1">x</a></r>', '/y')).toContain('example.az')
  })
})

interface Node {
  readonly name: string
  readonly children: readonly Node[]
}

const name = fc.constantFrom('a', 'b', 'c', 'ğ')
const node = fc.letrec<{ node: Node }>((tie) => ({
  node: fc.record({
    name,
    children: fc.oneof({ maxDepth: 4 }, fc.constant([]), fc.array(tie('node'), { maxLength: 4 })),
  }),
})).node

function xml({ name: own, children }: Node): string {
  return children.length === 0 ? `<${own}/>` : `<${own}>${children.map(xml).join(' ')}</${own}>`
}

/** Names of the elements that are left, by their way from the root. */
function ways(text: string): string[] {
  const document = readXml(Buffer.from(text))
  const all: string[] = []
  for (const element of document.inside(document.root)) {
    let way = ''
    let at: typeof element | undefined = element
    while (at !== undefined) {
      way = `/${document.localName(at)}${way}`
      at = document.parent(at)
    }
    all.push(way)
  }
  return all
}

it('cutting leaves every element that no pointer names, and none that one does', () => {
  const segments = fc.array(name, { minLength: 1, maxLength: 3 })
  fc.assert(
    fc.property(node, fc.array(segments, { minLength: 1, maxLength: 4 }), (root, asked) => {
      const text = envelope(xml(root))
      const left = ways(cut(text, ...asked.map((each) => `/${each.join('/')}`)))
      const gone = asked.map((each) => `/Envelope/Body/${[root.name, ...each].join('/')}`)
      const stays = (way: string): boolean =>
        !gone.some((each) => way === each || way.startsWith(`${each}/`))
      expect(left).toEqual(ways(text).filter(stays))
    }),
    { numRuns: 300 },
  )
})
