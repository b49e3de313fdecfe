import { isUtf8 } from 'node:buffer'
import { member, memberNames, type EntryView } from './entry-view.js'

/**
 * Whether bytes are a JSON object in canonical form (RFC 8785), and where in it the members stand that matter.
 * What entries look like as a rule (flat, no escapes) is read in one pass over the bytes; whatever else is
 * taken apart and written anew by the letter of the standard.
 */
export function readCanonicalEntry(
  bytes: Buffer,
  from: number,
  to: number,
  view: EntryView,
): boolean {
  view.clear(bytes)
  // Of what is not UTF-8 there is no text at all.
  if (!isUtf8(bytes.subarray(from, to))) return false
  if (readFlat(bytes, from, to, view)) return true
  return readAny(bytes.toString('utf8', from, to), view)
}

const quote = 0x22
const colon = 0x3a
const comma = 0x2c
const backslash = 0x5c
const minus = 0x2d
const zero = 0x30
const nine = 0x39
/** Every integer of so many digits is exact as a number, and written as it is. */
const digitsMax = 15

/** Members by length, first and last letter, by which all of them differ; the name is compared after that. */
const slots = new Map(
  memberNames.map((name) => {
    const bytes = Buffer.from(name)
    return [slotOf(bytes, 0, bytes.length), { at: member[name], bytes }] as const
  }),
)

function slotOf(bytes: Uint8Array, from: number, to: number): number {
  return ((to - from) << 16) | ((bytes[from] ?? 0) << 8) | (bytes[to - 1] ?? 0)
}

/** @returns false where the slow way has to tell */
function readFlat(bytes: Buffer, from: number, to: number, view: EntryView): boolean {
  const last = to - 1
  if (last - from < 1 || bytes[from] !== 0x7b || bytes[last] !== 0x7d) return false
  let nameFrom = 0
  let nameTo = -1
  for (let at = from + 1; at < last; at += 1) {
    const start = at + 1
    const end = bytes[at] === quote ? nameEnd(bytes, start, last) : -1
    if (end < 0 || bytes[end + 1] !== colon) return false
    if (nameTo >= 0 && !isBefore(bytes, nameFrom, nameTo, start, end)) return false
    nameFrom = start
    nameTo = end
    const isText = bytes[end + 2] === quote
    const valueFrom = isText ? end + 3 : end + 2
    const valueTo = isText ? textEnd(bytes, valueFrom, last) : integerEnd(bytes, valueFrom, last)
    if (valueTo < 0) return false
    if (isText) keep(bytes, start, end, valueFrom, valueTo, view)
    at = isText ? valueTo + 1 : valueTo
    if (at !== last && (bytes[at] !== comma || at + 1 === last)) return false
  }
  return true
}

function nameEnd(bytes: Buffer, from: number, last: number): number {
  for (let at = from; at < last; at += 1) {
    const byte = bytes[at] ?? 0
    if (byte === quote) return at
    // The order of names goes by UTF-16, which of ASCII alone is that of the bytes.
    if (byte < 0x20 || byte > 0x7e || byte === backslash) return -1
  }
  return -1
}

function textEnd(bytes: Buffer, from: number, last: number): number {
  for (let at = from; at < last; at += 1) {
    const byte = bytes[at] ?? 0
    if (byte === quote) return at
    if (byte < 0x20 || byte === backslash) return -1
  }
  return -1
}

function integerEnd(bytes: Buffer, from: number, last: number): number {
  const first = bytes[from] === minus ? from + 1 : from
  let at = first
  while (at < last && (bytes[at] ?? 0) >= zero && (bytes[at] ?? 0) <= nine) at += 1
  const digits = at - first
  if (digits === 0 || digits > digitsMax) return -1
  const isCanonical = bytes[first] !== zero || (digits === 1 && first === from)
  return isCanonical ? at : -1
}

/** Whether one name comes before another, and is not the same. */
function isBefore(
  bytes: Buffer,
  oneFrom: number,
  oneTo: number,
  otherFrom: number,
  otherTo: number,
): boolean {
  const shorter = Math.min(oneTo - oneFrom, otherTo - otherFrom)
  for (let n = 0; n < shorter; n += 1) {
    const difference = (bytes[oneFrom + n] ?? 0) - (bytes[otherFrom + n] ?? 0)
    if (difference !== 0) return difference < 0
  }
  return oneTo - oneFrom < otherTo - otherFrom
}

function keep(
  bytes: Buffer,
  nameFrom: number,
  nameTo: number,
  from: number,
  to: number,
  view: EntryView,
): void {
  const slot = slots.get(slotOf(bytes, nameFrom, nameTo))
  if (!slot) return
  const { at, bytes: name } = slot
  for (let n = 0; n < name.length; n += 1) if (name[n] !== bytes[nameFrom + n]) return
  view.set(at, from, to)
}

function readAny(text: string, view: EntryView): boolean {
  let value: unknown
  try {
    value = JSON.parse(text)
    if (!isObject(value) || canonicalText(value) !== text) return false
  } catch {
    return false
  }
  // The texts that members stand for, one after the other.
  const found = memberNames.flatMap((name) => {
    const own = Object.hasOwn(value, name) ? value[name] : undefined
    return typeof own === 'string' ? [{ at: member[name], bytes: Buffer.from(own) }] : []
  })
  view.clear(Buffer.concat(found.map(({ bytes }) => bytes)))
  let from = 0
  for (const { at, bytes } of found) {
    view.set(at, from, from + bytes.length)
    from += bytes.length
  }
  return true
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** RFC 8785 §3.2: ECMAScript's own texts, members in the order of their UTF-16 code units. */
function canonicalText(value: unknown): string {
  if (typeof value === 'string') {
    // RFC 8785 §3.2.2.2: there is no canonical form of half a character.
    if (!value.isWellFormed()) throw new SyntaxError('lone surrogate')
    return JSON.stringify(value)
  }
  if (Array.isArray(value)) return `[${value.map(canonicalText).join(',')}]`
  if (!isObject(value)) return JSON.stringify(value)
  const members = Object.keys(value)
    .sort()
    .map((name) => `${canonicalText(name)}:${canonicalText(value[name])}`)
  return `{${members.join(',')}}`
}
