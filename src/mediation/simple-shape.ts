import type { JsonHint, SimpleType } from '../xsd/schema-model.js'
import { problem } from './mapping-problem.js'
import type { ListShape, ScalarForm, ScalarShape, UnmappableShape } from './shape.js'

export type SimpleShape = ScalarShape | ListShape | UnmappableShape

/** The JSON form of a simple type: a list is an array, a union a string, of atomic types see `formOf`. */
export function simpleShape(type: SimpleType, hint: JsonHint | undefined): SimpleShape {
  const name = qualifiedNameIn(type)
  if (name !== undefined) return { kind: 'unmappable', problem: problem('qualifiedName', name) }
  if (type.variety === 'list' && type.itemType !== undefined) {
    return { kind: 'list', type, item: scalarShape(type.itemType, formOf(type.itemType, hint)) }
  }
  return scalarShape(type, formOf(type, hint))
}

function scalarShape(type: SimpleType, form: ScalarForm): ScalarShape {
  return { kind: 'scalar', type, form, dateFormat: undefined }
}

/** QName or NOTATION, if the type may hold one: its prefix is declared where JSON cannot see it. */
function qualifiedNameIn(type: SimpleType): string | undefined {
  const inner = type.variety === 'list' ? [type.itemType ?? type] : type.memberTypes
  if (type.variety !== 'atomic') {
    return inner
      .filter((each) => each !== type)
      .map(qualifiedNameIn)
      .find((name) => name !== undefined)
  }
  return type.primitive === 'QName' || type.primitive === 'NOTATION' ? type.primitive : undefined
}

const smallIntegers = new Set([
  'byte',
  'short',
  'int',
  'unsignedByte',
  'unsignedShort',
  'unsignedInt',
])
const naturalNumbers = new Set(['nonNegativeInteger', 'positiveInteger', 'unsignedLong'])
const negativeNumbers = new Set(['nonPositiveInteger', 'negativeInteger'])
const integers = new Set([
  ...smallIntegers,
  ...naturalNumbers,
  ...negativeNumbers,
  'integer',
  'long',
])

/** How a value of an atomic type stands in JSON, if nobody says otherwise; a union's is its text. */
function formOf(type: SimpleType, hint: JsonHint | undefined): ScalarForm {
  if (type.variety !== 'atomic' || hint?.type === 'string') return 'text'
  if (type.primitive === 'decimal') return decimalFormOf(type, hint)
  if (type.primitive === 'boolean') return 'boolean'
  return type.primitive === 'float' || type.primitive === 'double' ? 'float' : 'text'
}

function decimalFormOf(type: SimpleType, hint: JsonHint | undefined): ScalarForm {
  if (!isInteger(type)) return hint?.type === 'number' ? 'decimal' : 'text'
  return hint?.type === 'number' || isSafe(type) ? 'integer' : 'text'
}

/** Whether values of the type have no fraction. */
export function isInteger(type: SimpleType): boolean {
  return integers.has(type.builtIn)
}

/** The form that `as` gives, of those that fit the type. @returns undefined where none does */
export function formAs(type: SimpleType, as: 'number' | 'string'): ScalarForm | undefined {
  if (as === 'string') return 'text'
  if (type.variety !== 'atomic') return undefined
  if (type.primitive === 'gYear') return 'year'
  if (type.primitive === 'float' || type.primitive === 'double') return 'float'
  if (type.primitive !== 'decimal') return undefined
  return isInteger(type) ? 'integer' : 'decimal'
}

/** Whether every value of an integer type is a number that each JSON reader holds exactly (RFC 8259 §6). */
function isSafe({ builtIn, facets }: SimpleType): boolean {
  if (smallIntegers.has(builtIn) || (facets.totalDigits ?? Infinity) <= 15) return true
  const { minInclusive, minExclusive, maxInclusive, maxExclusive } = facets
  const isLow =
    naturalNumbers.has(builtIn) || isSafeBound(minInclusive) || isSafeBound(minExclusive)
  const isHigh =
    negativeNumbers.has(builtIn) || isSafeBound(maxInclusive) || isSafeBound(maxExclusive)
  return isLow && isHigh
}

function isSafeBound(text: string | undefined): boolean {
  return text !== undefined && Number.isSafeInteger(Number(text))
}
