import type { Primitive } from '../schema-model.js'

/** A point of time, or a recurring one at a fixed place of the calendar, so that those of one type compare. */
export interface Temporal {
  /** Seconds since 1970-01-01T00:00:00, in UTC where a zone is given. */
  readonly seconds: number
  /** Digits of the fraction of a second, without zeros at the end. */
  readonly fraction: string
  readonly isZoned: boolean
}

/** Years above are refused: nine digits are more than any register has. */
const year = '(-?(?:[1-9][0-9]{4,8}|[0-9]{4}))'
const month = '(0[1-9]|1[0-2])'
const day = '(0[1-9]|[12][0-9]|3[01])'
const clock = '([01][0-9]|2[0-3]|24):([0-5][0-9]):([0-5][0-9])(?:\\.([0-9]+))?'
const zone = '(Z|[+-](?:0[0-9]|1[0-3]):[0-5][0-9]|[+-]14:00)?'

/** Which groups of an expression are which fields, `_` for a field that is not there. */
interface Form {
  readonly expression: RegExp
  readonly fields: string
}

const form = (source: string, fields: string): Form => ({
  expression: new RegExp(`^${source}${zone}$`),
  fields,
})

const forms: Readonly<Partial<Record<Primitive, Form>>> = {
  dateTime: form(`${year}-${month}-${day}T${clock}`, 'YMDhmsfz'),
  date: form(`${year}-${month}-${day}`, 'YMDz'),
  time: form(clock, 'hmsfz'),
  gYearMonth: form(`${year}-${month}`, 'YMz'),
  gYear: form(year, 'Yz'),
  gMonthDay: form(`--${month}-${day}`, 'MDz'),
  gDay: form(`---${day}`, 'Dz'),
  gMonth: form(`--${month}`, 'Mz'),
}

const defaults: Readonly<Record<string, number>> = { Y: 1972, M: 1, D: 1, h: 0, m: 0, s: 0 }

/** The value of a date or time (part 2 §3.2.7 to §3.2.14); undefined where the text is none. */
export function readTemporal(primitive: Primitive, text: string): Temporal | undefined {
  const found = forms[primitive]
  const match = found?.expression.exec(text)
  if (!found || !match) return undefined
  const field = (letter: string): number => {
    const at = found.fields.indexOf(letter)
    return at < 0 ? (defaults[letter] ?? 0) : Number(match[at + 1])
  }
  const years = field('Y')
  const months = field('M')
  const days = field('D')
  // There is no year 0 (part 2 §3.2.7.1), and no 30 February.
  if (years === 0 || days > daysOf(years, months)) return undefined
  const at = found.fields.indexOf('f')
  const fraction = at < 0 ? '' : withoutZeros(match[at + 1] ?? '')
  const hours = field('h')
  if (hours === 24 && (field('m') > 0 || field('s') > 0 || fraction !== '')) return undefined
  const offset = zoneOf(match.at(-1))
  const time = hours * 3_600 + field('m') * 60 + field('s')
  // The last moment of a day of `time` is its first.
  const ofDay = primitive === 'time' && hours === 24 ? 0 : time
  return {
    seconds: dayNumber(years, months, days) * 86_400 + ofDay - (offset ?? 0),
    fraction,
    isZoned: offset !== undefined,
  }
}

function withoutZeros(digits: string): string {
  let end = digits.length
  while (end > 0 && digits[end - 1] === '0') end--
  return digits.slice(0, end)
}

/** Seconds to the east; undefined without a zone. */
function zoneOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined
  if (text === 'Z') return 0
  const seconds = Number(text.slice(1, 3)) * 3_600 + Number(text.slice(4)) * 60
  return text.startsWith('-') ? -seconds : seconds
}

function isLeap(years: number): boolean {
  // The year before 1 is -1, and was a leap year.
  const count = years < 0 ? years + 1 : years
  return (count % 4 === 0 && count % 100 !== 0) || count % 400 === 0
}

function daysOf(years: number, months: number): number {
  if (months === 2) return isLeap(years) ? 29 : 28
  return months === 4 || months === 6 || months === 9 || months === 11 ? 30 : 31
}

/** Days since 1970-01-01 in the Gregorian calendar, also where it was not yet in use. */
export function dayNumber(years: number, months: number, days: number): number {
  const count = (years < 0 ? years + 1 : years) - (months <= 2 ? 1 : 0)
  const era = Math.floor(count / 400)
  const yearOfEra = count - era * 400
  const dayOfYear = Math.floor((153 * ((months + 9) % 12) + 2) / 5) + days - 1
  const dayOfEra = yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100)
  return era * 146_097 + dayOfEra + dayOfYear - 719_468
}

const zoneMax = 14 * 3_600

/** As numbers compare; undefined where a missing zone leaves it open (part 2 §3.2.7.4). */
export function compareTemporals(a: Temporal, b: Temporal): number | undefined {
  if (a.isZoned === b.isZoned) return compareInstants(a, b, 0)
  const low = compareInstants(a, b, -zoneMax)
  const high = compareInstants(a, b, zoneMax)
  return low < 0 && high < 0 ? -1 : low > 0 && high > 0 ? 1 : undefined
}

function compareInstants(a: Temporal, b: Temporal, shift: number): number {
  const order = a.seconds + shift - b.seconds
  if (order !== 0) return order
  return a.fraction === b.fraction ? 0 : a.fraction < b.fraction ? -1 : 1
}
