/** A number by its digits: 0.DIGITS times ten to the power of the magnitude. Equal numbers have equal parts. */
export interface Decimal {
  readonly sign: -1 | 0 | 1
  /** Without zeros at either end; empty for zero. */
  readonly digits: string
  readonly magnitude: number
}

const zero: Decimal = { sign: 0, digits: '', magnitude: 0 }

/** @param text - a number after RFC 8259 §6; an exponent beyond what a double holds counts as that double */
export function decimalOf(text: string): Decimal {
  const isNegative = text.startsWith('-')
  const mantissaEnd = text.search(/[eE]/)
  const exponent = mantissaEnd < 0 ? 0 : Number(text.slice(mantissaEnd + 1))
  const mantissa = text.slice(isNegative ? 1 : 0, mantissaEnd < 0 ? undefined : mantissaEnd)
  const point = mantissa.indexOf('.')
  const whole = point < 0 ? mantissa.length : point
  const all = point < 0 ? mantissa : mantissa.slice(0, point) + mantissa.slice(point + 1)
  // By hand: a pattern would look at a long run of zeros from each of them.
  let start = 0
  while (start < all.length && all[start] === '0') start++
  let end = all.length
  while (end > start && all[end - 1] === '0') end--
  if (start === end) return zero
  const digits = all.slice(start, end)
  return { sign: isNegative ? -1 : 1, digits, magnitude: whole - start + exponent }
}

/** Below, at or above zero, as one is less than, equal to or greater than the other. */
export function compareDecimals(one: Decimal, other: Decimal): number {
  if (one.sign !== other.sign) return one.sign - other.sign
  const order =
    one.magnitude - other.magnitude ||
    (one.digits === other.digits ? 0 : one.digits < other.digits ? -1 : 1)
  return one.sign * order
}

export function isWhole({ digits, magnitude }: Decimal): boolean {
  return magnitude >= digits.length
}

/** Whether one is a multiple of the other; of numbers with more digits than that, written out, none is. */
export function isMultiple(one: Decimal, divisor: Decimal, digitsMax: number): boolean {
  if (one.sign === 0) return true
  const scale = Math.max(scaleOf(one), scaleOf(divisor))
  if (Math.max(one.magnitude, divisor.magnitude) + scale > digitsMax) return false
  const [dividend, by] = [scaled(one, scale), scaled(divisor, scale)]
  return by !== 0n && dividend % by === 0n
}

/** Places behind the point. */
function scaleOf({ digits, magnitude }: Decimal): number {
  return Math.max(0, digits.length - magnitude)
}

function scaled({ digits, magnitude }: Decimal, scale: number): bigint {
  return BigInt(digits) * 10n ** BigInt(magnitude + scale - digits.length)
}
