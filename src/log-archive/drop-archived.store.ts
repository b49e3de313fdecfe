import { setTimeout as pause } from 'node:timers/promises'
import type { ClientBase } from 'pg'
import { archiveLimits } from '../limits/log-archive.js'
import { ArchiveRefusal } from './archive-refusal.js'
import type { ArchivePlan } from './archive-plan.store.js'
import { lockHolds } from './legal-hold.store.js'
import {
  logPartitions,
  partitionedTables,
  wholePartitions,
  type PartitionedTable,
} from './partitions.store.js'

/** SQLSTATE lock_not_available. */
const lockNotAvailable = '55P03'

/** A file that was written and read back. */
export interface VerifiedFile {
  readonly log: string
  readonly from: number
  readonly to: number
  readonly fileName: string
  /** SHA-256 of its manifest. */
  readonly digest: Buffer
  /** Root of the log's tree at its end. */
  readonly root: Buffer
  readonly checkpointSize: number
}

/** A file, and the act that answers for it. */
export interface RecordedFile {
  readonly file: VerifiedFile
  readonly actId: string
}

/**
 * Within the caller's transaction, records the files and takes the archived days out of the database. The
 * locks that stop the bus's writers come last, and are waited for in short tries: writers queue behind
 * whoever waits.
 * @throws ArchiveRefusal where something has changed since the plan was made, or the log is busy
 */
export async function dropArchived(
  client: ClientBase,
  plan: ArchivePlan,
  files: readonly RecordedFile[],
  at: Date,
): Promise<void> {
  if ((await lockHolds(client)) !== plan.holdRows) {
    throw new ArchiveRefusal('changed-meanwhile', 'legal holds were set or lifted meanwhile')
  }
  for (const file of files) await insertArchive(client, file, at)
  const tables = await partitionedTables(client)
  await lockLog(client, tables)
  await refuseLate(client, plan)
  await dropRows(client, plan, tables)
}

async function insertArchive(
  client: ClientBase,
  { file, actId }: RecordedFile,
  at: Date,
): Promise<void> {
  await client.query(
    `INSERT INTO sluice.log_archive
       (log, from_index, to_index, file_name, digest, root_hash, checkpoint_size, archived_at, act_id)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
    [
      ...[file.log, file.from, file.to, file.fileName, file.digest, file.root],
      ...[file.checkpointSize, at, actId],
    ],
  )
}

async function lockLog(client: ClientBase, tables: readonly PartitionedTable[]): Promise<void> {
  await client.query(`SET LOCAL lock_timeout = ${archiveLimits.lockWaitMs}`)
  for (let tries = 1; ; tries++) {
    await client.query('SAVEPOINT before_lock')
    try {
      // Whoever wants a partition comes through the whole; locks on all of them could be too many.
      const names = tables.map(({ name }) => `ONLY sluice.${quoted(name)}`)
      await client.query(`LOCK TABLE ${names.join(', ')} IN ACCESS EXCLUSIVE MODE`)
      // Rows that move bear the number of the transaction that recorded the files, not of a part of it.
      await client.query('RELEASE SAVEPOINT before_lock')
      return
    } catch (error) {
      await client.query('ROLLBACK TO SAVEPOINT before_lock; RELEASE SAVEPOINT before_lock')
      if (!isLockTimeout(error)) throw error
      if (tries >= archiveLimits.lockRetries) {
        throw new ArchiveRefusal('busy', 'somebody reads or writes the log without a pause')
      }
    }
    await pause(archiveLimits.lockPauseMs)
  }
}

function isLockTimeout(error: unknown): boolean {
  return (error as { readonly code?: unknown }).code === lockNotAvailable
}

/** Nothing is written any more. What was, after the plan was made, is in no file. */
async function refuseLate(client: ClientBase, plan: ArchivePlan): Promise<void> {
  const { rows } = await client.query<{ exchange_id: string }>(
    `SELECT exchange_id FROM sluice.message_log_entry
      WHERE exchange_id < $1 AND written_in >= $2::xid8 LIMIT 1`,
    [plan.beforeId, plan.endedBefore],
  )
  const [late] = rows
  if (late) {
    throw new ArchiveRefusal('changed-meanwhile', `exchange ${late.exchange_id} came meanwhile`)
  }
  const now = wholePartitions(await logPartitions(client), plan.beforeId)
  const names = (partitions: ArchivePlan['partitions']): string =>
    partitions.map(({ name }) => name).join()
  if (now.beforeId !== plan.beforeId || names(now.partitions) !== names(plan.partitions)) {
    throw new ArchiveRefusal('changed-meanwhile', 'partitions were made or dropped meanwhile')
  }
}

async function dropRows(
  client: ClientBase,
  { beforeId, partitions, staying }: ArchivePlan,
  tables: readonly PartitionedTable[],
): Promise<void> {
  const ids = staying.map(({ entryId }) => entryId)
  const parts = staying.map(({ part }) => part)
  for (const { table, name } of partitions) {
    const whole = `sluice.${quoted(table.name)}`
    const partition = `sluice.${quoted(name)}`
    await client.query(`ALTER TABLE ${whole} DETACH PARTITION ${partition}`)
    // They find a place in the default partition.
    await client.query(`INSERT INTO ${whole} SELECT * FROM ${partition} WHERE ${stays(table)}`, [
      ids,
      parts,
    ])
    await client.query(`DROP TABLE ${partition}`)
  }
  for (const table of tables) {
    await client.query(
      `DELETE FROM sluice.${quoted(`${table.name}_default`)}
        WHERE exchange_id < $3 AND NOT ${stays(table)}`,
      [ids, parts, beforeId],
    )
  }
}

/** Whether a row belongs to an entry that stays, given as ids and parts. */
function stays({ hasHalves }: PartitionedTable): string {
  const given = 'unnest($1::uuid[], $2::smallint[]) AS given (id, part)'
  return hasHalves
    ? `(exchange_id, half) IN (SELECT id, part FROM ${given})`
    : `exchange_id IN (SELECT id FROM ${given})`
}

function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`
}

/**
 * Forgets the places of entries that lie in files and are no longer in the database. It may be ended at any
 * time and begun again.
 * @returns number of rows forgotten
 */
export async function forgetSequence(client: ClientBase): Promise<number> {
  const { rows } = await client.query<{ log: string; to: string }>(
    'SELECT log, max(to_index) AS to FROM sluice.log_archive GROUP BY log ORDER BY log',
  )
  let forgotten = 0
  for (const { log, to } of rows) {
    for (let after = '-1'; ;) {
      const step = await forgetStep(client, { log, after, to })
      if (step.last === null) break
      forgotten += step.gone
      after = step.last
    }
  }
  return forgotten
}

async function forgetStep(
  client: ClientBase,
  { log, after, to }: { readonly log: string; readonly after: string; readonly to: string },
): Promise<{ readonly last: string | null; readonly gone: number }> {
  const { rows } = await client.query<{ last: string | null; gone: string }>(
    `WITH next AS (
       SELECT index, entry_id, part FROM sluice.log_sequence
        WHERE log = $1 AND index > $2 AND index < $3 ORDER BY index
        LIMIT ${archiveLimits.forgottenRowsMax}),
     gone AS (
       DELETE FROM sluice.log_sequence s USING next
        WHERE s.log = $1 AND s.index = next.index AND NOT EXISTS (
          SELECT FROM sluice.message_log_entry e
           WHERE e.exchange_id = next.entry_id AND e.half = next.part)
       RETURNING 1)
     SELECT (SELECT max(index) FROM next) AS last, (SELECT count(*) FROM gone) AS gone`,
    [log, after, to],
  )
  const [row] = rows
  return { last: row?.last ?? null, gone: Number(row?.gone ?? 0) }
}
