import { escapedAttribute } from '../mediation/xml-text.js'
import type { PlainSchema, ScalarForm } from './json-form.js'
import { xsdPattern } from './xsd-pattern.js'

/** How a single value is written in XML Schema. */
export interface SimpleTypeText {
  /** The built-in type: `xs:int`. */
  readonly base: string
  /** Facets that restrict it, as elements; empty where it is the built-in type itself. */
  readonly facets: string
  /** What JSON has in place of what the XML type says. */
  readonly hint: 'number' | undefined
}

const dates: Readonly<Record<string, string>> = {
  date: 'xs:date',
  'date-time': 'xs:dateTime',
}
const uuid = '[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}'
const patternsByFormat: Readonly<Record<string, string>> = { uuid, email: '[^@]+@[^@]+' }

/**
 * The XML Schema type that accepts every text of a value that the JSON Schema accepts, or more: the message is held
 * to the JSON Schema, too.
 * @returns undefined where an enumeration holds a character that XML cannot write
 */
export function simpleTypeOf({ type, schema }: ScalarForm): SimpleTypeText | undefined {
  switch (type) {
    case 'boolean':
      // XML Schema has no enumeration of these.
      return { base: 'xs:boolean', facets: '', hint: undefined }
    case 'string':
      return stringType(schema)
    case 'integer':
      return integerType(schema)
    case 'number':
      return numberType(schema)
  }
}

function stringType(schema: PlainSchema): SimpleTypeText | undefined {
  const { format, contentEncoding, pattern } = schema
  const named = typeof format === 'string' ? format : ''
  const hint = undefined
  const facets = enumerationOf(schema, (value) => (typeof value === 'string' ? value : undefined))
  if (facets === undefined) return undefined
  if (facets !== '') return { base: 'xs:string', facets, hint }
  const date = dates[named]
  if (date !== undefined) return { base: date, facets: '', hint }
  if (named === 'byte' || contentEncoding === 'base64') {
    // JSON Schema counts characters, XML Schema bytes.
    return { base: 'xs:base64Binary', facets: '', hint }
  }
  const own = typeof pattern === 'string' ? xsdPattern(pattern) : undefined
  const kept = own ?? patternsByFormat[named]
  const length = facet('minLength', countOf(schema['minLength']))
  const lengths = length + facet('maxLength', countOf(schema['maxLength']))
  return { base: 'xs:string', facets: lengths + facet('pattern', kept), hint }
}

function integerType(schema: PlainSchema): SimpleTypeText | undefined {
  const facets = enumerationOf(schema, (value) => boundOf(value))
  if (facets === undefined) return undefined
  const { low, high } = boundsOf(schema)
  const base = integerBase(schema['format'], low, high)
  const hint = base === 'xs:int' ? undefined : 'number'
  if (facets !== '') return { base, facets, hint }
  const isWide = base === 'xs:int' && (low < intMin - 1 || high > intMax + 1)
  const isOutside = isWide && (low !== -Infinity || high !== Infinity)
  return { base, facets: isOutside ? '' : boundFacets(schema, true), hint }
}

const intMin = -2_147_483_648
const intMax = 2_147_483_647

function integerBase(format: unknown, low: number, high: number): string {
  if (format === 'int32' || (low >= intMin && high <= intMax)) return 'xs:int'
  if (format === 'int64') return 'xs:long'
  const isSafe = low >= Number.MIN_SAFE_INTEGER && high <= Number.MAX_SAFE_INTEGER
  return isSafe ? 'xs:long' : 'xs:integer'
}

function boundsOf(schema: PlainSchema): { readonly low: number; readonly high: number } {
  const { minimum, exclusiveMinimum = minimum, maximum, exclusiveMaximum = maximum } = schema
  const low = Math.max(numberOr(minimum, -Infinity), numberOr(exclusiveMinimum, -Infinity))
  const high = Math.min(numberOr(maximum, Infinity), numberOr(exclusiveMaximum, Infinity))
  return { low, high }
}

function numberOr(value: unknown, other: number): number {
  return typeof value === 'number' ? value : other
}

function numberType(schema: PlainSchema): SimpleTypeText | undefined {
  const { multipleOf, format } = schema
  const digits = fractionDigits(multipleOf)
  const isDecimal = digits !== undefined || format === 'decimal'
  const facets = enumerationOf(schema, (value) =>
    typeof value === 'number' ? String(value) : undefined,
  )
  if (facets === undefined) return undefined
  if (!isDecimal) {
    return { base: 'xs:double', facets: facets || boundFacets(schema, false), hint: undefined }
  }
  const others = facets || boundFacets(schema, false)
  if (/value="[^"]*e/.test(others)) return { base: 'xs:decimal', facets: '', hint: 'number' }
  const fraction = facets === '' && digits !== undefined ? facet('fractionDigits', digits) : ''
  return { base: 'xs:decimal', facets: others + fraction, hint: 'number' }
}

/** Digits behind the point of a decimal fraction: 2 of 0.01, 0 of 1 and of 10; undefined of what is none. */
function fractionDigits(multipleOf: unknown): number | undefined {
  if (typeof multipleOf !== 'number') return undefined
  const text = String(multipleOf)
  const small = /^([0-9]+)(?:\.([0-9]+))?e-([0-9]+)$/.exec(text)
  if (small) return (small[2]?.length ?? 0) + Number(small[3])
  return /e/.test(text) ? undefined : (text.split('.')[1]?.length ?? 0)
}

const bounds = [
  ['minimum', 'minInclusive'],
  ['exclusiveMinimum', 'minExclusive'],
  ['maximum', 'maxInclusive'],
  ['exclusiveMaximum', 'maxExclusive'],
] as const

/** XML Schema has one bound on each side; which of two is the narrower, the JSON Schema says. */
function boundFacets(schema: PlainSchema, isInteger: boolean): string {
  let facets = ''
  for (const [keyword, name] of bounds) {
    const other = keyword.startsWith('exclusive')
      ? schema[keyword === 'exclusiveMinimum' ? 'minimum' : 'maximum']
      : undefined
    if (other !== undefined) continue
    const value = isInteger ? boundOf(schema[keyword]) : textOfNumber(schema[keyword])
    facets += facet(name, value)
  }
  return facets
}

/** A bound that JavaScript has read exactly. */
function boundOf(value: unknown): string | undefined {
  return Number.isSafeInteger(value) ? String(value) : undefined
}

function textOfNumber(value: unknown): string | undefined {
  return typeof value === 'number' && Math.abs(value) <= Number.MAX_SAFE_INTEGER
    ? String(value)
    : undefined
}

function countOf(value: unknown): string | undefined {
  return Number.isSafeInteger(value) && Number(value) <= 2_147_483_647 ? String(value) : undefined
}

/** Empty where there is none, or where one of it has no exact text: the JSON Schema holds it alone then. */
function enumerationOf(
  { enum: values, const: constant }: PlainSchema,
  text: (value: unknown) => string | undefined,
): string | undefined {
  const listed = Array.isArray(values) ? values : constant === undefined ? [] : [constant]
  let facets = ''
  for (const value of new Set(listed as unknown[])) {
    if (value === null) continue
    const said = text(value)
    if (said === undefined) return ''
    const escaped = escapedAttribute(said)
    if (escaped === undefined) return undefined
    facets += `<xs:enumeration value="${escaped}"/>`
  }
  return facets
}

function facet(name: string, value: string | number | undefined): string {
  if (value === undefined) return ''
  const escaped = escapedAttribute(String(value))
  return escaped === undefined ? '' : `<xs:${name} value="${escaped}"/>`
}
