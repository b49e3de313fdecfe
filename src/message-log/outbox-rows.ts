import type { ExecutionWord } from '../exchange/execution.js'
import type { ServiceId, SubsystemId } from '../exchange/identifier.js'
import type { DeliveryNotice } from '../exchange/message-notice.js'
import {
  encodeRow,
  integerCell,
  smallintCell,
  textCell,
  timestampCell,
  uuidCell,
  type CopyRow,
} from './copy-binary.js'

/**
 * The outbox's tables, as far as the log writes them: a message, with what it says of cases, in one transaction with the
 * entry of its request, its notices with that of its outcome. Positions are the database's to give.
 */
export const outboxTables = [
  {
    name: 'sluice.outbox_message',
    columns:
      'exchange_id, partition, sender, recipient, provider, message_id, protocol, copy, payload_bytes, accepted_at, expires_at',
  },
  {
    name: 'sluice.outbox_notice',
    columns:
      'id, exchange_id, partition, code, sender, recipient, message_id, protocol, at, details',
  },
  {
    name: 'sluice.execution_step',
    columns:
      'exchange_id, step, case_id, domain, sender, recipient, provider, deadline, reminder_days, notice_hours, at',
  },
] as const

/** A message as it is put into the outbox. */
export interface NewMessage {
  readonly exchangeId: string
  readonly partition: number
  readonly sender: SubsystemId
  readonly recipient: ServiceId
  readonly provider: SubsystemId
  readonly messageId: string
  readonly protocol: string
  readonly copy: number
  readonly payloadBytes: number
  readonly acceptedAt: Date
  readonly expiresAt: Date
  readonly domain: string
  /** What it says of cases, as its contract declares. */
  readonly words: readonly ExecutionWord[]
}

/** A notice as it is put there, with the protocol by which its sender is told. */
export interface NewNotice {
  readonly notice: DeliveryNotice
  readonly partition: number
  readonly protocol: string
}

export function messageRow(message: NewMessage): CopyRow {
  return encodeRow([
    uuidCell(message.exchangeId),
    smallintCell(message.partition),
    textCell(message.sender),
    textCell(message.recipient),
    textCell(message.provider),
    textCell(message.messageId),
    textCell(message.protocol),
    smallintCell(message.copy),
    integerCell(message.payloadBytes),
    timestampCell(message.acceptedAt),
    timestampCell(message.expiresAt),
  ])
}

/** What a message says of cases; undefined where it says nothing. */
export function stepRows(message: NewMessage): CopyRow | undefined {
  const { words } = message
  return words.length === 0 ? undefined : words.flatMap((word) => stepRow(message, word))
}

function stepRow(message: NewMessage, word: ExecutionWord): CopyRow {
  const opened = word.step === 'opened' ? word : undefined
  return encodeRow([
    uuidCell(message.exchangeId),
    textCell(word.step),
    uuidCell(word.caseId),
    textCell(message.domain),
    textCell(message.sender),
    textCell(message.recipient),
    textCell(message.provider),
    word.deadline ? timestampCell(word.deadline) : null,
    opened ? smallintCell(opened.reminderDays) : null,
    opened ? smallintCell(opened.noticeHours) : null,
    timestampCell(message.acceptedAt),
  ])
}

/** Rows of one table, one behind the other. */
export function noticeRows(notices: readonly NewNotice[]): CopyRow {
  return notices.flatMap(({ notice, partition, protocol }) =>
    encodeRow([
      uuidCell(notice.id),
      uuidCell(notice.exchangeId),
      smallintCell(partition),
      textCell(notice.code),
      textCell(notice.sender),
      textCell(notice.recipient),
      textCell(notice.messageId),
      textCell(protocol),
      timestampCell(notice.at),
      textCell(noticeDetails(notice)),
    ]),
  )
}

/** What of a notice has no column of its own: JSON, or nothing. */
export function noticeDetails({
  registration,
  ground,
  signed,
}: Pick<DeliveryNotice, 'registration' | 'ground' | 'signed'>): string | undefined {
  if (!registration && !ground && !signed) return undefined
  return JSON.stringify({ registration, ground, signed })
}
