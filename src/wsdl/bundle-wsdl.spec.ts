import { describe, expect, it } from '@jest/globals'
import { changed, filesOf, sample, wsdlNamespaces } from '../../test/support/wsdl-samples.js'
import { readXml } from '../xml/read-xml.js'
import { validateElement } from '../xsd/validate-element.js'
import { bundleWsdl } from './bundle-wsdl.js'
import { readWsdl } from './read-wsdl.js'

const xs = 'xmlns:xs="http://www.w3.org/2001/XMLSchema"'
const schema = (attributes: string, content: string): string =>
  `<xs:schema ${xs} ${attributes}>${content}</xs:schema>`
const rowOf = (type: string): string =>
  `<xs:complexType name="${type}"><xs:sequence><xs:element name="n" type="xs:int"/></xs:sequence><xs:attribute name="a" type="xs:int"/></xs:complexType>`

/** The sample, its schema another one. */
const withSchema = (text: string): string =>
  sample.replace(/<types>.*<\/types>/, () => `<types>${text}</types>`)

/** Violations of a message under a description and under the same in one document, which must be the same. */
function verdict(files: ReadonlyMap<string, Uint8Array>, xml: string): string[] {
  const bundle = bundleWsdl(files, 'a.wsdl')
  const verdicts = [readWsdl(files, 'a.wsdl'), readWsdl(new Map([['b', bundle]]), 'b')].map(
    ({ operations, schemas }) => {
      const document = readXml(Buffer.from(xml))
      const found = validateElement(document, document.root, operations[0]!.input.body, schemas)
      return found.map(({ path, rule }) => `${path} ${rule}`)
    },
  )
  expect(verdicts[1]).toEqual(verdicts[0])
  return verdicts[0]!
}

describe('a WSDL in one document', () => {
  it('has one schema a namespace, and each part keeps its own form of names and its own prefixes', () => {
    const element = (type: string): string =>
      `<xs:element name="A"><xs:complexType><xs:sequence><xs:element name="q" type="${type}"/></xs:sequence></xs:complexType></xs:element><xs:element name="F" type="xs:int"/>`
    const files = filesOf({
      'a.wsdl': withSchema(
        schema(
          'targetNamespace="urn:t" elementFormDefault="qualified" xmlns:p="urn:t"',
          `<xs:include schemaLocation="sub/b.xsd"/>${element('p:Row')}`,
        ),
      ),
      'sub/b.xsd': schema(
        'targetNamespace="urn:t" attributeFormDefault="qualified" xmlns:p="urn:c"',
        `<xs:import namespace="urn:c" schemaLocation="../c.xsd"/><xs:complexType name="Row"><xs:complexContent><xs:extension base="p:Row"><xs:sequence><xs:element name="m" type="xs:int"/></xs:sequence><xs:attribute name="b" type="xs:int"/></xs:extension></xs:complexContent></xs:complexType>`,
      ),
      'c.xsd': schema('targetNamespace="urn:c"', rowOf('Row')),
    })
    const good = '<t:A xmlns:t="urn:t"><t:q a="1" t:b="2"><n>1</n><m>2</m></t:q></t:A>'
    expect(verdict(files, good)).toEqual([])
    expect(verdict(files, good.replace('t:b', 'b'))).toEqual(['/A/q/@b unexpected'])
    expect(verdict(files, good.replaceAll('t:q', 'q'))).not.toEqual([])
    expect(verdict(files, good.replace('<m>2</m>', '<t:m>2</t:m>'))).not.toEqual([])
    expect(
      bundleWsdl(files, 'a.wsdl')
        .toString()
        .match(/targetNamespace="urn:t" /g),
    ).toHaveLength(1)
  })

  it('has a schema without a namespace in each that includes it', () => {
    const include = '<xs:include schemaLocation="c.xsd"/>'
    const files = filesOf({
      'a.wsdl': withSchema(
        schema('targetNamespace="urn:u"', include) +
          schema(
            'targetNamespace="urn:t" xmlns:u="urn:u"',
            `<xs:import namespace="urn:u"/>${include}<xs:element name="A"><xs:complexType><xs:sequence><xs:element ref="u:R"/></xs:sequence></xs:complexType></xs:element><xs:element name="F" type="xs:int"/>`,
          ),
      ),
      'c.xsd': `<schema xmlns="http://www.w3.org/2001/XMLSchema"><xs:element ${xs} xmlns="" name="R" type="Row"/>${rowOf('Row').replaceAll('xs:complexType name', `xs:complexType ${xs} name`)}</schema>`,
    })
    expect(
      verdict(files, '<t:A xmlns:t="urn:t" xmlns:u="urn:u"><u:R><n>1</n></u:R></t:A>'),
    ).toEqual([])
  })

  it('keeps default values of block and final where two schemas say otherwise', () => {
    const files = filesOf({
      'a.wsdl': withSchema(
        schema(
          'targetNamespace="urn:t" xmlns:t="urn:t"',
          '<xs:include schemaLocation="b.xsd"/><xs:element name="A" type="t:Row"/><xs:element name="F" type="xs:int"/><xs:complexType name="More"><xs:complexContent><xs:extension base="t:Row"/></xs:complexContent></xs:complexType>',
        ),
      ),
      'b.xsd': schema('targetNamespace="urn:t" blockDefault="extension"', rowOf('Row')),
    })
    const typed =
      '<t:A xmlns:t="urn:t" xmlns:i="http://www.w3.org/2001/XMLSchema-instance" i:type="t:More"><n>1</n></t:A>'
    expect(verdict(files, typed)).not.toEqual([])
  })

  it('is refused where two namespaces have a definition of one name, or the main one has none', () => {
    const other = (namespace: string): string =>
      `<definitions ${wsdlNamespaces} targetNamespace="${namespace}"><message name="in"/></definitions>`
    const importing = changed(['<types>', '<import namespace="urn:o" location="o.wsdl"/><types>'])
    const files = filesOf({ 'a.wsdl': importing, 'o.wsdl': other('urn:o') })
    expect(readWsdl(files, 'a.wsdl').operations).toHaveLength(1)
    expect(() => bundleWsdl(files, 'a.wsdl')).toThrow(
      'o.wsdl:1: Two namespaces have a message "in"',
    )
    const without = importing
      .replace(' targetNamespace="urn:t">\n', '>\n')
      .replace('xmlns="', 'xmlns:w="')
      .replace(/ (message|type|binding)="t:(in|out|bad|P|B)"/g, ' $1="$2"')
      .replace(/<(\/?)([a-z]\w+(?=[ >]))/gi, '<$1w:$2')
    const nameless = filesOf({ 'a.wsdl': without, 'o.wsdl': other('urn:o').replace('"in"', '"x"') })
    expect(readWsdl(nameless, 'a.wsdl').operations).toHaveLength(1)
    expect(() => bundleWsdl(nameless, 'a.wsdl')).toThrow('a.wsdl:1: The WSDL imports another one')
  })

  it('is refused where little would become too much', () => {
    const name = 'x'.repeat(900)
    const many = Array.from({ length: 40 }, (_, at) => `xmlns:p${at}="urn:${at}:${name}"`).join(' ')
    const types = Array.from({ length: 200 }, (_, at) => rowOf(`T${at}`)).join('')
    const files = filesOf({
      'a.wsdl': changed([
        '<xs:element name="A"',
        '<xs:include schemaLocation="b.xsd"/><xs:element name="A"',
      ]),
      'b.xsd': schema(`targetNamespace="urn:t" ${many}`, types),
    })
    expect(readWsdl(files, 'a.wsdl').operations).toHaveLength(1)
    expect(() => bundleWsdl(files, 'a.wsdl')).toThrow(
      'a.wsdl:0: As one document, the WSDL is above',
    )
  })

  it('is refused as readWsdl refuses it', () => {
    expect(() => bundleWsdl(filesOf({}), 'a.wsdl')).toThrow('a.wsdl:0: The file is not there')
  })
})
