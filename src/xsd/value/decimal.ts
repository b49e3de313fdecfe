/** A decimal number of any size, exactly. */
export interface Decimal {
  readonly isNegative: boolean
  /** Digits before the point, without zeros in front; empty for none. */
  readonly whole: string
  /** Digits after the point, without zeros at the end. */
  readonly fraction: string
}

const decimalForm = /^[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)$/
const integerForm = /^[+-]?[0-9]+$/

export function isDecimal(text: string): boolean {
  return decimalForm.test(text)
}

export function isInteger(text: string): boolean {
  return integerForm.test(text)
}

/** The value of a text that `isDecimal` accepts. */
export function readDecimal(text: string): Decimal {
  const first = text[0]
  const start = first === '-' || first === '+' ? 1 : 0
  const point = text.indexOf('.')
  const wholeEnd = point < 0 ? text.length : point
  let from = start
  while (from < wholeEnd && text[from] === '0') from++
  let end = point < 0 ? wholeEnd : text.length
  while (end > wholeEnd + 1 && text[end - 1] === '0') end--
  const whole = text.slice(from, wholeEnd)
  const fraction = point < 0 ? '' : text.slice(wholeEnd + 1, end)
  return { isNegative: first === '-' && whole + fraction !== '', whole, fraction }
}

/** Below 0, 0 or above 0, as `a` is less than, equal to or greater than `b`. */
export function compareDecimals(a: Decimal, b: Decimal): number {
  if (a.isNegative !== b.isNegative) return a.isNegative ? -1 : 1
  const order = compareSizes(a, b)
  return a.isNegative ? -order : order
}

function compareSizes(a: Decimal, b: Decimal): number {
  if (a.whole.length !== b.whole.length) return a.whole.length - b.whole.length
  if (a.whole !== b.whole) return a.whole < b.whole ? -1 : 1
  if (a.fraction === b.fraction) return 0
  // Digits without zeros at the end sort as the fractions do.
  return a.fraction < b.fraction ? -1 : 1
}
