const minuteUs = 60_000_000
const hourUs = 60 * minuteUs
const dayUs = 24 * hourUs

/**
 * Microseconds since 1970 of a time in the form that entries have, `2026-11-26T03:04:05.678Z`; NaN for any other.
 * By hand: of each entry one is read, and a Date would cost as much as hashing it.
 */
export function microsecondsOf(bytes: Buffer, from: number, to: number): number {
  if (to - from !== 24) return NaN
  const of = (at: number, digits: number): number => number(bytes, from + at, digits)
  const isForm =
    bytes[from + 4] === 0x2d &&
    bytes[from + 7] === 0x2d &&
    bytes[from + 10] === 0x54 &&
    bytes[from + 13] === 0x3a &&
    bytes[from + 16] === 0x3a &&
    bytes[from + 19] === 0x2e &&
    bytes[from + 23] === 0x5a
  if (!isForm) return NaN
  const day = daysOf(of(0, 4), of(5, 2), of(8, 2))
  const time = of(11, 2) * hourUs + of(14, 2) * minuteUs + of(17, 2) * 1_000_000 + of(20, 3) * 1_000
  return day * dayUs + time
}

function number(bytes: Buffer, from: number, digits: number): number {
  let value = 0
  for (let at = from; at < from + digits; at += 1) {
    const digit = (bytes[at] ?? 0) - 0x30
    if (digit < 0 || digit > 9) return NaN
    value = value * 10 + digit
  }
  return value
}

/** Days since 1970 in the Gregorian calendar, counted in years that begin in March. */
function daysOf(year: number, month: number, day: number): number {
  const y = month <= 2 ? year - 1 : year
  const era = Math.floor(y / 400)
  const ofEra = y - era * 400
  const ofYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1
  return (
    era * 146_097 + ofEra * 365 + Math.floor(ofEra / 4) - Math.floor(ofEra / 100) + ofYear - 719_468
  )
}

/** The smallest UUIDv7 of a time in milliseconds since 1970 (RFC 9562 §5.7: an id begins with its time). */
export function firstIdOf(milliseconds: number): string {
  const hex = milliseconds.toString(16).padStart(12, '0')
  return `${hex.slice(0, 8)}-${hex.slice(8)}-0000-0000-000000000000`
}

/** For texts. */
export function timeText(microseconds: number): string {
  const time = new Date(microseconds / 1_000)
  return Number.isNaN(time.getTime()) ? 'no time' : time.toISOString()
}
