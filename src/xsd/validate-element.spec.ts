import { describe, expect, it } from '@jest/globals'
import type { IncludedFiles } from './included-files.js'
import { readXml } from '../xml/read-xml.js'
import { readSchemaFile } from './read-schemas.js'
import { validateElement } from './validate-element.js'

const namespaces = 'xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:t="urn:t"'
const start = `<xs:schema ${namespaces} targetNamespace="urn:t" elementFormDefault="qualified">`

/** Violations of a document under a schema with global element `R`, each as `path rule`. */
function violations(schema: string, document: string): string[] {
  const file = Buffer.from(`${start}${schema}</xs:schema>`)
  const schemas = readSchemaFile(new Map([['a.xsd', file]]), 'a.xsd')
  const xml = readXml(Buffer.from(document))
  const found = validateElement(xml, xml.root, schemas.elements.get('{urn:t}R')!, schemas)
  return found.map(({ path, rule }) => `${path} ${rule}`)
}

const identity = `
  <xs:simpleType name="Fin">
    <xs:restriction base="xs:token"><xs:pattern value="[0-9A-HJ-NP-Z]{7}"/></xs:restriction>
  </xs:simpleType>
  <xs:element name="R"><xs:complexType>
    <xs:sequence>
      <xs:element name="Fin" type="t:Fin"/>
      <xs:element name="Age" type="xs:int" minOccurs="0"/>
      <xs:element name="Row" maxOccurs="3"><xs:complexType>
        <xs:sequence><xs:element name="Day" type="xs:date"/></xs:sequence>
        <xs:attribute name="sum" type="xs:decimal" use="required"/>
      </xs:complexType></xs:element>
      <xs:element name="Note" type="xs:string"/>
    </xs:sequence>
  </xs:complexType></xs:element>`
const row = '<Row sum="1.5"><Day>2026-02-28</Day></Row>'
const inside = (content: string): string => `<R xmlns="urn:t">${content}</R>`

describe('a message under its schema', () => {
  it('passes when it is as the schema says', () => {
    const message = inside(`<Fin> 5XKQ2M1 </Fin>${row}${row}<Note/>`)
    expect(violations(identity, message)).toEqual([])
  })

  it('is told every place that is wrong, by path and rule', () => {
    const rows = '<Row sum="q"><Day>2026-02-29</Day></Row><Row><Day>2026-02-27</Day><Other/></Row>'
    expect(violations(identity, inside(`<Fin>5XKQ2M</Fin><Age>x</Age>${rows}`))).toEqual([
      '/R/Fin pattern',
      '/R/Age type',
      '/R/Row[1]/@sum type',
      '/R/Row[1]/Day type',
      '/R/Row[2]/@sum missing',
      '/R/Row[2]/Other unknown',
      '/R missing',
    ])
  })

  it('is told what it left out and what is too many', () => {
    expect(violations(identity, inside(`<Age>1</Age>${row}${row}${row}${row}<Note/>`))).toEqual([
      '/R/Fin missing',
      '/R/Row[4] tooMany',
    ])
  })
})

describe('Base64 that is an attachment', () => {
  const include = '<x:Include xmlns:x="http://www.w3.org/2004/08/xop/include" href="cid:1"/>'
  const files = new Map([
    ['1', Buffer.alloc(3)],
    ['a b@c', Buffer.alloc(9)],
  ])

  /** What is wrong with a value of `xs:base64Binary` that is restricted so. */
  function rulesOf(content: string, given: IncludedFiles | 'none' = files, facets = ''): string[] {
    const type = `<xs:simpleType><xs:restriction base="xs:base64Binary">${facets}</xs:restriction></xs:simpleType>`
    const file = Buffer.from(`${start}<xs:element name="R">${type}</xs:element></xs:schema>`)
    const schemas = readSchemaFile(new Map([['a.xsd', file]]), 'a.xsd')
    const xml = readXml(Buffer.from(inside(content)))
    const root = schemas.elements.get('{urn:t}R')!
    const found = validateElement(xml, xml.root, root, schemas, {
      files: given === 'none' ? undefined : given,
    })
    return found.map(({ rule }) => rule)
  }

  it('is taken where the message has that attachment, and the element nothing else', () => {
    expect(rulesOf(include)).toEqual([])
    expect(rulesOf(include.replace('cid:1', 'cid:a%20b@c'))).toEqual([])
    expect(rulesOf(include, 'none')).toEqual(['unknown'])
    expect(rulesOf(include + include)).toEqual(['unknown'])
    expect(rulesOf(`a${include}`)).toEqual(['unknown'])
    const others = [
      'http://127.0.0.1/',
      'file:///etc/passwd',
      'cid:',
      ' cid:1',
      '',
      'cid:2',
      'cid:%',
    ]
    for (const href of others) {
      expect(rulesOf(include.replace('cid:1', href))).toEqual(['attachment'])
    }
    expect(rulesOf(include.replace('/>', '>QQ==</x:Include>'))).toEqual(['unknown'])
    expect(rulesOf(include.replace('/>', '><x:a/></x:Include>'))).toEqual(['unknown'])
  })

  it.each([
    ['<xs:maxLength value="3"/>', []],
    ['<xs:maxLength value="2"/>', ['tooLong']],
    ['<xs:minLength value="4"/>', ['tooShort']],
    ['<xs:length value="4"/>', ['length']],
    ['<xs:enumeration value="AAAA"/>', ['attachment']],
  ])('is of the length that its type asks for: %s', (facets, rules) => {
    expect(rulesOf(include, files, facets)).toEqual(rules)
  })
})
