import { afterAll, describe, expect, it } from '@jest/globals'
import { WorkCounter } from '../../test/support/work.js'
import { readXml } from '../xml/read-xml.js'

const counter = new WorkCounter(/\/src\/xsd\//)
const { readSchemaFile } = await import('./read-schemas.js')
const { validateElement } = await import('./validate-element.js')

const schema = `<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema">
  <xs:simpleType name="p"><xs:restriction base="xs:string"><xs:pattern value="(a|a)*(a+)*b"/></xs:restriction></xs:simpleType>
  <xs:simpleType name="l"><xs:list itemType="xs:int"/></xs:simpleType>
  <xs:complexType name="t"><xs:sequence>
    <xs:choice minOccurs="0" maxOccurs="unbounded">
      <xs:element name="n" type="xs:decimal"/><xs:element name="p" type="p"/><xs:element name="l" type="l"/>
      <xs:element name="t" type="t"/><xs:element name="b" type="xs:base64Binary"/><xs:element name="i" type="xs:ID"/>
    </xs:choice>
    <xs:sequence minOccurs="0" maxOccurs="50"><xs:element name="x" minOccurs="2" maxOccurs="9"/><xs:element name="y"/></xs:sequence>
    <xs:any namespace="##other" processContents="lax" minOccurs="0" maxOccurs="unbounded"/>
  </xs:sequence></xs:complexType>
  <xs:element name="r" type="t"/>
</xs:schema>`
const schemas = readSchemaFile(new Map([['a.xsd', Buffer.from(schema)]]), 'a.xsd')
const root = schemas.elements.get('{}r')!

/** Messages that grow with `size` in the one thing that somebody may make costly. */
const hostile: Record<string, (size: number) => string> = {
  'many numbers': (size) => '<n>1.5</n>'.repeat(size),
  'a long number': (size) => `<n>${'9'.repeat(size * 20)}</n>`,
  'almost a match': (size) => `<p>${'a'.repeat(size * 20)}</p>`,
  'a long list': (size) => `<l>${'1 '.repeat(size * 4)}</l>`,
  'a long Base64': (size) => `<b>${'YWJj'.repeat(size * 4)}</b>`,
  'many Ids': (size) => Array.from({ length: size }, (_, n) => `<i>i${n}</i>`).join(''),
  'many that are unknown': (size) => '<z/>'.repeat(size),
  'many after others': (size) => '<y/>'.repeat(size),
  'many where counts matter': (size) => '<x/><x/><y/>'.repeat(size),
  'many of a wildcard': (size) => '<o xmlns="urn:o"/>'.repeat(size),
  'deep ones': (size) => `${'<t>'.repeat(90)}<n>1</n>${'</t>'.repeat(90)}`.repeat(size / 50),
}

afterAll(() => counter.stop())

describe('cost', () => {
  it.each(Object.entries(hostile))('grows no faster than the message: %s', (_name, make) => {
    const [small, large] = [600, 2_400].map((size) =>
      readXml(Buffer.from(`<r>${make(size)}</r>`)),
    ) as [ReturnType<typeof readXml>, ReturnType<typeof readXml>]
    const work = (xml: ReturnType<typeof readXml>) => (): void => {
      validateElement(xml, xml.root, root, schemas)
    }
    // Compiled and at rest from then on: what is counted is the same on every run.
    for (let times = 0; times < 3; times++) counter.count(work(large))
    const cost = counter.count(work(large))
    expect(cost / counter.count(work(small))).toBeLessThan(4.2)
    expect(cost / large.bytes.length).toBeLessThan(30)
  })
})
