import { describe, expect, it } from '@jest/globals'
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
  it('is taken where the caller says that there are attachments', () => {
    const file = Buffer.from(`${start}<xs:element name="R" type="xs:base64Binary"/></xs:schema>`)
    const schemas = readSchemaFile(new Map([['a.xsd', file]]), 'a.xsd')
    const root = schemas.elements.get('{urn:t}R')!
    const include = '<x:Include xmlns:x="http://www.w3.org/2004/08/xop/include" href="cid:1"/>'
    const rulesOf = (content: string, isXop: boolean): string[] => {
      const xml = readXml(Buffer.from(inside(content)))
      return validateElement(xml, xml.root, root, schemas, { isXop }).map(({ rule }) => rule)
    }
    expect(rulesOf(include, true)).toEqual([])
    expect(rulesOf(include, false)).toEqual(['unknown'])
    expect(rulesOf(include + include, true)).toEqual(['unknown'])
    expect(rulesOf(`a${include}`, true)).toEqual(['unknown'])
    for (const href of ['http://127.0.0.1/', 'file:///etc/passwd', 'cid:', ' cid:1', '']) {
      expect(rulesOf(include.replace('cid:1', href), true)).toEqual(['unknown'])
    }
    expect(rulesOf(include.replace('/>', '>QQ==</x:Include>'), true)).toEqual(['unknown'])
    expect(rulesOf(include.replace('/>', '><x:a/></x:Include>'), true)).toEqual(['unknown'])
  })
})
