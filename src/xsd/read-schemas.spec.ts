import { describe, expect, it } from '@jest/globals'
import { refusals, schemasOf, schemaText } from '../../test/support/schema-story.js'
import { xsdLimits } from '../limits/contracts.js'
import { xsdNamespace } from './built-in-types.js'
import { readXml } from '../xml/read-xml.js'
import { readSchemaFile, readSchemas } from './read-schemas.js'
import { SchemaError } from './schema-error.js'
import { validateElement } from './validate-element.js'

const type = (content: string): string => `<xs:complexType name="T">${content}</xs:complexType>`
const simple = (content: string): string => `<xs:simpleType name="S">${content}</xs:simpleType>`
const restricted = (base: string, facets: string): string =>
  simple(`<xs:restriction base="xs:${base}">${facets}</xs:restriction>`)

describe('a schema that is not accepted', () => {
  it.each([
    ['unsupported', '<xs:redefine schemaLocation="b.xsd"/>', 'xs:redefine'],
    [
      'unsupported',
      '<xs:element name="R"><xs:key name="k"><xs:selector xpath="a"/><xs:field xpath="b"/></xs:key></xs:element>',
      'xs:key',
    ],
    ['unsupported', '<xs:element name="R" type="xs:ENTITY"/>', 'xs:ENTITY'],
    ['unsupported', '<xs:element name="R" type="xs:NOTATION"/>', 'xs:NOTATION'],
    [
      'unsupported',
      '<xs:complexType name="A"><xs:complexContent><xs:restriction base="e:Array" xmlns:e="http://schemas.xmlsoap.org/soap/encoding/"/></xs:complexContent></xs:complexType>',
      'SOAP encoding (rpc/encoded): e:Array',
    ],
    [
      'unsupported',
      '<xs:element name="R" type="xs:QName" default="a"/>',
      'default, fixed: xs:QName',
    ],
    ['unresolved', '<xs:element name="R" type="t:Nobody"/>', '{urn:t}Nobody'],
    ['unresolved', '<xs:element name="R" type="u:Nobody"/>', 'u:Nobody'],
    ['location', '<xs:include schemaLocation="../outside.xsd"/>', '../outside.xsd'],
    [
      'location',
      '<xs:import namespace="urn:u" schemaLocation="http://example.org/u.xsd"/>',
      'http://example.org/u.xsd',
    ],
    ['repeated', `${type('')}${type('')}`, 'T'],
    [
      'circular',
      '<xs:group name="g"><xs:sequence><xs:group ref="t:g"/></xs:sequence></xs:group>',
      'g',
    ],
    [
      'circular',
      '<xs:complexType name="T"><xs:complexContent><xs:extension base="t:T"/></xs:complexContent></xs:complexType>',
      'T',
    ],
    ['circular', simple('<xs:restriction base="t:S"/>'), 'S'],
    [
      'circular',
      '<xs:attributeGroup name="a"><xs:attributeGroup ref="t:a"/></xs:attributeGroup>',
      'a',
    ],
    [
      'ambiguous',
      type('<xs:sequence><xs:element name="a" minOccurs="0"/><xs:element name="a"/></xs:sequence>'),
      ': a',
    ],
    [
      'ambiguous',
      type('<xs:sequence><xs:any minOccurs="0"/><xs:element name="a"/></xs:sequence>'),
      'xs:any, a',
    ],
    [
      'ambiguous',
      type(
        '<xs:choice><xs:element name="a" type="xs:int"/><xs:sequence><xs:element name="b"/><xs:element name="a"/></xs:sequence></xs:choice>',
      ),
      ': a',
    ],
    ['value', '<xs:element name="R" type="xs:int" default="x"/>', 'x'],
    ['value', restricted('int', '<xs:enumeration value="x"/>'), 'x'],
    ['value', restricted('byte', '<xs:maxInclusive value="128"/>'), '128'],
    ['pattern', restricted('string', '<xs:pattern value="(?i)a"/>'), '(?i)a'],
    ['pattern', restricted('string', '<xs:pattern value="\\p{IsNowhere}"/>'), 'IsNowhere'],
    ['pattern', restricted('string', '<xs:pattern value="a{99999}"/>'), '4096'],
    ['invalid', '<xs:element name="R" typo="x"/>', 'xs:element/@typo'],
    [
      'invalid',
      type('<xs:sequence><xs:attribute name="a"/></xs:sequence>'),
      'xs:sequence/attribute',
    ],
    ['invalid', type('<xs:sequence minOccurs="2"/>'), 'minOccurs'],
    [
      'invalid',
      restricted('string', '<xs:minLength value="3"/><xs:maxLength value="2"/>'),
      'minLength',
    ],
    ['invalid', restricted('int', '<xs:maxLength value="2"/>'), 'xs:maxLength'],
    [
      'invalid',
      type('<xs:sequence><xs:all><xs:element name="a"/></xs:all></xs:sequence>'),
      'xs:sequence/all',
    ],
    [
      'invalid',
      '<xs:complexType name="A" final="#all"/><xs:complexType name="T"><xs:complexContent><xs:extension base="t:A"/></xs:complexContent></xs:complexType>',
      'final: A',
    ],
    [
      'invalid',
      '<xs:complexType name="A"/><xs:complexType name="T"><xs:complexContent><xs:restriction base="t:A"><xs:attribute name="a"/></xs:restriction></xs:complexContent></xs:complexType>',
      '@a',
    ],
    [
      'tooLarge',
      type(
        '<xs:sequence maxOccurs="5000"><xs:element name="a"/><xs:element name="b"/></xs:sequence>',
      ),
      'maxOccurs',
    ],
  ])('is refused by name: %s, %s', (kind, content, term) => {
    const [first = ''] = refusals(content)
    expect(first).toContain(`${kind} 1: `)
    expect(first).toContain(term)
  })

  it('is told everything at once, with lines, in both languages', () => {
    const content = '\n<xs:element name="a" type="t:x"/>\n<xs:element name="b" type="t:y"/>\n'
    expect(refusals(content)).toEqual([
      'unresolved 2: There is no such component: {urn:t}x',
      'unresolved 3: There is no such component: {urn:t}y',
    ])
    expect(() => schemasOf(content)).toThrow('a.xsd:2: There is no such component: {urn:t}x')
    try {
      schemasOf(content)
    } catch (error) {
      const [{ reason }] = (error as SchemaError).problems
      expect(reason.az).toBe('Belə komponent yoxdur: {urn:t}x')
    }
  })

  it('tells no more than a hundred problems', () => {
    const elements = Array.from({ length: 300 }, (_, n) => `<xs:element name="e${n}" type="t:x"/>`)
    expect(refusals(elements.join(''))).toHaveLength(xsdLimits.problemsMax)
  })

  it('that grows without end out of little is refused, and takes no longer', () => {
    const chain = (make: (n: number) => string): string =>
      Array.from({ length: 3_000 }, (_, n) => make(n)).join('')
    const hostile: Record<string, string> = {
      'xs:group': `<xs:group name="g0"><xs:sequence/></xs:group>${chain((n) => `<xs:group name="g${n + 1}"><xs:sequence><xs:group ref="t:g${n}"/><xs:group ref="t:g${n}"/></xs:sequence></xs:group>`)}${type('<xs:group ref="t:g60"/>')}`,
      '@a': `<xs:attributeGroup name="g0"><xs:attribute name="a"/></xs:attributeGroup>${chain((n) => `<xs:attributeGroup name="g${n + 1}"><xs:attributeGroup ref="t:g${n}"/><xs:attributeGroup ref="t:g${n}"/></xs:attributeGroup>`)}`,
      '100 (types)': chain(
        (n) =>
          `<xs:complexType name="c${n}"><xs:complexContent><xs:extension base="t:c${n + 1}"/></xs:complexContent></xs:complexType>`,
      ),
      '100 (simple types)': chain(
        (n) => `<xs:simpleType name="c${n}"><xs:restriction base="t:c${n + 1}"/></xs:simpleType>`,
      ),
      '100 (elements)': `${chain((n) => `<xs:element name="c${n}" type="xs:int" substitutionGroup="t:c${n + 1}"/>`)}<xs:element name="c3000" type="xs:int"/>`,
      '100 (untyped)': `${chain((n) => `<xs:element name="c${n}" substitutionGroup="t:c${n + 1}"/>`)}<xs:element name="c3000" type="xs:int"/>`,
    }
    for (const [term, content] of Object.entries(hostile)) {
      expect(refusals(content).join('\n')).toContain(term.replace(/ .*/, ''))
    }
  })

  it('is no schema, no XML or not there', () => {
    const read = (text: string) => () =>
      readSchemaFile(new Map([['a.xsd', Buffer.from(text)]]), 'a.xsd')
    expect(read('<a/>')).toThrow(SchemaError)
    expect(read('<a')).toThrow(SchemaError)
    expect(() => readSchemaFile(new Map(), 'a.xsd')).toThrow(SchemaError)
  })
})

describe('schemas of several files', () => {
  const files = (parts: Readonly<Record<string, string>>): Map<string, Uint8Array> =>
    new Map(Object.entries(parts).map(([file, text]) => [file, Buffer.from(text)]))

  it('are read by relative path, by file name, by namespace, and without one of their own', () => {
    const schemas = readSchemaFile(
      files({
        'wsdl/a.xsd': schemaText(`
          <xs:include schemaLocation="../common/chameleon.xsd"/>
          <xs:import namespace="urn:u" schemaLocation="http://example.org/schemas/u.xsd"/>
          <xs:import namespace="urn:v"/>
          <xs:import namespace="http://www.w3.org/XML/1998/namespace"/>
          <xs:element name="R"><xs:complexType>
            <xs:sequence xmlns:u="urn:u" xmlns:v="urn:v">
              <xs:element name="a" type="t:Common"/><xs:element ref="u:b"/><xs:element ref="v:c"/>
            </xs:sequence>
            <xs:attribute ref="xml:lang"/>
          </xs:complexType></xs:element>`),
        // No namespace of its own: its names are those of whoever includes it.
        'common/chameleon.xsd': `<xs:schema xmlns:xs="${xsdNamespace}">
          <xs:complexType name="Common"><xs:sequence><xs:element name="n" type="Number"/></xs:sequence></xs:complexType>
          <xs:simpleType name="Number"><xs:restriction base="xs:int"/></xs:simpleType></xs:schema>`,
        'other/u.xsd': `<xs:schema xmlns:xs="${xsdNamespace}" targetNamespace="urn:u"><xs:element name="b" type="xs:int"/></xs:schema>`,
        'v.xsd': `<xs:schema xmlns:xs="${xsdNamespace}" targetNamespace="urn:v"><xs:element name="c" type="xs:int"/></xs:schema>`,
      }),
      'wsdl/a.xsd',
    )
    expect([...schemas.types.keys()]).toContain('{urn:t}Common')
    const message = `<R xmlns="urn:t" xml:lang="az"><a><n xmlns="">1</n></a><b xmlns="urn:u">2</b><c xmlns="urn:v">3</c></R>`
    const xml = readXml(Buffer.from(message))
    const root = schemas.elements.get('{urn:t}R')!
    expect(validateElement(xml, xml.root, root, schemas)).toEqual([])
  })

  it('may import each other', () => {
    const part = (own: string, other: string): string =>
      `<xs:schema xmlns:xs="${xsdNamespace}" targetNamespace="urn:${own}" xmlns:o="urn:${other}">
        <xs:import namespace="urn:${other}" schemaLocation="${other}.xsd"/>
        <xs:complexType name="T"><xs:sequence><xs:element name="e" type="o:T" minOccurs="0"/></xs:sequence></xs:complexType></xs:schema>`
    const schemas = readSchemaFile(
      files({ 'a.xsd': part('a', 'b'), 'b.xsd': part('b', 'a') }),
      'a.xsd',
    )
    expect([...schemas.types.keys()].filter((key) => key.startsWith('{urn:'))).toEqual([
      '{urn:a}T',
      '{urn:b}T',
    ])
  })

  it('stand within another document, in its scope of namespaces', () => {
    const wsdl = readXml(
      Buffer.from(`<types xmlns="http://schemas.xmlsoap.org/wsdl/" xmlns:xs="${xsdNamespace}" xmlns:a="urn:a" xmlns:b="urn:b">
        <xs:schema targetNamespace="urn:a"><xs:import namespace="urn:b"/><xs:element name="R" type="b:T"/></xs:schema>
        <xs:schema targetNamespace="urn:b"><xs:simpleType name="T"><xs:restriction base="xs:int"/></xs:simpleType></xs:schema></types>`),
    )
    const roots = [...wsdl.children(wsdl.root)].map((schema) => ({
      file: 'a.wsdl',
      document: wsdl,
      schema,
    }))
    const schemas = readSchemas(roots)
    expect(schemas.elements.get('{urn:a}R')?.type).toBe(schemas.types.get('{urn:b}T'))
  })
})
