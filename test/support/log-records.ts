import { randomBytes, randomUUID } from 'node:crypto'
import { v7 } from 'uuid'
import { encodeEntry, type EntryFields, type Half } from '../../src/message-log/entry.js'
import type { GroupCommitLimits } from '../../src/message-log/group-commit.store.js'
import { encodeRecord, type LogRecord } from '../../src/message-log/log-record.js'

/** Records as the message log writes them, without the log around them. */

export const groupCommitLimits: GroupCommitLimits = {
  connectionsMax: 2,
  batchRecordsMax: 250,
  batchBytesMax: 1 << 20,
  largeBatchBytesMax: 4 << 20,
  smallRecordBytesMax: 1 << 16,
  queueRecordsMax: 1000,
  queueBytesMax: 4 << 20,
  largeQueueBytesMax: 4 << 20,
  queuePartyShareMax: 1,
  restMs: 0,
}

/** One half of an exchange of its own; its outcome is to have a receipt. */
export function sampleRecord(
  own: {
    readonly exchangeId?: string
    readonly half?: Half
    readonly digest?: Buffer
    readonly fields?: Partial<EntryFields>
    readonly ciphertext?: Buffer
  } = {},
): LogRecord {
  const half = own.half ?? 1
  const fields: EntryFields = {
    format: 1,
    kind: half === 1 ? 'request' : 'reply',
    exchangeId: own.exchangeId ?? v7(),
    recordedAt: new Date(0).toISOString(),
    ...own.fields,
  }
  const entry = encodeEntry(fields)
  const recordedAt = new Date(1_700_000_000_123)
  const { exchangeId } = fields
  const { leafHash } = entry
  const outcome = {
    exchangeId,
    log: 'unassigned',
    leafHash,
    requestLeafHash: undefined,
    recordedAt,
  }
  return encodeRecord({
    half,
    fields,
    entry,
    recordedAt,
    payload: own.ciphertext && {
      dataKeyId: randomUUID(),
      nonce: randomBytes(12),
      ciphertext: own.ciphertext,
    },
    messageIdDigest: half === 1 ? (own.digest ?? randomBytes(32)) : undefined,
    outcome: half === 2 ? outcome : undefined,
  })
}
