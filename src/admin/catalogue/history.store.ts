import type { ClientBase } from 'pg'
import type { EntryState } from '../../catalogue/change.js'

/** A state of the registry's history, with what was before it. */
export interface HistoryState {
  readonly noun: string
  readonly id: string
  readonly revision: string
  readonly at: Date
  readonly entry: EntryState
  readonly before: EntryState | undefined
  /** Whether it was in use in any state before. */
  readonly wasOpen: boolean
}

interface Row extends Omit<HistoryState, 'before'> {
  readonly before: EntryState | null
}

/**
 * The states that nobody made changes of yet, in their order. The place is locked until the end of the transaction.
 * @returns none where another node is at it
 */
export async function unreadHistory(client: ClientBase, limit: number): Promise<HistoryState[]> {
  const { rows } = await client.query<Row>(
    `WITH place AS (SELECT revision, noun, id FROM sluice.catalogue_feed FOR UPDATE SKIP LOCKED),
          unread AS (
            SELECT h.* FROM sluice.registry_history h, place p
             WHERE (h.revision, h.noun, h.id) > (p.revision, p.noun, p.id)
             ORDER BY h.revision, h.noun, h.id LIMIT $1)
     SELECT u.noun, u.id, u.revision, u.written_at AS at, u.entry, b.entry AS before,
            EXISTS (SELECT FROM sluice.registry_history h
                     WHERE h.noun = u.noun AND h.id = u.id AND h.revision < u.revision
                       AND h.entry ->> 'status' IN ('active', 'maintenance')) AS "wasOpen"
       FROM unread u LEFT JOIN LATERAL (
         SELECT h.entry FROM sluice.registry_history h
          WHERE h.noun = u.noun AND h.id = u.id AND h.revision < u.revision
          ORDER BY h.revision DESC LIMIT 1) b ON true
      ORDER BY u.revision, u.noun, u.id`,
    [limit],
  )
  return rows.map(({ before, ...row }) => ({ ...row, before: before ?? undefined }))
}

/** Notes how far the history was read. */
export async function noteRead(
  client: ClientBase,
  { revision, noun, id }: Pick<HistoryState, 'revision' | 'noun' | 'id'>,
): Promise<void> {
  await client.query('UPDATE sluice.catalogue_feed SET revision = $1, noun = $2, id = $3', [
    revision,
    noun,
    id,
  ])
}

/** Who answers for a system. */
export async function ownerOfSystem(client: ClientBase, system: string): Promise<string> {
  const { rows } = await client.query<{ owner: string }>(
    'SELECT coalesce(owner, member) AS owner FROM sluice.subsystem WHERE id = $1',
    [system],
  )
  return rows[0]?.owner ?? system
}

/** A system's services that are in use by their own standing, and were before its own changed. */
export async function openServicesOf(
  client: ClientBase,
  system: string,
): Promise<{ readonly id: string; readonly entry: EntryState }[]> {
  const { rows } = await client.query<{ id: string; entry: EntryState }>(
    `SELECT s.id, jsonb_build_object('name_az', s.name_az, 'name_en', s.name_en,
              'successor', s.successor) AS entry
       FROM sluice.service s WHERE s.subsystem = $1 AND s.status IN ('active', 'maintenance')
      ORDER BY s.id COLLATE "C"`,
    [system],
  )
  return rows
}

/** What the resources hold that a service, all its versions, gives of. */
export async function objectsGivenBy(client: ClientBase, group: string): Promise<unknown[]> {
  const { rows } = await client.query<{ data_objects: unknown[] }>(
    'SELECT data_objects FROM sluice.information_resource WHERE offered_by @> $1::jsonb',
    [JSON.stringify([group])],
  )
  return rows.flatMap((row) => row.data_objects)
}
