import { isMap, isScalar, isSeq, Scalar } from 'yaml'
import {
  isSegment,
  isVersion,
  parseMemberId,
  parseServiceCode,
  parseServiceId,
  parseSubsystemId,
  type MemberId,
  type ServiceCode,
  type ServiceId,
  type SubsystemId,
} from '../../exchange/identifier.js'
import { declarationTextCharsMax } from '../../limits/registry.js'
import { domainCodeEncodedCharsMax } from '../../limits/transparency.js'
import { itemPlaces, offsetOf, report, type YamlPlace } from './yaml-place.js'

/** Reads a value; undefined after having reported what is wrong with it. */
export type Read<T> = (at: YamlPlace) => T | undefined

type Readers = Readonly<Record<string, Read<unknown>>>
export type RecordOf<R extends Readers> = {
  readonly [K in keyof R]?: Exclude<ReturnType<R[K]>, undefined>
}

/** Reads a record of exactly these fields, each at most once. Fields that are absent stay so. */
export function readRecord<R extends Readers>(at: YamlPlace, readers: R): RecordOf<R> | undefined {
  if (!isMap(at.node)) {
    report(at, 'must be a record', `Write fields: ${Object.keys(readers).join(', ')}.`)
    return undefined
  }
  const found: Record<string, unknown> = {}
  const seen = new Set<string>()
  for (const { key, value } of at.node.items) {
    const name = isScalar(key) ? String(key.value) : '?'
    const offset = offsetOf(key, at.offset)
    const field = at.field === '' ? name : `${at.field}.${name}`
    const read = Object.hasOwn(readers, name) ? readers[name] : undefined
    if (!read) {
      report(
        { ...at, field, offset },
        'is not a known field',
        `Known here: ${Object.keys(readers).join(', ')}.`,
      )
    } else if (seen.has(name)) {
      report({ ...at, field, offset }, 'is given twice', 'Keep one of the two.')
    } else {
      const result = read({ ...at, field, node: value, offset: offsetOf(value, offset) })
      if (result !== undefined) found[name] = result
    }
    seen.add(name)
  }
  return found as RecordOf<R>
}

/** A list whose items are read one by one; those that are wrong are left out. */
export function list<T>(read: Read<T>): Read<T[]> {
  return (at) => {
    if (!isSeq(at.node)) {
      report(at, 'must be a list', 'Begin each item with "- ", or write [a, b].')
      return undefined
    }
    return itemPlaces(at).flatMap((item) => {
      const result = read(item)
      return result === undefined ? [] : [result]
    })
  }
}

/** `null` (or nothing after the colon) takes an optional value away. */
export function orNull<T>(read: Read<T>): Read<T | null> {
  return (at) => (isNull(at.node) ? null : read(at))
}

function isNull(node: unknown): boolean {
  return (
    node === null ||
    (isScalar(node) && node.type === Scalar.PLAIN && ['', '~', 'null'].includes(String(node.value)))
  )
}

const control = /[\u0000-\u001f\u007f-\u009f]/

/** A text on one line, in composed form (Unicode NFC). */
export const text: Read<string> = (at) => {
  if (!isScalar(at.node) || isNull(at.node)) {
    report(at, 'must be a text', 'Write a text on one line.')
    return undefined
  }
  const value = String(at.node.value).normalize('NFC')
  if (value.trim() !== value || value === '' || control.test(value) || !value.isWellFormed()) {
    report(at, 'must be a text on one line without spaces at its ends', 'Correct the text.')
    return undefined
  }
  if (value.length > declarationTextCharsMax) {
    report(at, `is longer than ${declarationTextCharsMax} characters`, 'Shorten it.')
    return undefined
  }
  return value
}

/** A text that has to hold, and what to write where it does not. */
export function textWhere(
  holds: (value: string) => boolean,
  problem: string,
  remedy: string,
): Read<string> {
  return (at) => {
    const value = text(at)
    if (value === undefined || holds(value)) return value
    report(at, problem, remedy)
    return undefined
  }
}

export const segment = textWhere(
  isSegment,
  'cannot be part of an identifier',
  'Use at most 100 characters and none of / \\ % : ;',
)

/** The log of a domain, and the files and addresses of the log, are named by its code in percent-encoding. */
export const domainCode = textWhere(
  (value) => isSegment(value) && encodeURIComponent(value).length <= domainCodeEncodedCharsMax,
  'cannot be the code of a domain',
  `Use at most 100 characters and none of / \\ % : ; a letter beyond ASCII counts for six or nine of ${domainCodeEncodedCharsMax}`,
)

export const version = textWhere(isVersion, 'is no version', 'Write v1 to v9999.')

export function oneOf<T extends string>(values: readonly T[]): Read<T> {
  return (at) => {
    const value = isScalar(at.node) ? String(at.node.value) : undefined
    const found = values.find((each) => each === value)
    if (!found) report(at, 'is not one of the values allowed here', `Write ${values.join(' or ')}.`)
    return found
  }
}

export const flag: Read<boolean> = (at) => {
  const value = oneOf(['true', 'false'])(at)
  return value === undefined ? undefined : value === 'true'
}

export function integer(min: number, max: number): Read<number> {
  return (at) => {
    const value = isScalar(at.node) ? String(at.node.value) : ''
    const number = /^[0-9]{1,12}$/.test(value) ? Number(value) : NaN
    if (number >= min && number <= max) return number
    report(at, 'must be a whole number within its limits', `Write ${min} to ${max}.`)
    return undefined
  }
}

// Days in a declaration are days of the country, which has kept this offset since 2016.
const dayOffset = '+04:00'
const dayPattern = /^\d{4}-\d{2}-\d{2}$/
const timePattern = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,3})?)?(Z|[+-]\d{2}:\d{2})$/

/** A day, which is its first moment in Baku, or a moment with its offset (RFC 3339). */
export const moment: Read<Date> = (at) => {
  const value = isScalar(at.node) ? String(at.node.value) : ''
  const isDay = dayPattern.test(value)
  if (isDay || timePattern.test(value)) {
    const date = new Date(isDay ? `${value}T00:00:00${dayOffset}` : value)
    // V8 takes 30 February for 2 March; the day given must be the day got.
    const dayGiven = new Date(`${value.slice(0, 10)}T00:00:00Z`)
    const isReal =
      !Number.isNaN(dayGiven.getTime()) && dayGiven.toISOString().startsWith(value.slice(0, 10))
    if (isReal && !Number.isNaN(date.getTime()) && date.getUTCFullYear() >= 1990) return date
  }
  report(at, 'is no date', 'Write 2026-01-31, or 2026-01-31T18:00:00+04:00.')
  return undefined
}

/** How `moment` is written. */
export function momentText(date: Date): string {
  const local = new Date(date.getTime() + 4 * 3_600_000).toISOString()
  return local.endsWith('T00:00:00.000Z') ? local.slice(0, 10) : date.toISOString()
}

export function identifier<T>(parse: (value: string) => T, example: string): Read<T> {
  return (at) => {
    const value = text(at)
    if (value === undefined) return undefined
    try {
      return parse(value)
    } catch (error) {
      report(
        at,
        error instanceof Error ? error.message : 'is no identifier',
        `Write it like ${example}.`,
      )
      return undefined
    }
  }
}

export const memberId: Read<MemberId> = identifier(parseMemberId, 'AZ/GOV/DIN')
export const subsystemId: Read<SubsystemId> = identifier(parseSubsystemId, 'AZ/GOV/DIN/GCQ')
export const serviceId: Read<ServiceId> = identifier(parseServiceId, 'AZ/GOV/DIN/GCQ/finAxtaris/v1')
export const serviceOrCode: Read<ServiceId | ServiceCode> = identifier(
  (value) => (value.split('/').length === 5 ? parseServiceCode(value) : parseServiceId(value)),
  'AZ/GOV/DIN/GCQ/finAxtaris/v1, or without /v1 for all versions',
)
