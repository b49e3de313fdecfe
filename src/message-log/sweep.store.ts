import type pg from 'pg'
import { decodeEntry, encodeEntry, unresolvedOutcome } from './entry.js'
import { unresolvedEntry } from './exchange-entry.js'

// Any numbers, the same on every node: who holds the lock does the work, the others skip it.
// Advisory locks of the bus: 001 migrations, 002 registry, 003 sweep, 004 purge, 005 sequencer,
// 006 partitions, 010 timestamps, 011 relays of the outbox, 104 archive, 200 to 215 partitions of the outbox.
const sweepLock = 7_583_142_003
const purgeLock = 7_583_142_004
const partitionsLock = 7_583_142_006
// Whoever writes waits behind a lock that waits itself.
const partitionLockMsMax = 2_000

export interface SweepRange {
  /** Exchanges that began before are left alone; they were swept long ago. */
  readonly from: Date
  /** Exchanges that began later may still be going on. */
  readonly until: Date
  /** Requests marked in one transaction. */
  readonly batchMax: number
}

/** The smallest UUIDv7 of a moment (RFC 9562 §5.7): its first 48 bits are milliseconds. */
export function firstIdAt(time: Date): string {
  const hex = Math.max(0, time.getTime()).toString(16).padStart(12, '0')
  return `${hex.slice(0, 8)}-${hex.slice(8)}-0000-0000-000000000000`
}

interface OpenRequest {
  readonly exchange_id: string
  readonly entry: Buffer
  readonly leaf_hash: Buffer
}

/**
 * Marks requests that got no outcome, because the bus was killed between, as unresolved; those in the outbox have yet
 * to get theirs. One node at a time; an outcome that came meanwhile stays, since a half of an exchange exists once.
 * @returns number of requests marked; undefined where another node is at it
 */
export async function sweepUnresolved(
  client: pg.Client,
  range: SweepRange,
  now: () => Date,
): Promise<number | undefined> {
  let marked = 0
  let from = firstIdAt(range.from)
  for (;;) {
    const batch = await inLockedTransaction(client, sweepLock, async () => {
      const found = await findOpen(client, from, firstIdAt(range.until), range.batchMax)
      return { found, marked: await markUnresolved(client, found, now()) }
    })
    if (!batch) return undefined
    marked += batch.marked
    const last = batch.found.at(-1)
    if (!last || batch.found.length < range.batchMax) return marked
    from = last.exchange_id
  }
}

async function findOpen(
  client: pg.Client,
  from: string,
  until: string,
  rowsMax: number,
): Promise<OpenRequest[]> {
  const found = await client.query<OpenRequest>(
    `SELECT exchange_id, entry, leaf_hash FROM sluice.message_log_entry AS request
      WHERE half = 1 AND exchange_id >= $1 AND exchange_id < $2
        AND NOT EXISTS (SELECT FROM sluice.message_log_entry AS outcome
                         WHERE outcome.exchange_id = request.exchange_id AND outcome.half = 2)
        AND NOT EXISTS (SELECT FROM sluice.outbox_message AS message
                         WHERE message.exchange_id = request.exchange_id)
      ORDER BY exchange_id LIMIT $3`,
    [from, until, rowsMax],
  )
  return found.rows
}

async function markUnresolved(
  client: pg.Client,
  open: readonly OpenRequest[],
  recordedAt: Date,
): Promise<number> {
  if (open.length === 0) return 0
  const entries = open.map(({ entry, leaf_hash }) => {
    const fields = unresolvedEntry(decodeEntry(entry), leaf_hash, recordedAt)
    return { fields, ...encodeEntry(fields) }
  })
  const written = await client.query(
    `INSERT INTO sluice.message_log_entry
       (exchange_id, half, kind, recorded_at, domain, consumer, service, outcome, entry, leaf_hash)
     SELECT id, 2, 'unresolved', $1, domain, consumer, service, $2, entry, leaf_hash
       FROM unnest($3::uuid[], $4::text[], $5::text[], $6::text[], $7::bytea[], $8::bytea[])
         AS row (id, domain, consumer, service, entry, leaf_hash)
     ON CONFLICT (exchange_id, half) DO NOTHING`,
    [
      recordedAt,
      unresolvedOutcome,
      ...(['exchangeId', 'domain', 'consumer', 'service'] as const).map((name) =>
        entries.map(({ fields }) => fields[name] ?? null),
      ),
      entries.map(({ bytes }) => bytes),
      entries.map(({ leafHash }) => leafHash),
    ],
  )
  return written.rowCount ?? 0
}

/**
 * Forgets message ids from before `before`: older messages are refused by their age.
 * @returns number of ids forgotten; undefined where another node is at it
 */
export async function purgeMessageIds(
  client: pg.Client,
  before: Date,
  batchMax: number,
): Promise<number | undefined> {
  for (let purged = 0; ;) {
    const removed = await inLockedTransaction(client, purgeLock, async () => {
      const result = await client.query(
        `DELETE FROM sluice.message_log_message_id WHERE digest IN
           (SELECT digest FROM sluice.message_log_message_id WHERE recorded_at < $1 LIMIT $2)`,
        [before, batchMax],
      )
      return result.rowCount ?? 0
    })
    if (removed === undefined) return undefined
    purged += removed
    if (removed < batchMax) return purged
  }
}

/**
 * Forgets notices from before `before` that their senders were told.
 * @returns number of notices forgotten; undefined where another node is at it
 */
export async function purgeNotices(
  client: pg.Client,
  before: Date,
  batchMax: number,
): Promise<number | undefined> {
  for (let purged = 0; ;) {
    const removed = await inLockedTransaction(client, purgeLock, async () => {
      const result = await client.query(
        `DELETE FROM sluice.outbox_notice WHERE position IN
           (SELECT position FROM sluice.outbox_notice
             WHERE at < $1 AND told_at IS NOT NULL LIMIT $2)`,
        [before, batchMax],
      )
      return result.rowCount ?? 0
    })
    if (removed === undefined) return undefined
    purged += removed
    if (removed < batchMax) return purged
  }
}

/**
 * Makes the partitions of today and so many days to come.
 * @returns number of partitions made; 0 where another node is at it
 */
export async function makePartitions(client: pg.Client, daysAhead: number): Promise<number> {
  const made = await inLockedTransaction(client, partitionsLock, async () => {
    await client.query(`SET LOCAL lock_timeout = ${partitionLockMsMax}`)
    const { rows } = await client.query<{ made: number }>(
      `SELECT sluice.make_log_partitions((now() AT TIME ZONE 'UTC')::date, $1) AS made`,
      [daysAhead + 1],
    )
    return rows[0]?.made ?? 0
  })
  return made ?? 0
}

async function inLockedTransaction<T>(
  client: pg.Client,
  lock: number,
  work: () => Promise<T>,
): Promise<T | undefined> {
  await client.query('BEGIN')
  try {
    const got = await client.query<{ got: boolean }>(
      'SELECT pg_try_advisory_xact_lock($1) AS got',
      [lock],
    )
    const result = got.rows[0]?.got ? await work() : undefined
    await client.query('COMMIT')
    return result
  } catch (error) {
    await client.query('ROLLBACK').catch(() => undefined)
    throw error
  }
}
