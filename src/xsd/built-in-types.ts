import {
  keyOf,
  type ComplexType,
  type Facets,
  type Primitive,
  type SimpleType,
} from './schema-model.js'

export const xsdNamespace = 'http://www.w3.org/2001/XMLSchema'
export const xsiNamespace = 'http://www.w3.org/2001/XMLSchema-instance'

const byName = new Map<string, SimpleType>()

function add(
  localName: string,
  base: SimpleType | undefined,
  primitive: Primitive,
  facets: Partial<Facets> = {},
): SimpleType {
  const type: SimpleType = {
    kind: 'simple',
    name: { namespace: xsdNamespace, localName },
    variety: 'atomic',
    ...(base && { base }),
    primitive,
    builtIn: localName,
    itemType: undefined,
    memberTypes: [],
    facets: { ...(base?.facets ?? { whiteSpace: 'collapse' }), ...facets },
  }
  byName.set(localName, type)
  return type
}

/** The simple ur-type (part 2 §4.1.1 note, part 1 §3.14.7): any text. */
export const anySimpleType = add('anySimpleType', undefined, 'any', { whiteSpace: 'preserve' })

function addPrimitives(): void {
  const collapsed: readonly Primitive[] = [
    'boolean',
    'decimal',
    'float',
    'double',
    'duration',
    'dateTime',
    'time',
    'date',
    'gYearMonth',
    'gYear',
    'gMonthDay',
    'gDay',
    'gMonth',
    'hexBinary',
    'base64Binary',
    'anyURI',
    'QName',
    'NOTATION',
  ]
  add('string', anySimpleType, 'string', { whiteSpace: 'preserve' })
  for (const primitive of collapsed)
    add(primitive, anySimpleType, primitive, { whiteSpace: 'collapse' })
}

function addStrings(): void {
  const normalized = add('normalizedString', byName.get('string'), 'string', {
    whiteSpace: 'replace',
  })
  const token = add('token', normalized, 'string', { whiteSpace: 'collapse' })
  add('language', token, 'string')
  const nmtoken = add('NMTOKEN', token, 'string')
  const ncName = add('NCName', add('Name', token, 'string'), 'string')
  add('ID', ncName, 'string')
  addList('NMTOKENS', nmtoken)
  addList('IDREFS', add('IDREF', ncName, 'string'))
  addList('ENTITIES', add('ENTITY', ncName, 'string'))
}

/** The built-in list types have at least one item (part 2 §3.3.5). */
function addList(localName: string, itemType: SimpleType): void {
  byName.set(localName, {
    kind: 'simple',
    name: { namespace: xsdNamespace, localName },
    variety: 'list',
    base: anySimpleType,
    primitive: 'any',
    builtIn: localName,
    itemType,
    memberTypes: [],
    facets: { whiteSpace: 'collapse', minLength: 1 },
  })
}

function addIntegers(): void {
  const integer = add('integer', byName.get('decimal'), 'decimal', { fractionDigits: 0 })
  const range = (
    name: string,
    base: SimpleType,
    minInclusive: string | undefined,
    maxInclusive?: string,
  ): SimpleType =>
    add(name, base, 'decimal', {
      ...(minInclusive !== undefined && { minInclusive }),
      ...(maxInclusive !== undefined && { maxInclusive }),
    })
  range('negativeInteger', range('nonPositiveInteger', integer, undefined, '0'), undefined, '-1')
  const long = range('long', integer, '-9223372036854775808', '9223372036854775807')
  const int = range('int', long, '-2147483648', '2147483647')
  range('byte', range('short', int, '-32768', '32767'), '-128', '127')
  const natural = range('nonNegativeInteger', integer, '0')
  range('positiveInteger', natural, '1')
  const unsignedInt = range(
    'unsignedInt',
    range('unsignedLong', natural, '0', '18446744073709551615'),
    '0',
    '4294967295',
  )
  range('unsignedByte', range('unsignedShort', unsignedInt, '0', '65535'), '0', '255')
}

addPrimitives()
addStrings()
addIntegers()

/** The ur-type: any attributes, any text, any elements (part 1 §3.4.7). */
export const anyType: ComplexType = {
  kind: 'complex',
  name: { namespace: xsdNamespace, localName: 'anyType' },
  isAbstract: false,
  base: undefined,
  derivation: undefined,
  derived: [],
  attributes: [],
  anyAttribute: { kind: 'any', namespaces: 'any', process: 'lax' },
  content: {
    kind: 'elements',
    isMixed: true,
    particle: {
      min: 1,
      max: 1,
      term: {
        kind: 'sequence',
        particles: [
          { min: 0, max: Infinity, term: { kind: 'any', namespaces: 'any', process: 'lax' } },
        ],
      },
    },
  },
}

/** A built-in simple type by its local name. */
export function builtInType(localName: string): SimpleType | undefined {
  return byName.get(localName)
}

/** Every built-in simple type by its key. */
export const builtInTypes: ReadonlyMap<string, SimpleType> = new Map(
  [...byName.values()].map((type) => [
    keyOf({ namespace: xsdNamespace, localName: type.builtIn }),
    type,
  ]),
)
