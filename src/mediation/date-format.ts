/** A notation of dates that a legacy system has in place of ISO 8601: `dd.MM.yyyy`, `yyyyMMdd HH:mm`. */
export interface DateFormat {
  readonly notation: string
  /** Whether there are hours: the ISO form is `yyyy-MM-ddTHH:mm:ss` then, else `yyyy-MM-dd`. */
  readonly hasTime: boolean
  readonly parts: readonly DatePart[]
}

type Field = 'yyyy' | 'MM' | 'dd' | 'HH' | 'mm' | 'ss'
type DatePart = { readonly field: Field } | { readonly literal: string }

const fields: readonly Field[] = ['yyyy', 'MM', 'dd', 'HH', 'mm', 'ss']

/**
 * Reads a notation: `yyyy`, `MM` and `dd` once each, `HH`, `mm` and `ss` all or none, other characters none of which is a letter or
 * a digit.
 * @returns undefined for one by which a date could not be told back
 */
export function dateFormatOf(notation: string): DateFormat | undefined {
  const parts: DatePart[] = []
  const seen = new Set<Field>()
  for (let at = 0; at < notation.length;) {
    const field = fields.find((each) => notation.startsWith(each, at))
    if (field !== undefined) {
      if (seen.has(field)) return undefined
      seen.add(field)
      parts.push({ field })
      at += field.length
      continue
    }
    const literal = notation.charAt(at)
    if (!/^[ ./:,_-]$/.test(literal) && literal !== 'T') return undefined
    parts.push({ literal })
    at += 1
  }
  const times = fields.slice(3).filter((field) => seen.has(field)).length
  const hasDate = fields.slice(0, 3).every((field) => seen.has(field))
  if (!hasDate || (times !== 0 && times !== 3)) return undefined
  return { notation, hasTime: times === 3, parts }
}

/** The ISO form of a date in a notation. @returns undefined where it is none, or is no day of the calendar */
export function isoOf(format: DateFormat, text: string): string | undefined {
  const found: Partial<Record<Field, string>> = {}
  let at = 0
  for (const part of format.parts) {
    if ('literal' in part) {
      if (text.charAt(at) !== part.literal) return undefined
      at += 1
      continue
    }
    const digits = text.slice(at, at + part.field.length)
    if (digits.length !== part.field.length || !/^[0-9]+$/.test(digits)) return undefined
    found[part.field] = digits
    at += digits.length
  }
  if (at !== text.length) return undefined
  const { yyyy = '', MM = '', dd = '', HH = '', mm = '', ss = '' } = found
  const iso = `${yyyy}-${MM}-${dd}${format.hasTime ? `T${HH}:${mm}:${ss}` : ''}`
  return isReal(iso) ? iso : undefined
}

const isoDate = /^[0-9]{4}-[0-9]{2}-[0-9]{2}$/
const isoTime = /^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}$/

/** The other way round. @returns undefined for what is no ISO form of the format's kind, or no day of the calendar */
export function notationOf(format: DateFormat, iso: string): string | undefined {
  if (!(format.hasTime ? isoTime : isoDate).test(iso) || !isReal(iso)) return undefined
  const values: Record<Field, string> = {
    yyyy: iso.slice(0, 4),
    MM: iso.slice(5, 7),
    dd: iso.slice(8, 10),
    HH: iso.slice(11, 13),
    mm: iso.slice(14, 16),
    ss: iso.slice(17, 19),
  }
  return format.parts
    .map((part) => ('literal' in part ? part.literal : values[part.field]))
    .join('')
}

/** Whether the calendar has it: 31.02. and 24:00 would come back as another day. */
function isReal(iso: string): boolean {
  const time = new Date(`${iso}${iso.length === 10 ? 'T00:00:00' : ''}Z`)
  return !Number.isNaN(time.getTime()) && time.toISOString().startsWith(iso)
}
