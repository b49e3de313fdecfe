import { anySimpleType, builtInType } from '../built-in-types.js'
import type { AttributeUse, SimpleType, XmlName } from '../schema-model.js'

const xmlNamespace = 'http://www.w3.org/XML/1998/namespace'
const mimeNamespace = 'http://www.w3.org/2005/05/xmlmime'

const string = builtInType('string') ?? anySimpleType
const ncName = builtInType('NCName') ?? anySimpleType

/** Types of the attributes that schemas refer to and seldom bring along. */
const types: Readonly<Record<string, SimpleType>> = {
  // The empty text takes the language of outside back.
  [`{${xmlNamespace}}lang`]: {
    ...anySimpleType,
    name: undefined,
    base: anySimpleType,
    variety: 'union',
    memberTypes: [
      builtInType('language') ?? anySimpleType,
      {
        ...string,
        name: undefined,
        base: string,
        facets: { whiteSpace: 'preserve', enumeration: [''] },
      },
    ],
  },
  [`{${xmlNamespace}}space`]: {
    ...ncName,
    name: undefined,
    base: ncName,
    facets: { ...ncName.facets, enumeration: ['default', 'preserve'] },
  },
  [`{${xmlNamespace}}base`]: builtInType('anyURI') ?? anySimpleType,
  [`{${xmlNamespace}}id`]: builtInType('ID') ?? anySimpleType,
  [`{${mimeNamespace}}contentType`]: {
    ...string,
    name: undefined,
    base: string,
    facets: { ...string.facets, minLength: 3 },
  },
}

/** `xml:lang` and its like, which need no schema of their own. */
export function wellKnownAttribute(name: XmlName): AttributeUse | undefined {
  const key = `{${name.namespace}}${name.localName}`
  if (!Object.hasOwn(types, key)) return undefined
  return {
    name,
    type: types[key] ?? anySimpleType,
    isRequired: false,
    defaultValue: undefined,
    fixedValue: undefined,
    hint: undefined,
  }
}
