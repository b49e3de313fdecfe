import { mappingLimits } from '../limits/mediation.js'

/** A number's text taken apart (RFC 8259 §6, XML Schema decimals and doubles alike). */
interface NumberParts {
  readonly isNegative: boolean
  readonly whole: string
  readonly fraction: string
  readonly exponent: number
}

const jsonNumber = /^(-?)([0-9]+)(?:\.([0-9]+))?(?:[eE]([+-]?[0-9]+))?$/
const xmlNumber = /^([+-]?)(?:([0-9]+)(?:\.([0-9]*))?|\.([0-9]+))([eE][+-]?[0-9]+)?$/

/** The number of an integer type, as JSON writes it: `+007` is `7`. @returns undefined where it is none */
export function jsonInteger(text: string): string | undefined {
  const found = /^([+-]?)0*([0-9]+)$/.exec(text)
  if (!found) return undefined
  const [, sign, digits = ''] = found
  return sign === '-' && digits !== '0' ? `-${digits}` : digits
}

/** A decimal or a double as JSON writes it; digits behind the point are kept. @returns undefined where it is none */
export function jsonNumberOf(text: string): string | undefined {
  const found = xmlNumber.exec(text)
  if (!found) return undefined
  const [, sign = '', whole = '0', fraction, onlyFraction, exponent = ''] = found
  const behind = fraction ?? onlyFraction ?? ''
  const front = whole.replace(/^0+(?=[0-9])/, '')
  return (sign === '-' ? '-' : '') + front + (behind === '' ? '' : `.${behind}`) + exponent
}

/** A JSON number without fraction and exponent: `5.0` and `5e0` are `5`. @returns undefined where it has a fraction, or too many digits */
export function integerText(text: string): string | undefined {
  if (/^-?(?:0|[1-9][0-9]*)$/.test(text)) return text === '-0' ? '0' : text
  const plain = decimalText(text)
  if (plain === undefined) return undefined
  const [whole = '', fraction = ''] = plain.split('.')
  if (/[^0]/.test(fraction)) return undefined
  return whole === '-0' ? '0' : whole
}

/** A JSON number without exponent. @returns undefined where it would have too many digits */
export function decimalText(text: string): string | undefined {
  const parts = partsOf(text)
  if (!parts) return undefined
  const { isNegative, whole, fraction, exponent } = parts
  if (exponent === 0) return text.replace(/[eE].*$/, '')
  if (Math.abs(exponent) > mappingLimits.digitsMax) return undefined
  const digits = whole + fraction
  const point = whole.length + exponent
  const padded = point <= 0 ? '0'.repeat(1 - point) + digits : digits.padEnd(point, '0')
  const at = Math.max(point, 1)
  const front = padded.slice(0, at).replace(/^0+(?=[0-9])/, '')
  const behind = padded.slice(at)
  return `${isNegative ? '-' : ''}${front}${behind === '' ? '' : `.${behind}`}`
}

function partsOf(text: string): NumberParts | undefined {
  if (text.length > mappingLimits.digitsMax) return undefined
  const found = jsonNumber.exec(text)
  if (!found) return undefined
  const [, sign, whole = '', fraction = '', exponent = '0'] = found
  return { isNegative: sign === '-', whole, fraction, exponent: Number(exponent) }
}
