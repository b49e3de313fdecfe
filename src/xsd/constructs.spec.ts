import { describe, expect, it } from '@jest/globals'
import { violationsOf } from '../../test/support/schema-story.js'

const element = (content: string): string =>
  `<xs:element name="R"><xs:complexType>${content}</xs:complexType></xs:element>`

describe('derived types', () => {
  const schema = `
    <xs:complexType name="Person" abstract="true"><xs:sequence><xs:element name="name" type="xs:string"/></xs:sequence></xs:complexType>
    <xs:complexType name="Citizen"><xs:complexContent><xs:extension base="t:Person">
      <xs:sequence><xs:element name="fin" type="xs:token"/></xs:sequence><xs:attribute name="since" type="xs:gYear"/>
    </xs:extension></xs:complexContent></xs:complexType>
    <xs:complexType name="Nameless"><xs:complexContent><xs:restriction base="t:Citizen">
      <xs:sequence><xs:element name="name" type="xs:string" fixed=""/><xs:element name="fin" type="xs:token"/></xs:sequence>
      <xs:attribute name="since" use="prohibited"/>
    </xs:restriction></xs:complexContent></xs:complexType>
    <xs:complexType name="Other"><xs:sequence/></xs:complexType>
    ${element('<xs:sequence><xs:element name="p" type="t:Person"/><xs:element name="q" type="t:Citizen" block="restriction"/></xs:sequence>')}`
  const citizen = '<t:name>Ə</t:name><t:fin>1</t:fin>'

  it('stand for their base by xsi:type', () => {
    const p = `<t:p xsi:type="t:Citizen" since="1990">${citizen}</t:p>`
    expect(violationsOf(schema, `>${p}<t:q>${citizen}</t:q>`)).toEqual([])
  })

  it('do not stand for it when abstract, unrelated, unknown or blocked', () => {
    const p = (type: string): string => `<t:p${type}>${citizen}</t:p><t:q>${citizen}</t:q>`
    expect(violationsOf(schema, `>${p('')}`)).toContain('/R/p abstract')
    expect(violationsOf(schema, `>${p(' xsi:type="t:Other"')}`)).toContain('/R/p derivedType')
    expect(violationsOf(schema, `>${p(' xsi:type="t:Nobody"')}`)).toContain('/R/p derivedType')
    expect(violationsOf(schema, `>${p(' xsi:type="u:Citizen"')}`)).toContain('/R/p derivedType')
    const nameless = '<t:q xsi:type="t:Nameless"><t:name/><t:fin>1</t:fin></t:q>'
    const first = `<t:p xsi:type="t:Nameless"><t:name/><t:fin>1</t:fin></t:p>`
    expect(violationsOf(schema, `>${first}${nameless}`)).toEqual(['/R/q derivedType'])
    const since = `<t:p xsi:type="t:Nameless" since="1990"><t:name/><t:fin>1</t:fin></t:p>`
    expect(violationsOf(schema, `>${since}<t:q>${citizen}</t:q>`)).toEqual(['/R/p/@since unknown'])
  })

  it('may be simple: a restriction of the simple type that is declared', () => {
    const simple = `
      <xs:simpleType name="Day"><xs:restriction base="xs:int"><xs:maxInclusive value="31"/></xs:restriction></xs:simpleType>
      <xs:element name="R" type="xs:int"/>`
    expect(violationsOf(simple, ' xsi:type="t:Day">31')).toEqual([])
    expect(violationsOf(simple, ' xsi:type="t:Day">32')).toEqual(['/R tooLarge'])
    const byte = ' xmlns:xs="http://www.w3.org/2001/XMLSchema" xsi:type="xs:'
    expect(violationsOf(simple, `${byte}byte">128`)).toEqual(['/R tooLarge'])
    expect(violationsOf(simple, `${byte}string">1`)).toEqual(['/R derivedType'])
    const money = `<xs:complexType name="Money"><xs:simpleContent><xs:extension base="xs:int">
      <xs:attribute name="currency" use="required"/></xs:extension></xs:simpleContent></xs:complexType>${simple}`
    expect(violationsOf(money, ' xsi:type="t:Money" currency="AZN">1')).toEqual([])
    expect(violationsOf(money, ' xsi:type="t:Money">x')).toEqual([
      '/R/@currency missing',
      '/R type',
    ])
  })
})

describe('substitution groups', () => {
  const schema = `
    <xs:element name="event" type="xs:token" abstract="true"/>
    <xs:element name="birth" type="xs:NCName" substitutionGroup="t:event"/>
    <xs:element name="death" substitutionGroup="t:event"/>
    <xs:element name="stillborn" type="xs:NCName" substitutionGroup="t:birth"/>
    <xs:element name="closed" type="xs:token" block="substitution"/>
    <xs:element name="open" type="xs:token" substitutionGroup="t:closed"/>
    ${element('<xs:sequence><xs:element ref="t:event" maxOccurs="unbounded"/><xs:element ref="t:closed" minOccurs="0"/></xs:sequence>')}`

  it('let members stand for the head, members of members too', () => {
    const members = '<t:birth>a</t:birth><t:death>a b</t:death><t:stillborn>c</t:stillborn>'
    expect(violationsOf(schema, `>${members}<t:closed/>`)).toEqual([])
  })

  it('let no abstract head stand, and nobody for a head that blocks it', () => {
    expect(violationsOf(schema, '><t:event>a</t:event>')).toEqual(['/R/event abstract'])
    expect(violationsOf(schema, '><t:birth>a b</t:birth>')).toEqual(['/R/birth type'])
    expect(violationsOf(schema, '><t:birth>a</t:birth><t:open>a</t:open>')).toEqual([
      '/R/open unexpected',
    ])
  })
})

describe('nil, default and fixed values', () => {
  const schema = element(`<xs:sequence>
    <xs:element name="a" type="xs:int" nillable="true"/>
    <xs:element name="b" type="xs:int" default="7"/>
    <xs:element name="c" type="xs:decimal" fixed="1.50"/>
  </xs:sequence><xs:attribute name="v" type="xs:boolean" fixed="true"/>`)

  it('are as the schema says', () => {
    const message = ' v="1"><t:a xsi:nil="true"/><t:b/><t:c>1.50</t:c>'
    expect(violationsOf(schema, message)).toEqual([])
    expect(violationsOf(schema, '><t:a xsi:nil="false">1</t:a><t:b>8</t:b><t:c/>')).toEqual([])
  })

  it('are held to', () => {
    const message = ' v="0"><t:a xsi:nil="1">1</t:a><t:b xsi:nil="true"/><t:c>1.51</t:c>'
    expect(violationsOf(schema, message)).toEqual([
      '/R/@v fixed',
      '/R/a notEmpty',
      '/R/b null',
      '/R/c fixed',
    ])
    expect(violationsOf(schema, '><t:a/><t:b>x</t:b><t:c>1.50</t:c>')).toEqual([
      '/R/a type',
      '/R/b type',
    ])
  })
})

describe('xs:all, wildcards and forms', () => {
  it('takes the members of xs:all in any order, once', () => {
    const schema = element(
      '<xs:all><xs:element name="a"/><xs:element name="b" minOccurs="0"/><xs:element name="c"/></xs:all>',
    )
    expect(violationsOf(schema, '><t:c/><t:a/>')).toEqual([])
    expect(violationsOf(schema, '><t:a/><t:a/><t:z/>')).toEqual([
      '/R/a[2] repeated',
      '/R/z unexpected',
      '/R/c missing',
    ])
  })

  it('processes what a wildcard takes strictly, laxly or not', () => {
    const schema = `<xs:element name="known" type="xs:int"/><xs:attribute name="k" type="xs:int"/>${element(`<xs:sequence>
      <xs:element name="lax"><xs:complexType><xs:sequence><xs:any processContents="lax"/></xs:sequence><xs:anyAttribute processContents="lax"/></xs:complexType></xs:element>
      <xs:element name="skip"><xs:complexType><xs:sequence><xs:any processContents="skip"/></xs:sequence></xs:complexType></xs:element>
      <xs:element name="strict"><xs:complexType><xs:sequence><xs:any namespace="##targetNamespace"/></xs:sequence></xs:complexType></xs:element>
    </xs:sequence>`)}`
    const message = (lax: string, skip: string, strict: string): string =>
      `><t:lax t:k="1" o="2">${lax}</t:lax><t:skip>${skip}</t:skip><t:strict>${strict}</t:strict>`
    const one = '<t:known>1</t:known>'
    const bad = '<t:known>x</t:known>'
    expect(violationsOf(schema, message('<free><any a="1"/></free>', bad, one))).toEqual([])
    expect(violationsOf(schema, message(`<free>${bad}</free>`, '<x/>', '<t:x/>'))).toEqual([
      '/R/lax/free/known type',
      '/R/strict/x unknown',
    ])
    expect(violationsOf(schema, message(bad, one, '<x/>'))).toContain('/R/strict/x unexpected')
    expect(violationsOf(schema, message(one, one, one).replace('t:k="1"', 't:k="x"'))).toEqual([
      '/R/lax/@k type',
    ])
  })

  it('takes local elements with or without namespace, as form says', () => {
    const schema = element(
      '<xs:sequence><xs:element name="a"/><xs:element name="b" form="qualified"/></xs:sequence><xs:attribute name="c"/>',
    )
    const unqualified = 'elementFormDefault="unqualified" attributeFormDefault="qualified"'
    expect(violationsOf(schema, ' t:c=""><a/><t:b/>', unqualified)).toEqual([])
    expect(violationsOf(schema, ' c=""><t:a/><b/>', unqualified)).toEqual([
      '/R/@c unexpected',
      '/R/a unexpected',
      '/R/b unexpected',
      '/R/a missing',
    ])
  })
})

describe('groups, recursion and mixed content', () => {
  it('follows groups, attribute groups and types that contain themselves', () => {
    const schema = `
      <xs:group name="g"><xs:sequence><xs:element name="leaf" type="xs:int"/><xs:element name="node" type="t:Node" minOccurs="0"/></xs:sequence></xs:group>
      <xs:attributeGroup name="ag"><xs:attribute name="id" type="xs:ID" use="required"/><xs:attribute name="to" type="xs:IDREF"/></xs:attributeGroup>
      <xs:complexType name="Node"><xs:group ref="t:g" minOccurs="0" maxOccurs="2"/><xs:attributeGroup ref="t:ag"/></xs:complexType>
      <xs:element name="R" type="t:Node"/>`
    expect(
      violationsOf(schema, ' id="a" to="b"><t:leaf>1</t:leaf><t:node id="b"/><t:leaf>2</t:leaf>'),
    ).toEqual([])
    expect(violationsOf(schema, ' id="a"><t:leaf>1</t:leaf><t:node id="a"/>')).toEqual([
      '/R/node/@id repeated',
    ])
    expect(violationsOf(schema, ' id="a"><t:node/>')).toEqual(['/R/node unexpected'])
  })

  it('takes text in mixed content alone', () => {
    const b = '<xs:sequence><xs:element name="b" type="xs:string"/></xs:sequence>'
    const mixed = `<xs:element name="R"><xs:complexType mixed="true">${b}</xs:complexType></xs:element>`
    expect(violationsOf(mixed, '>mətn <t:b/> davamı')).toEqual([])
    expect(violationsOf(element(b), '>mətn <t:b/>')).toEqual(['/R text'])
    expect(violationsOf(element(''), '>mətn')).toEqual(['/R text'])
    expect(violationsOf(element(''), '> ')).toEqual(['/R text'])
    expect(violationsOf(element(''), '><!-- -->')).toEqual([])
    expect(violationsOf(element(''), '><t:b/>')).toEqual(['/R/b unknown'])
    expect(violationsOf('<xs:element name="R" type="xs:string"/>', '><t:b/>')).toEqual([
      '/R/b unknown',
    ])
    expect(violationsOf('<xs:element name="R" type="xs:string"/>', ' a="1">b')).toEqual([
      '/R/@a unknown',
    ])
  })

  it('looks at the prefixes of qualified names', () => {
    const schema = '<xs:element name="R" type="xs:QName"/>'
    expect(violationsOf(schema, '>t:a')).toEqual([])
    expect(violationsOf(schema, '>u:a')).toEqual(['/R type'])
  })

  it('takes anything where no type is given', () => {
    expect(violationsOf('<xs:element name="R"/>', ' a="1">mətn<any/>')).toEqual([])
    const int = ' xmlns:xs="http://www.w3.org/2001/XMLSchema" xsi:type="xs:int"'
    expect(violationsOf('<xs:element name="R"/>', `${int}>x`)).toEqual(['/R type'])
    expect(violationsOf('<xs:element name="R"/>', ' xsi:type="t:No">x')).toEqual(['/R derivedType'])
  })
})
