import type { Row } from './copy-rows.js'
import type { LogSnapshot } from './log-snapshot.store.js'

/** Taken message ids from a moment on: digest, exchange, time. */
export function streamMessageIds(
  snapshot: LogSnapshot,
  from: Date,
  onRow: (row: Row) => void,
): Promise<void> {
  const sql = `SELECT digest, exchange_id, recorded_at FROM sluice.message_log_message_id
    WHERE recorded_at >= '${from.toISOString()}'`
  return snapshot.stream(sql, 3, onRow)
}

/** Columns of a message id beside its request; those of the one that is missing are null. */
export const pair = { digest: 0, exchangeId: 1, recordedAt: 2, requestId: 3, entry: 4 } as const

/** Message ids recorded before a moment, each with its request: they are about to be forgotten. */
export function streamOldMessageIds(
  snapshot: LogSnapshot,
  before: Date,
  onRow: (row: Row) => void,
): Promise<void> {
  const sql = `SELECT m.digest, m.exchange_id, m.recorded_at, e.exchange_id, e.entry
    FROM sluice.message_log_message_id AS m
    LEFT JOIN sluice.message_log_entry AS e ON e.exchange_id = m.exchange_id AND e.half = 1
    WHERE m.recorded_at < '${before.toISOString()}'`
  return snapshot.stream(sql, 5, onRow, 'lookup')
}

/** Message ids and requests from a moment on, paired by exchange where there are both. */
export function streamPairs(
  snapshot: LogSnapshot,
  from: Date,
  onRow: (row: Row) => void,
): Promise<void> {
  const since = `recorded_at >= '${from.toISOString()}'`
  const sql = `SELECT m.digest, m.exchange_id, m.recorded_at, e.exchange_id, e.entry
    FROM (SELECT * FROM sluice.message_log_message_id WHERE ${since}) AS m
    FULL JOIN (SELECT exchange_id, entry FROM sluice.message_log_entry WHERE half = 1 AND ${since}) AS e
      ON e.exchange_id = m.exchange_id`
  return snapshot.stream(sql, 5, onRow)
}
