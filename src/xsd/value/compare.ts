import type { Primitive } from '../schema-model.js'
import { compareDecimals, readDecimal, type Decimal } from './decimal.js'
import { compareDurations, readDuration, type Duration } from './duration.js'
import { readFloat } from './float.js'
import { compareTemporals, readTemporal, type Temporal } from './temporal.js'

/** Types whose values have an order, and so bounds (part 2 §4.3.7 to §4.3.10). */
export function isOrdered(primitive: Primitive): boolean {
  return (
    primitive === 'decimal' || primitive === 'float' || primitive === 'double' || isTimed(primitive)
  )
}

function isTimed(primitive: Primitive): boolean {
  return (
    primitive === 'duration' ||
    primitive === 'dateTime' ||
    primitive === 'time' ||
    primitive === 'date' ||
    primitive.startsWith('g')
  )
}

/** Compares with a bound whose value is read once; undefined where the two have no order. */
export type Comparison = (text: string) => number | undefined

/** The comparison with a bound. Both are normalised texts of the type; undefined where the bound is none. */
export function comparisonWith(primitive: Primitive, bound: string): Comparison | undefined {
  if (primitive === 'decimal') {
    const limit = readDecimal(bound)
    return (text) => compareDecimals(readDecimal(text), limit)
  }
  if (primitive === 'float' || primitive === 'double') {
    const limit = readFloat(bound, primitive === 'float')
    return (text) => compareFloats(readFloat(text, primitive === 'float'), limit)
  }
  return primitive === 'duration' ? withDuration(bound) : withTemporal(primitive, bound)
}

/** NaN equals itself and has no order with other numbers (part 2 §3.2.4). */
function compareFloats(a: number, b: number): number | undefined {
  if (Number.isNaN(a) || Number.isNaN(b)) {
    return Number.isNaN(a) && Number.isNaN(b) ? 0 : undefined
  }
  return a === b ? 0 : a < b ? -1 : 1
}

function withDuration(bound: string): Comparison | undefined {
  const limit = readDuration(bound)
  if (!limit) return undefined
  return (text) => {
    const value: Duration | undefined = readDuration(text)
    return value && compareDurations(value, limit)
  }
}

function withTemporal(primitive: Primitive, bound: string): Comparison | undefined {
  const limit = readTemporal(primitive, bound)
  if (!limit) return undefined
  return (text) => {
    const value: Temporal | undefined = readTemporal(primitive, text)
    return value && compareTemporals(value, limit)
  }
}

/** A text that is the same for equal values of a primitive type and different for others. */
export function keyOfValue(primitive: Primitive, text: string): string {
  const key = keys[primitive]
  if (key) return key(text)
  const value = readTemporal(primitive, text)
  return value ? `${String(value.seconds)}.${value.fraction} ${String(value.isZoned)}` : text
}

const keys: Readonly<Partial<Record<Primitive, (text: string) => string>>> = {
  decimal: (text) => decimalKey(readDecimal(text)),
  float: (text) => String(readFloat(text, true) + 0),
  double: (text) => String(readFloat(text, false) + 0),
  boolean: (text) => (text === '1' ? 'true' : text === '0' ? 'false' : text),
  hexBinary: (text) => text.toUpperCase(),
  base64Binary: (text) => text.replaceAll(' ', ''),
  duration: (text) => {
    const value = readDuration(text)
    return value ? `${String(value.months)} ${String(value.seconds)}` : text
  },
}

function decimalKey({ isNegative, whole, fraction }: Decimal): string {
  return `${isNegative ? '-' : ''}${whole}.${fraction}`
}
