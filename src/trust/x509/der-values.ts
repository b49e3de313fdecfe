import { contentOf, DerError, derTag, type DerReader, type DerValue } from './der.js'

/** Dotted decimal form of an OBJECT IDENTIFIER (X.690 §8.19). @throws DerError */
export function oidOf(value: DerValue): string {
  const bytes = contentOf(value)
  if (value.tag !== derTag.oid || bytes.length === 0 || bytes.length > 64) {
    throw new DerError('an object identifier is invalid')
  }
  const arcs: (number | bigint)[] = []
  let arc: number | bigint = 0
  let fresh = true
  for (const byte of bytes) {
    if (fresh && byte === 0x80) throw new DerError('an object identifier is not minimal')
    // An arc made of a UUID (X.667) has 128 bits.
    arc = arc > exactArcMax ? BigInt(arc) * 128n + BigInt(byte & 0x7f) : nextArc(arc, byte)
    fresh = byte < 0x80
    if (fresh) {
      arcs.push(arc)
      arc = 0
    }
  }
  if (!fresh) throw new DerError('an object identifier breaks off')
  const [first = 0, ...rest] = arcs
  const root = first < 40 ? 0 : first < 80 ? 1 : 2
  const second = typeof first === 'number' ? first - root * 40 : first - 80n
  return [root, second, ...rest].join('.')
}

/** Seven more bits fit into a number up to here. */
const exactArcMax = 2 ** 46 - 1

function nextArc(arc: number | bigint, byte: number): number {
  return Number(arc) * 128 + (byte & 0x7f)
}

/** The content octets of an INTEGER: at least one, and none needless (X.690 §8.3.2). @throws DerError */
export function checkInteger(source: Buffer, start: number, end: number): void {
  if (end <= start) throw new DerError('an integer is empty')
  if (end - start === 1) return
  const [first, isNegative] = [source[start], (source[start + 1] ?? 0) >= 0x80]
  if (first === (isNegative ? 0xff : 0)) throw new DerError('an integer is not minimal')
}

/** Content octets of an INTEGER or ENUMERATED as lower-case hexadecimal, sign octet and all. */
export function integerHexOf(value: DerValue): string {
  const { source, contentStart, end } = value
  checkInteger(source, contentStart, end)
  return source.toString('hex', contentStart, end)
}

/** An INTEGER from 0 up to 2^160, such as a CRL number (RFC 5280 §5.2.3). @throws DerError */
export function naturalOf(value: DerValue): bigint {
  const hex = integerHexOf(value)
  if (hex.length > 42 || Number.parseInt(hex.slice(0, 2), 16) >= 0x80) {
    throw new DerError('an integer is out of range')
  }
  return BigInt(`0x${hex}`)
}

/** An INTEGER from 0 to 2^31-1; a larger one counts as 2^31-1. @throws DerError when negative */
export function smallNaturalOf(value: DerValue): number {
  const natural = naturalOf(value)
  return natural > 0x7fffffffn ? 0x7fffffff : Number(natural)
}

/** DER knows exactly two booleans (X.690 §11.1). @throws DerError */
export function booleanOf(value: DerValue): boolean {
  const bytes = contentOf(value)
  if (bytes.length !== 1 || (bytes[0] !== 0 && bytes[0] !== 0xff)) {
    throw new DerError('a boolean is invalid')
  }
  return bytes[0] === 0xff
}

/** A BIT STRING of whole octets, such as a signature. @throws DerError */
export function octetsOfBitString(value: DerValue): Buffer {
  const bytes = contentOf(value)
  if (bytes[0] !== 0) throw new DerError('a bit string does not hold whole octets')
  return bytes.subarray(1)
}

/** A named-bit BIT STRING as a set of bits: bit n of ASN.1 is bit n of the number. @throws DerError */
export function namedBitsOf(value: DerValue): number {
  const bytes = contentOf(value)
  const unused = bytes[0]
  if (unused === undefined || unused > 7 || bytes.length > 5 || (bytes.length === 1 && unused)) {
    throw new DerError('a bit string is invalid')
  }
  let bits = 0
  for (let bit = 0; bit < (bytes.length - 1) * 8 - unused && bit < 31; bit += 1) {
    if (((bytes[1 + (bit >> 3)] ?? 0) >> (7 - (bit & 7))) & 1) bits |= 1 << bit
  }
  return bits
}

const utcTime = /^(\d{2})(\d{2})(\d{2})(\d{2})(\d{2})(\d{2})Z$/
const generalizedTime = /^(\d{4})(\d{2})(\d{2})(\d{2})(\d{2})(\d{2})Z$/

/**
 * UTCTime or GeneralizedTime in the one form of RFC 5280 §4.1.2.5: seconds given, `Z`, no fraction.
 * @throws DerError
 */
export function timeOf(value: DerValue): Date {
  const isUtc = value.tag === derTag.utcTime
  if (!isUtc && value.tag !== derTag.generalizedTime) throw new DerError('a time is invalid')
  const match = (isUtc ? utcTime : generalizedTime).exec(contentOf(value).toString('latin1'))
  if (!match) throw new DerError('a time is not in the form that RFC 5280 asks for')
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = match
    .slice(1)
    .map(Number)
  const fullYear = isUtc ? year + (year >= 50 ? 1900 : 2000) : year
  const time = new Date(0)
  time.setUTCFullYear(fullYear, month - 1, day)
  time.setUTCHours(hour, minute, second)
  const exists =
    time.getUTCMonth() === month - 1 && time.getUTCDate() === day && hour < 24 && minute < 60
  if (!exists || second > 59) throw new DerError('a time does not exist')
  return time
}

/** Next value as a time. @throws DerError */
export function nextTime(reader: DerReader): Date {
  return timeOf(reader.next())
}

/** The next value if it is a time. @throws DerError */
export function optionalTime(reader: DerReader): Date | undefined {
  const tag = reader.nextTag
  return tag === derTag.utcTime || tag === derTag.generalizedTime ? nextTime(reader) : undefined
}
