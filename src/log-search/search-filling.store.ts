import type pg from 'pg'
import { searchFillLimits, searchLagMsMax, type SearchFillLimits } from '../limits/log-search.js'
import { carefulFill, quickFill, shortenedFill } from './fill-statement.store.js'

/** One turn of filling the search tables. */
export interface FillTurn {
  /** Exchanges that can be found now and could not before. */
  readonly filled: number
  /** Whether the turn ended at its limit, with more to do. */
  readonly isBehind: boolean
}

interface Progress {
  readonly low: string
  readonly old_until: string | null
  readonly mark: string
}

interface Window {
  /** Every transaction before this one has ended. */
  readonly ended: string
  /** No transaction from this one on has begun. */
  readonly begun: string
  /** When that was so. */
  readonly at: string
  /** Where this batch ends; null where it takes all that is there. */
  readonly high: string | null
}

interface Batch {
  readonly filled: number
  readonly isLast: boolean
}

export interface SearchFillingOptions {
  /** Connections under the role of the jobs. */
  readonly pool: pg.Pool
  readonly limits?: Partial<SearchFillLimits>
  readonly now?: () => Date
}

/**
 * Fills the search tables from entries that have become durable, in bounded transactions. Each moves the
 * mark of progress with what it fills, so that a process that dies leaves nothing half done or
 * done twice. One node at a time.
 */
export class SearchFilling {
  readonly #pool: pg.Pool
  readonly #limits: SearchFillLimits
  readonly #now: () => Date
  #reachedAt: Date

  constructor({ pool, limits, now = () => new Date() }: SearchFillingOptions) {
    this.#pool = pool
    this.#limits = { ...searchFillLimits, ...limits }
    this.#now = now
    this.#reachedAt = now()
  }

  /**
   * How long ago exchanges ended that cannot all be found yet, milliseconds. While nothing is known of
   * how far the tables are, since the start of this process.
   */
  get lagMs(): number {
    return Math.max(0, this.#now().getTime() - this.#reachedAt.getTime())
  }

  /** What health says while search is far behind; what it does not find is in the log all the same. */
  get trouble(): string | undefined {
    const { lagMs } = this
    if (lagMs <= searchLagMsMax) return undefined
    return `exchanges of the last ${Math.round(lagMs / 1_000)} s are not all found`
  }

  /**
   * Adds what has ended since the last turn, up to a limit.
   * @param stop - ends the turn after the transaction under way
   * @returns undefined where another node is at it
   */
  async turn(stop?: AbortSignal): Promise<FillTurn | undefined> {
    const client = await this.#pool.connect()
    // A connection that breaks meanwhile is told of by the query under way.
    client.on('error', nothing)
    let broken: Error | undefined
    try {
      const done = await this.#fill(client, stop)
      this.#reachedAt = (await readReachedAt(client)) ?? this.#reachedAt
      return done
    } catch (error) {
      broken = error as Error
      throw error
    } finally {
      client.off('error', nothing)
      // What failed for whatever reason is not worth keeping.
      client.release(broken)
    }
  }

  async #fill(client: pg.ClientBase, stop: AbortSignal | undefined): Promise<FillTurn | undefined> {
    let filled = 0
    for (let batches = 1; ; batches += 1) {
      const batch = await inTransaction(client, () => fillBatch(client, this.#limits))
      if (!batch) return undefined
      filled += batch.filled
      const isOver = batches >= this.#limits.batchesPerTurnMax || stop?.aborted === true
      if (batch.isLast || isOver) return { filled, isBehind: !batch.isLast }
    }
  }
}

function nothing(): void {}

/** Until when everything can be found. */
export async function readReachedAt(client: pg.ClientBase): Promise<Date | undefined> {
  const { rows } = await client.query<{ reached_at: Date | null }>(
    `SELECT CASE WHEN old_until IS NULL THEN nullif(reached_at, 'epoch') END AS reached_at
       FROM sluice.exchange_search_progress`,
  )
  return rows[0]?.reached_at ?? undefined
}

async function inTransaction<T>(client: pg.ClientBase, work: () => Promise<T>): Promise<T> {
  await client.query('BEGIN')
  try {
    // What a crash takes back is filled again.
    await client.query(`SET LOCAL synchronous_commit = off; SET LOCAL enable_memoize = off;
                        SET LOCAL jit = off`)
    const result = await work()
    await client.query('COMMIT')
    return result
  } catch (error) {
    await client.query('ROLLBACK').catch(() => undefined)
    throw error
  }
}

async function fillBatch(
  client: pg.ClientBase,
  limits: SearchFillLimits,
): Promise<Batch | undefined> {
  const { rows } = await client.query<Progress>(
    // Numbers from the future are those of another server, whose dump this database was restored from:
    // everything is looked at again.
    `SELECT old_until, CASE WHEN low > begun THEN '1'::xid8 ELSE low END AS low,
            CASE WHEN low > begun THEN '1'::xid8 ELSE mark END AS mark
       FROM sluice.exchange_search_progress, pg_snapshot_xmax(pg_current_snapshot()) AS begun
        FOR UPDATE OF exchange_search_progress SKIP LOCKED`,
  )
  const [progress] = rows
  if (!progress) return undefined
  const fresh = await fillFresh(client, progress, limits)
  if (!fresh.isLast || progress.old_until === null) return fresh
  const old = await fillOld(client, progress.old_until, limits)
  return { filled: fresh.filled + old.filled, isLast: old.isLast }
}

/** Entries by the transaction that wrote them: what is visible and behind `ended` is complete. */
async function fillFresh(
  client: pg.ClientBase,
  { low, mark }: Progress,
  { entriesPerBatchMax }: SearchFillLimits,
): Promise<Batch> {
  const found = await client.query<Window>(
    `SELECT ended, pg_snapshot_xmax(pg_current_snapshot()) AS begun,
            statement_timestamp()::text AS at,
            (SELECT written_in FROM sluice.message_log_entry
              WHERE written_in >= $1::xid8 AND written_in < ended
              ORDER BY written_in OFFSET $2 LIMIT 1) AS high
       FROM pg_snapshot_xmin(pg_current_snapshot()) AS ended`,
    [low, entriesPerBatchMax],
  )
  const [window] = found.rows
  if (!window) throw new Error('a row of functions is always there')
  const { ended, begun, at, high } = window
  // A transaction that alone has more entries than a batch goes as a whole.
  const end = high === null ? ended : high === low ? String(BigInt(low) + 1n) : high
  const filled = await fill(client, 'o.written_in >= $1::xid8 AND o.written_in < $2::xid8', [
    low,
    end,
  ])
  await client.query(
    `UPDATE sluice.exchange_search_progress
        SET low = $1, reached_at = CASE WHEN $2 THEN marked_at ELSE reached_at END,
            mark = CASE WHEN $2 THEN $3 ELSE mark END,
            marked_at = CASE WHEN $2 THEN $4 ELSE marked_at END`,
    [end, BigInt(end) >= BigInt(mark), begun, at],
  )
  return { filled, isLast: high === null }
}

/** Entries from before it was noted which transaction wrote them, by exchange. */
async function fillOld(
  client: pg.ClientBase,
  after: string,
  { entriesPerBatchMax }: SearchFillLimits,
): Promise<Batch> {
  const found = await client.query<{ last: string | null }>(
    `SELECT max(exchange_id::text) AS last FROM
       (SELECT exchange_id FROM sluice.message_log_entry
         WHERE written_in = '0' AND exchange_id > $1::uuid ORDER BY exchange_id LIMIT $2) AS next`,
    [after, entriesPerBatchMax],
  )
  const last = found.rows[0]?.last ?? null
  const filled =
    last === null
      ? 0
      : await fill(
          client,
          "o.written_in = '0' AND o.exchange_id > $1::uuid AND o.exchange_id <= $2::uuid",
          [after, last],
        )
  await client.query('UPDATE sluice.exchange_search_progress SET old_until = $1', [last])
  return { filled, isLast: last === null }
}

/** @returns number of exchanges filled */
async function fill(
  client: pg.ClientBase,
  which: string,
  values: readonly string[],
): Promise<number> {
  await client.query('SAVEPOINT batch')
  const ways = [quickFill, carefulFill, shortenedFill]
  for (const [at, way] of ways.entries()) {
    try {
      const written = await client.query(way(which), [...values])
      return written.rowCount ?? 0
    } catch (error) {
      // An entry that somebody changed to what is none, a batch that was filled before, names too long for an index.
      const isOfRows = /^(?:2[23]|54000)/.test((error as { code?: string }).code ?? '')
      if (!isOfRows || at === ways.length - 1) throw error
      await client.query('ROLLBACK TO SAVEPOINT batch')
    }
  }
  throw new Error('one of the ways ends it')
}
