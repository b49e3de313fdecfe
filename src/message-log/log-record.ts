import type { DurableOutcome } from '../exchange/logged-entry.js'
import { isInMemory, type Bytes } from '../exchange/payload.js'
import { spooledMemoryBytes } from '../limits/http.js'
import {
  encodeRow,
  smallintCell,
  textCell,
  timestampCell,
  uuidCell,
  type CopyRow,
} from './copy-binary.js'
import type { EncodedEntry, EntryFields, Half } from './entry.js'
import {
  messageRow,
  noticeRows,
  outboxTables,
  stepRows,
  type NewMessage,
  type NewNotice,
} from './outbox-rows.js'
import type { SealedPayload } from './payload-cipher.js'

/** The tables that a half of an exchange goes to, with their columns in the order of the cells. */
export const logTables = [
  {
    name: 'sluice.message_log_entry',
    columns:
      'exchange_id, half, kind, recorded_at, domain, consumer, service, outcome, entry, leaf_hash',
  },
  {
    name: 'sluice.message_log_payload',
    columns: 'exchange_id, half, data_key_id, nonce, ciphertext',
  },
  { name: 'sluice.message_log_message_id', columns: 'digest, exchange_id, recorded_at' },
  ...outboxTables,
] as const

/** One half of an exchange, encoded for the database; it becomes durable as a whole or not at all. */
export interface LogRecord {
  readonly exchangeId: string
  readonly half: Half
  /** Whose record it is: the consumer, or the address of a stranger. */
  readonly party: string
  readonly leafHash: Buffer
  /** SHA-256 of consumer and message id, of a request; no second request may have the same. */
  readonly messageIdDigest: Buffer | undefined
  /** What its receipt states once it is durable; undefined where nobody is given one. */
  readonly outcome: DurableOutcome | undefined
  /** Whether its message leaves the outbox with it: an outcome of a one-way exchange. */
  readonly endsMessage: boolean
  /** By table, in the order of {@link logTables}. */
  readonly rows: readonly (CopyRow | undefined)[]
  /** What it takes of the memory until it is durable. */
  readonly bytes: number
  /** What its transaction writes: more, where the payload is on the spool. */
  readonly writtenBytes: number
}

/** What there is of one half of an exchange to be written. */
export interface UnwrittenHalf {
  readonly half: Half
  readonly fields: EntryFields
  readonly entry: EncodedEntry
  readonly recordedAt: Date
  readonly payload: SealedPayload<Bytes> | undefined
  readonly messageIdDigest: Buffer | undefined
  readonly outcome?: DurableOutcome | undefined
  /** What becomes of the outbox with it. */
  readonly outbox?: OutboxChange | undefined
}

/** A request of a one-way exchange puts its message into the outbox; its outcome takes it out, and leaves notices. */
export type OutboxChange =
  | { readonly message: NewMessage; readonly notices?: undefined }
  | { readonly notices: readonly NewNotice[]; readonly message?: undefined }

/** Encodes one half of an exchange. */
export function encodeRecord(half: UnwrittenHalf): LogRecord {
  const { fields, entry, payload, messageIdDigest, outcome, outbox } = half
  const id = uuidCell(fields.exchangeId)
  const number = smallintCell(half.half)
  const recordedAt = timestampCell(half.recordedAt)
  const rows = [
    encodeRow([
      id,
      number,
      fields.kind,
      recordedAt,
      textCell(fields.domain),
      textCell(fields.consumer),
      textCell(fields.service),
      textCell(fields.outcome),
      entry.bytes,
      entry.leafHash,
    ]),
    payload &&
      encodeRow([id, number, dataKeyCell(payload.dataKeyId), payload.nonce, payload.ciphertext]),
    messageIdDigest && encodeRow([messageIdDigest, id, recordedAt]),
    outbox?.message && messageRow(outbox.message),
    outbox?.notices && noticeRows(outbox.notices),
    outbox?.message && stepRows(outbox.message),
  ]
  return {
    exchangeId: fields.exchangeId,
    half: half.half,
    party: fields.consumer ?? fields.remoteAddress ?? '',
    leafHash: entry.leafHash,
    messageIdDigest,
    outcome,
    endsMessage: outbox?.notices !== undefined,
    rows,
    ...sizesOf(rows),
  }
}

function sizesOf(rows: LogRecord['rows']): Pick<LogRecord, 'bytes' | 'writtenBytes'> {
  let bytes = 0
  let writtenBytes = 0
  for (const row of rows) {
    if (!row) continue
    for (const piece of row) {
      writtenBytes += piece.length
      bytes += isInMemory(piece) ? piece.length : spooledMemoryBytes
    }
  }
  return { bytes, writtenBytes }
}

// A data key serves a million payloads, so its cell is nearly always the last one made.
let dataKey: { readonly id: string; readonly cell: Buffer } = { id: '', cell: Buffer.alloc(0) }

function dataKeyCell(id: string): Buffer {
  if (dataKey.id !== id) dataKey = { id, cell: uuidCell(id) }
  return dataKey.cell
}
