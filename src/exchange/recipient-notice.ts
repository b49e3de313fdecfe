import { invalidField, missingField, textValue } from './envelope-values.js'
import type { SubsystemId } from './identifier.js'
import {
  recipientNoticeCodes,
  type RecipientNotice,
  type RecipientNoticeCode,
} from './message-notice.js'

/** What a recipient says in its notice, as the protocol brings it: nothing of it has been looked at. */
export interface NoticeSaid {
  readonly exchangeId: unknown
  readonly notice: unknown
  readonly number?: unknown
  readonly date?: unknown
  readonly ground?: unknown
}

/** Who says it, and how. */
export interface NoticeOrigin {
  readonly recipient: SubsystemId
  readonly signed: RecipientNotice['signed']
  /** The exchange that brought it, where it came as a request. */
  readonly via?: string | undefined
  /** Longest number, longest ground. */
  readonly numberCharsMax: number
  readonly groundCharsMax: number
}

/**
 * Reads a recipient's notice, from content that has been verified.
 * @throws Fault REQUEST_INVALID naming the field
 */
export function readRecipientNotice(said: NoticeSaid, origin: NoticeOrigin): RecipientNotice {
  const { recipient, signed, via, numberCharsMax, groundCharsMax } = origin
  const code = codeOf(said.notice)
  const isRegistration = code === 'QEYDIYYATA_ALINIB'
  if (!isRegistration) refuseGiven(said, ['number', 'date'], code)
  if (code !== 'IMTINA') refuseGiven(said, ['ground'], code)
  return {
    code,
    exchangeId: exchangeIdOf(said.exchangeId),
    recipient,
    registration: isRegistration
      ? { number: textOf(said.number, 'number', numberCharsMax), date: dateOf(said.date) }
      : undefined,
    ground: code === 'IMTINA' ? textOf(said.ground, 'ground', groundCharsMax) : undefined,
    signed,
    via,
  }
}

function codeOf(value: unknown): RecipientNoticeCode {
  const code = recipientNoticeCodes.find((each) => each === value)
  if (code) return code
  throw invalidField('notice', `The field must be ${recipientNoticeCodes.join(', ')}.`)
}

/** An exchange id as somebody else may write it. */
export const uuidPattern = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i

/**
 * The exchange id that a sender or a recipient names.
 * @throws Fault REQUEST_INVALID naming the field
 */
export function exchangeIdOf(value: unknown, field = 'exchangeId'): string {
  if (typeof value === 'string' && uuidPattern.test(value)) return value.toLowerCase()
  throw invalidField(field, 'The field must be the exchange id of a message, a UUID.')
}

function textOf(value: unknown, field: string, charsMax: number): string {
  if (value === undefined) throw missingField(field)
  if (typeof value !== 'string') throw invalidField(field, 'The field must be a text.')
  return textValue(value, field, charsMax)
}

function dateOf(value: unknown): string {
  if (value === undefined) throw missingField('date')
  if (typeof value === 'string' && /^\d{4}-\d{2}-\d{2}$/.test(value)) {
    const time = new Date(value)
    // The 30th of February is no date, though a Date can be made of it.
    if (!Number.isNaN(time.getTime()) && time.toISOString().startsWith(value)) return value
  }
  throw invalidField('date', 'The field must be a date, such as 2026-11-26.')
}

function refuseGiven(said: NoticeSaid, fields: readonly (keyof NoticeSaid)[], code: string): void {
  const given = fields.find((field) => said[field] !== undefined)
  if (given) throw invalidField(given, `The field does not go with ${code}.`)
}
