import { readSchemaFile } from '../../src/xsd/read-schemas.js'
import { keyOf, type ElementDeclaration } from '../../src/xsd/schema-model.js'

/** The element of a schema given as what stands inside `xs:schema`; its namespace is `urn:example:az`. */
export function elementOf(schema: string, localName: string): ElementDeclaration {
  const text =
    '<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns="urn:example:az" ' +
    `targetNamespace="urn:example:az" elementFormDefault="qualified">${schema}</xs:schema>`
  const set = readSchemaFile(new Map([['s.xsd', Buffer.from(text)]]), 's.xsd')
  const element = set.elements.get(keyOf({ namespace: 'urn:example:az', localName }))
  if (!element) throw new Error(`no element ${localName}`)
  return element
}

/** The element `name` with a sequence of elements, given as `name: type`, with `?`, `*` or `+` for how often. */
export function messageSchema(name: string, ...fields: readonly string[]): string {
  const elements = fields.map((field) => {
    const [, fieldName = '', type = '', often = ''] =
      /^(\S+): ([^\s?*+]+)([?*+]?)$/.exec(field) ?? []
    const min = often === '?' || often === '*' ? ' minOccurs="0"' : ''
    const max = often === '*' || often === '+' ? ' maxOccurs="unbounded"' : ''
    const full = /^\p{Lu}|:/u.test(type) ? type : `xs:${type}`
    return `<xs:element name="${fieldName}" type="${full}"${min}${max}/>`
  })
  return `<xs:element name="${name}"><xs:complexType><xs:sequence>${elements.join('')}</xs:sequence></xs:complexType></xs:element>`
}

/** The same as a named type. */
export function typeSchema(name: string, ...fields: readonly string[]): string {
  return messageSchema(name, ...fields)
    .replace(`<xs:element name="${name}"><xs:complexType>`, `<xs:complexType name="${name}">`)
    .replace('</xs:complexType></xs:element>', '</xs:complexType>')
}
