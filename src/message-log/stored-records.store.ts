import type pg from 'pg'
import type { LogRecord } from './log-record.js'

/**
 * What the database holds of a record that it would not take: `own`, this very record, which an
 * earlier try had stored after all; `exists`, another entry for this half of the exchange;
 * `duplicate`, an earlier request with the same consumer and message id.
 */
export type Stored = 'own' | 'exists' | 'duplicate'

interface Reader {
  query(
    sql: string,
    values: unknown[],
  ): Promise<
    pg.QueryResult<{ exchange_id: string; half: number; leaf_hash: Buffer; digest: Buffer }>
  >
}

function halfKey(exchangeId: string, half: number): string {
  return `${exchangeId}/${half}`
}

/** Looks up which of the records stand in the way of themselves or of others' copies. */
export async function findStored(
  client: Reader,
  records: readonly LogRecord[],
): Promise<Map<LogRecord, Stored>> {
  const entries = await client.query(
    `SELECT exchange_id, half, leaf_hash FROM sluice.message_log_entry
      WHERE (exchange_id, half) IN (SELECT * FROM unnest($1::uuid[], $2::smallint[]))`,
    [records.map((record) => record.exchangeId), records.map((record) => record.half)],
  )
  const messages = await client.query(
    'SELECT digest FROM sluice.message_log_message_id WHERE digest = ANY($1::bytea[])',
    [records.map((record) => record.messageIdDigest).filter((digest) => digest !== undefined)],
  )
  const leafHashes = new Map(
    entries.rows.map((row) => [halfKey(row.exchange_id, row.half), row.leaf_hash]),
  )
  const digests = new Set(messages.rows.map((row) => row.digest.toString('hex')))
  const stored = new Map<LogRecord, Stored>()
  for (const record of records) {
    const leafHash = leafHashes.get(halfKey(record.exchangeId, record.half))
    const digest = record.messageIdDigest?.toString('hex')
    if (leafHash) stored.set(record, leafHash.equals(record.leafHash) ? 'own' : 'exists')
    else if (digest && digests.has(digest)) stored.set(record, 'duplicate')
  }
  return stored
}
