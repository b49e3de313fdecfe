import type { ClientBase } from 'pg'
import { dataKeyRestMs } from '../limits/log-archive.js'

/**
 * Forgets those of the data keys that no payload needs any more. A key that is not old may be in use by a
 * process still, and stays.
 * @returns number of keys forgotten
 */
export async function forgetDataKeys(
  client: ClientBase,
  ids: readonly string[],
  now: Date,
): Promise<number> {
  if (ids.length === 0) return 0
  const { rowCount } = await client.query(
    `DELETE FROM sluice.message_log_data_key k
      WHERE k.id = ANY($1::uuid[]) AND k.created_at < $2 AND NOT EXISTS (
        SELECT FROM sluice.message_log_payload p WHERE p.data_key_id = k.id)`,
    [ids, new Date(now.getTime() - dataKeyRestMs)],
  )
  return rowCount ?? 0
}

/** Data keys of the payloads before an id. */
export async function dataKeysBefore(client: ClientBase, beforeId: string): Promise<string[]> {
  const { rows } = await client.query<{ id: string }>(
    `SELECT DISTINCT data_key_id AS id FROM sluice.message_log_payload WHERE exchange_id < $1`,
    [beforeId],
  )
  return rows.map(({ id }) => id)
}
