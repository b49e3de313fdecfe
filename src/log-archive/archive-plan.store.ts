import type { ClientBase } from 'pg'
import { archiveLimits } from '../limits/log-archive.js'
import { messageLogLimits } from '../limits/message-log.js'
import { tileWidth } from '../tlog/tile.js'
import { ArchiveRefusal } from './archive-refusal.js'
import { countHolds, heldBefore } from './legal-hold.store.js'
import { dayOfId, firstIdOf, startOf } from './log-day.js'
import { logPartitions, wholePartitions, type GoingRows } from './partitions.store.js'

/** The file before, by which the next one names it. */
export interface PreviousFile {
  readonly to: number
  readonly digest: Buffer
  readonly root: Buffer
}

/** What of one log goes into files. */
export interface LogRange {
  readonly log: string
  /** Entries from this index on and before `to`. */
  readonly from: number
  readonly to: number
  readonly previous: PreviousFile | undefined
  /** The checkpoint that proves them. */
  readonly checkpoint: { readonly size: number; readonly root: Buffer; readonly note: string }
}

/** What an archive run will do. */
export interface ArchivePlan extends GoingRows {
  readonly ranges: readonly LogRange[]
  /**
   * Entries that stay in the database although their day goes: the last tile of each log is not full, and
   * the tree goes on from their hashes.
   */
  readonly staying: readonly { readonly entryId: string; readonly part: number }[]
  /** Every transaction before this one had ended when the plan was made. */
  readonly endedBefore: string
  readonly holdRows: number
}

/**
 * Looks what may go, and changes nothing.
 * @param day - days before this one should go
 * @throws ArchiveRefusal
 */
export async function planArchive(
  client: ClientBase,
  day: string,
  now: Date,
): Promise<ArchivePlan> {
  if (startOf(day).getTime() + archiveLimits.dayRestMs > now.getTime()) {
    throw new ArchiveRefusal('day-not-over', `the days before ${day} are not over for an hour yet`)
  }
  // Before anything is read: what a later transaction writes is noticed by the number of it.
  const endedBefore = await oldestTransaction(client)
  const holdRows = await countHolds(client)
  const going = wholePartitions(await logPartitions(client), firstIdOf(startOf(day)))
  const { beforeId } = going
  await refuseHeld(client, beforeId)
  await refuseUnsequenced(client, beforeId)
  await refuseUnfinished(client, beforeId, now)
  await refuseWaiting(client, beforeId)
  const ends = await endsOf(client, beforeId)
  const ranges: LogRange[] = []
  for (const { log, to } of ends) {
    const range = await rangeOf(client, log, to)
    if (range) ranges.push(range)
  }
  const staying = await stayingEntries(client, beforeId)
  return { ...going, ranges, staying, endedBefore, holdRows }
}

async function oldestTransaction(client: ClientBase): Promise<string> {
  const { rows } = await client.query<{ oldest: string }>(
    'SELECT pg_snapshot_xmin(pg_current_snapshot())::text AS oldest',
  )
  const [row] = rows
  if (!row) throw new Error('no snapshot')
  return row.oldest
}

async function refuseHeld(client: ClientBase, beforeId: string): Promise<void> {
  const [first, ...others] = await heldBefore(client, beforeId)
  if (!first) return
  const more = others.length > 0 ? `, and ${others.length} holds more keep others` : ''
  throw new ArchiveRefusal(
    'held',
    `legal hold ${first.holdId} keeps exchange ${first.exchangeId} of ${dayOfId(first.exchangeId)}${more}`,
  )
}

async function refuseUnsequenced(client: ClientBase, beforeId: string): Promise<void> {
  const { rows } = await client.query<{ exchange_id: string; half: number }>(
    `SELECT exchange_id, half FROM sluice.message_log_entry e WHERE exchange_id < $1 AND NOT EXISTS (
       SELECT FROM sluice.log_sequence s WHERE s.entry_id = e.exchange_id AND s.part = e.half)
      LIMIT 1`,
    [beforeId],
  )
  const [row] = rows
  if (!row) return
  throw new ArchiveRefusal(
    'unsequenced',
    `entry ${row.exchange_id}/${row.half} has no place in a log yet; a bus that runs gives it one`,
  )
}

/** The sweep of a bus finds requests without an outcome for so long; it looks for them in the database. */
async function refuseUnfinished(client: ClientBase, beforeId: string, now: Date): Promise<void> {
  const sweptFrom = firstIdOf(new Date(now.getTime() - messageLogLimits.sweepBackMs))
  const { rows } = await client.query<{ exchange_id: string }>(
    `SELECT exchange_id FROM sluice.message_log_entry e
      WHERE exchange_id >= $1 AND exchange_id < $2 AND half = 1 AND NOT EXISTS (
        SELECT FROM sluice.message_log_entry o WHERE o.exchange_id = e.exchange_id AND o.half = 2)
      LIMIT 1`,
    [sweptFrom, beforeId],
  )
  const [row] = rows
  if (!row) return
  throw new ArchiveRefusal(
    'unfinished',
    `exchange ${row.exchange_id} has no outcome; a bus that runs marks it as unresolved`,
  )
}

/** A message is delivered out of the log, and may wait for longer than the sweep looks back. */
async function refuseWaiting(client: ClientBase, beforeId: string): Promise<void> {
  const { rows } = await client.query<{ exchange_id: string }>(
    'SELECT exchange_id FROM sluice.outbox_message WHERE exchange_id < $1 LIMIT 1',
    [beforeId],
  )
  const [row] = rows
  if (!row) return
  throw new ArchiveRefusal(
    'unfinished',
    `message ${row.exchange_id} waits for its delivery; it ends with its expiry, or by sluice outbox drop`,
  )
}

/** Each log with entries that go, and the index after the last of them. */
async function endsOf(
  client: ClientBase,
  beforeId: string,
): Promise<{ readonly log: string; readonly to: number }[]> {
  const { rows } = await client.query<{ log: string; to: string }>(
    `SELECT log, max(index) + 1 AS to FROM sluice.log_sequence
      WHERE entry_id < $1 AND part > 0 GROUP BY log ORDER BY log`,
    [beforeId],
  )
  return rows.map(({ log, to }) => ({ log, to: Number(to) }))
}

/** @returns undefined where all of it lies in files already */
async function rangeOf(client: ClientBase, log: string, to: number): Promise<LogRange | undefined> {
  const previous = await previousFile(client, log)
  const from = previous?.to ?? 0
  if (to <= from) return undefined
  return { log, from, to, previous, checkpoint: await checkpointFrom(client, log, to) }
}

async function previousFile(client: ClientBase, log: string): Promise<PreviousFile | undefined> {
  const { rows } = await client.query<{ to_index: string; digest: Buffer; root_hash: Buffer }>(
    `SELECT to_index, digest, root_hash FROM sluice.log_archive WHERE log = $1
      ORDER BY to_index DESC LIMIT 1`,
    [log],
  )
  const [row] = rows
  return row && { to: Number(row.to_index), digest: row.digest, root: row.root_hash }
}

/** The first checkpoint that has all of it; one with a timestamp, in a log that has any. */
async function checkpointFrom(
  client: ClientBase,
  log: string,
  size: number,
): Promise<LogRange['checkpoint']> {
  const { rows } = await client.query<{
    size: string
    root_hash: Buffer
    note: string
    is_stamped: boolean
    must_be_stamped: boolean
  }>(
    `SELECT c.size, c.root_hash, c.note, c.is_stamped, c.must_be_stamped FROM (
       SELECT *, EXISTS (SELECT FROM sluice.log_timestamp t WHERE t.log = k.log AND t.size = k.size)
                   AS is_stamped,
                 EXISTS (SELECT FROM sluice.log_timestamp t WHERE t.log = k.log) AS must_be_stamped
         FROM sluice.log_checkpoint k WHERE k.log = $1 AND k.size >= $2) c
      ORDER BY c.is_stamped DESC, c.size LIMIT 1`,
    [log, size],
  )
  const [row] = rows
  if (!row) {
    throw new ArchiveRefusal('no-checkpoint', `log ${log} has no checkpoint over its first ${size}`)
  }
  if (row.must_be_stamped && !row.is_stamped) {
    throw new ArchiveRefusal(
      'no-timestamp',
      `log ${log} has no checkpoint over its first ${size} with a timestamp`,
    )
  }
  return { size: Number(row.size), root: row.root_hash, note: row.note }
}

async function stayingEntries(
  client: ClientBase,
  beforeId: string,
): Promise<ArchivePlan['staying']> {
  const { rows } = await client.query<{ entry_id: string; part: number }>(
    `SELECT s.entry_id, s.part
       FROM (SELECT DISTINCT log FROM sluice.log_sequence WHERE entry_id < $1 AND part > 0) l
      CROSS JOIN LATERAL (
        SELECT coalesce(max(index) + 1, 0) * ${tileWidth} AS size FROM sluice.log_tile t
         WHERE t.log = l.log AND t.level = 0) tiled
       JOIN sluice.log_sequence s ON s.log = l.log AND s.index >= tiled.size
      WHERE s.entry_id < $1 AND s.part > 0`,
    [beforeId],
  )
  return rows.map(({ entry_id: entryId, part }) => ({ entryId, part }))
}
