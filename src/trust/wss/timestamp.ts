import { Fault } from '../../exchange/fault.js'
import type { XmlDocument, XmlElement } from '../../xml/document.js'
import { Children, invalidSignature, textOf } from '../xml-signature/strict-reading.js'
import { wsuNamespace } from './names.js'
import type { SoapVerificationWatch } from './watch.js'

/** A wsu:Timestamp (WS-Security 1.1 §10). */
export interface Timestamp {
  readonly created: Date
  readonly expires: Date | undefined
}

/**
 * Reads a wsu:Timestamp: Created, which our profile asks for, then Expires, which may be absent.
 * @throws Fault SIGNATURE_INVALID
 */
export function readTimestamp(document: XmlDocument, element: XmlElement): Timestamp {
  const inside = new Children(document, element, 'Timestamp')
  const created = timeOf(document, inside.next(wsuNamespace, 'Created'), 'Created')
  const expiresElement = inside.optional(wsuNamespace, 'Expires')
  inside.end()
  const expires =
    expiresElement === undefined ? undefined : timeOf(document, expiresElement, 'Expires')
  if (expires !== undefined && expires < created) {
    throw invalidSignature('Expires', 'The Timestamp expires before it was created.')
  }
  return { created, expires }
}

/**
 * Refuses a message outside its time; both clocks may be off by `freshnessMs`.
 * @throws Fault CLOCK_SKEW
 */
export function checkTimestamp(
  { created, expires }: Timestamp,
  nowMs: number,
  freshnessMs: number,
  watch: SoapVerificationWatch,
): void {
  if (Math.abs(nowMs - created.getTime()) > freshnessMs) {
    const detail = 'The Timestamp was created too long before or after the time of the bus.'
    watch.refuses(skewed('Created', detail))
  }
  if (expires !== undefined && expires.getTime() <= nowMs) {
    watch.refuses(skewed('Expires', 'The Timestamp has expired.'))
  }
}

function timeOf(document: XmlDocument, element: XmlElement, field: string): Date {
  const type = document.attribute(element, '', 'ValueType')
  const time = type === undefined ? parseDateTime(textOf(document, element, field)) : undefined
  if (time) return time
  throw invalidSignature(field, `${field} is no xsd:dateTime.`)
}

const dateTime =
  /^([0-9]{4})-([0-9]{2})-([0-9]{2})T([0-9]{2}):([0-9]{2}):([0-9]{2})(?:\.([0-9]{1,12}))?(Z|[+-][0-9]{2}:[0-9]{2})?$/

/**
 * An xsd:dateTime (XML Schema 2 §3.2.7) of this era. Without a zone it is UTC, as WS-Security 1.1 §10
 * wants it; leap seconds are refused, as there. Undefined where the text is none.
 */
export function parseDateTime(text: string): Date | undefined {
  const found = dateTime.exec(text)
  if (!found) return undefined
  const [year, month, day] = [Number(found[1]), Number(found[2]), Number(found[3])]
  const [hour, minute, second] = [Number(found[4]), Number(found[5]), Number(found[6])]
  const zone = zoneMinutes(found[8])
  if (zone === undefined || hour > 23 || minute > 59 || second > 59) return undefined
  const ms = Number((found[7] ?? '').slice(0, 3).padEnd(3, '0'))
  const time = new Date(Date.UTC(year, month - 1, day, hour, minute, second, ms))
  // Date.UTC carries the 31st of June over into July, and takes years below 100 for others.
  const isDay = time.getUTCFullYear() === year && time.getUTCMonth() === month - 1
  if (!isDay || time.getUTCDate() !== day) return undefined
  return new Date(time.getTime() - zone * 60_000)
}

function zoneMinutes(zone: string | undefined): number | undefined {
  if (zone === undefined || zone === 'Z') return 0
  const [hours, minutes] = [Number(zone.slice(1, 3)), Number(zone.slice(4))]
  if (minutes > 59 || hours > 14 || (hours === 14 && minutes > 0)) return undefined
  return (zone.startsWith('-') ? -1 : 1) * (hours * 60 + minutes)
}

function skewed(field: string, detail: string): Fault {
  return new Fault('CLOCK_SKEW', { field, detail })
}
