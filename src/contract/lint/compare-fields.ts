import type { BilingualText } from '../../exchange/fault.js'
import type { Field } from './field.js'
import { finding, type Finding } from './finding.js'

/**
 * What of a newer version would break systems that work with the older one. A consumer sends requests and reads
 * replies: a request may ask for less and allow more, a reply may tell more and vary less.
 */
export function compareFields(
  before: readonly Field[],
  after: readonly Field[],
  file: string,
): Finding[] {
  const now = new Map(after.map((field) => [keyOf(field), field]))
  const then = new Map(before.map((field) => [keyOf(field), field]))
  const findings: Finding[] = []
  const told = (field: Field, { az, en }: BilingualText): void => {
    const where = `${field.part} ${field.path}`
    const text = { az: `${where}: ${az}`, en: `${where}: ${en}` }
    findings.push(finding('breaking', 'breaking-change', file, text))
  }
  for (const [key, old] of then) {
    const field = now.get(key)
    if (!field) told(old, texts.removed)
    else for (const text of differences(old, field)) told(field, text)
  }
  for (const [key, field] of now) {
    const isNew = !then.has(key) && field.part === 'request' && field.min > 0
    // One inside of another that is new itself is told of with that.
    if (isNew && (isRoot(field) || then.has(parentOf(key)))) told(field, texts.required)
  }
  return findings
}

function keyOf({ part, path }: Field): string {
  return `${part} ${path}`
}

function parentOf(key: string): string {
  return key.slice(0, key.lastIndexOf('/'))
}

function isRoot({ path }: Field): boolean {
  return path.lastIndexOf('/') <= path.indexOf('/')
}

const texts = {
  removed: { az: 'sahə götürülüb və ya adı dəyişib', en: 'it was removed or renamed' },
  required: { az: 'yeni məcburi sahə əlavə olunub', en: 'a new field is required' },
  type: { az: 'növü dəyişib', en: 'its type has changed' },
  nowRequired: { az: 'sahə məcburi olub', en: 'it has become required' },
  nowOptional: { az: 'sahə məcburi olmaqdan çıxıb', en: 'it is not always there any more' },
  fewer: { az: 'təkrarların yol verilən sayı azalıb', en: 'fewer repetitions are allowed' },
  more: { az: 'təkrarların sayı arta bilər', en: 'there may be more repetitions' },
  notNull: { az: 'artıq boş (null, nil) ola bilməz', en: 'it may not be null (nil) any more' },
  maybeNull: { az: 'artıq boş (null, nil) ola bilər', en: 'it may be null (nil) now' },
  narrowed: { az: 'qiymətlərinin həddi daralıb', en: 'its values are narrowed' },
  widened: { az: 'qiymətlərinin həddi genişlənib', en: 'its values are widened' },
} as const

/** Seen from the consumer, who writes requests and reads the rest. */
function differences(old: Field, now: Field): BilingualText[] {
  const found: BilingualText[] = []
  if (old.type !== now.type) return [texts.type]
  const isWritten = now.part === 'request'
  if (isWritten) {
    if (now.min > 0 && old.min === 0) found.push(texts.nowRequired)
    if (now.max < old.max || (now.min > old.min && old.min > 0)) found.push(texts.fewer)
    if (old.isNullable && !now.isNullable) found.push(texts.notNull)
    if (isNarrower(now, old)) found.push(texts.narrowed)
  } else {
    if (now.min === 0 && old.min > 0) found.push(texts.nowOptional)
    if (now.max > old.max) found.push(texts.more)
    if (!old.isNullable && now.isNullable) found.push(texts.maybeNull)
    if (isNarrower(old, now)) found.push(texts.widened)
  }
  return found
}

/** Whether a value of the other may be none of this one. */
function isNarrower(one: Field, other: Field): boolean {
  const { enumeration } = one
  if (enumeration) {
    if (!other.enumeration) return true
    if (other.enumeration.some((value) => !enumeration.includes(value))) return true
  }
  if (one.pattern !== undefined && one.pattern !== other.pattern) return true
  return (
    isBelow(one.lengthMax, other.lengthMax) ||
    isBelow(numberIn(one.maximum), numberIn(other.maximum)) ||
    isBelow(negated(one.minimum), negated(other.minimum))
  )
}

/** An upper bound that is lower than the other, which may be none. */
function isBelow(one: number | undefined, other: number | undefined): boolean {
  return one !== undefined && (other === undefined || one < other)
}

function numberIn(text: string | undefined): number | undefined {
  const number = text === undefined ? Number.NaN : Number(text)
  return Number.isNaN(number) ? undefined : number
}

function negated(text: string | undefined): number | undefined {
  const number = numberIn(text)
  return number === undefined ? undefined : -number
}
