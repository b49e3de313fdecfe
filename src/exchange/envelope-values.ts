import type { ExchangeMode } from './envelope.js'
import { Fault } from './fault.js'
import { IdentifierError, isSegment, parseSubsystemId, type SubsystemId } from './identifier.js'

/**
 * What the values of an envelope may be, in whatever protocol they come. Each check takes a decoded value
 * and the public name of its field, and throws Fault REQUEST_INVALID naming the field.
 */

const printableAscii = /^[\x20-\x7e]+$/
const token = /^[A-Za-z0-9][A-Za-z0-9._:-]*$/
// Control characters, line and paragraph separators, invisible and direction-changing characters:
// what an officer reads in the log must be what was signed.
const unreadable = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u

/** An identifier of the consumer's own choice; it is compared as it stands. */
export function printableValue(value: string, field: string, charsMax: number): string {
  if (value.length <= charsMax && printableAscii.test(value)) return value
  throw invalidField(field, `The field must be 1 to ${charsMax} printable ASCII characters.`)
}

/** A word that the registry may hold too. */
export function tokenValue(value: string, field: string, charsMax: number): string {
  if (value.length <= charsMax && token.test(value)) return value
  throw invalidField(field, `The field must be a word of at most ${charsMax} characters.`)
}

/** A text for people. */
export function textValue(value: string, field: string, charsMax: number): string {
  const isReadable = value !== '' && value.trim() === value && !unreadable.test(value)
  if (isReadable && value.length <= charsMax && value.isWellFormed()) return value
  throw invalidField(field, `The field must be 1 to ${charsMax} readable characters.`)
}

export function modeValue(value: string, field: string): ExchangeMode {
  if (value === 'user' || value === 'body') return value
  throw invalidField(field, 'The field must be user or body.')
}

const instant = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d{1,6})?(?:Z|[+-]\d{2}:\d{2})$/

/** A moment with its zone (RFC 3339 §5.6). */
export function momentValue(value: string, field: string): Date {
  const moment = instant.test(value) ? new Date(value) : undefined
  if (moment && !Number.isNaN(moment.getTime())) return moment
  throw invalidField(field, 'The field must be a time such as 2026-11-30T18:00:00+04:00.')
}

/** X-Road's represented party: `[{class}/]{code}`. */
export function partyValue(party: string, field: string): string {
  const segments = party.split('/')
  if (segments.length <= 2 && segments.every(isSegment)) return party
  throw invalidField(field, 'The field must be a code, or a class and a code separated by "/".')
}

export function consumerValue(identifier: string, field: string): SubsystemId {
  try {
    return parseSubsystemId(identifier)
  } catch (error) {
    if (!(error instanceof IdentifierError)) throw error
    throw invalidField(field, `The identifier is invalid: ${error.message}.`, error)
  }
}

export function missingField(field: string): Fault {
  return invalidField(field, 'The field is missing.')
}

export function invalidField(field: string, detail: string, cause?: unknown): Fault {
  return new Fault('REQUEST_INVALID', { field, detail, cause })
}
