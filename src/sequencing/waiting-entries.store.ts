import type { Queryable } from './log-tiles.store.js'
import { hasNoPlace } from './place-entries.store.js'

/** Entries that have no place in a log yet. */
export interface WaitingEntries {
  /** Not counted further than asked for. */
  readonly entries: number
  readonly oldestAt: Date | undefined
}

/**
 * Looks for entries without a place among so many of the oldest that may have none. Any node may ask: that
 * nobody gives places shows nowhere else, if the one who should hangs.
 */
export async function findWaiting(database: Queryable, rowsMax: number): Promise<WaitingEntries> {
  const { rows } = await database.query<{ entries: number; oldest: Date | null }>(
    `WITH exchange AS MATERIALIZED (
       SELECT exchange_id AS id, half AS part, recorded_at FROM sluice.message_log_entry
        WHERE written_in >= (SELECT low FROM sluice.log_sequencer) ORDER BY written_in LIMIT $1),
     act AS MATERIALIZED (
       SELECT act_id AS id, 0::smallint AS part, recorded_at FROM sluice.audit_log_entry
        WHERE written_in >= (SELECT low FROM sluice.log_sequencer) ORDER BY written_in LIMIT $1)
     SELECT count(*)::integer AS entries, min(recorded_at) AS oldest
       FROM (SELECT * FROM exchange UNION ALL SELECT * FROM act) AS entry
      WHERE ${hasNoPlace('entry.id', 'entry.part')}`,
    [rowsMax],
  )
  const [{ entries, oldest } = { entries: 0, oldest: null }] = rows
  return { entries, oldestAt: oldest ?? undefined }
}
