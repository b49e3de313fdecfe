import { setTimeout as pause } from 'node:timers/promises'
import type pg from 'pg'
import { auditLog } from '../tlog/checkpoint.js'
import { hashBytes } from '../tlog/merkle.js'
import { readStart, storeGrowth, storeLow, type Growth } from './grown-logs.store.js'
import { loadLogs } from './load-logs.js'
import type { LogSigners } from './log-signers.js'
import { LogTreeStore, type StoredCheckpoint } from './log-tree.store.js'
import { placeNewEntries, placeOldEntries, type PlacedEntries } from './place-entries.store.js'
import type { PublishedCheckpoints } from './published-checkpoints.js'
import { allBefore, allOf, lowOf, type Snapshot, type Taken } from './taken.js'
import { TreeEdge, type FullTile } from './tree-edge.js'

export interface SessionParts {
  /** Makes a connection under the jobs' role, not yet opened, with its own time limits. */
  readonly connect: () => pg.Client
  readonly signers: LogSigners
  readonly published: PublishedCheckpoints
  readonly now: () => Date
  /** Rows of exchanges, and of acts, that get their places in one transaction. */
  readonly rowsMax: number
}

/** What one transaction did. */
export interface Pass {
  readonly placed: number
  /** Whether everything that could be seen has its place. */
  readonly isComplete: boolean
  /** Of the logs that grew. */
  readonly checkpoints: readonly StoredCheckpoint[]
}

// One number on every node: who holds the lock gives the places. 001 to 004: message-log/sweep.store.ts.
const sequencerLock = 7_583_142_005
const endLimitMs = 1_000
const uniqueViolation = '23505'
const smallestId = '00000000-0000-0000-0000-000000000000'

// A session that says nothing for so long belongs to a node that hangs: the server ends it, whatever it was
// doing is undone, and another node takes over. The plans hold for tables of any size: each row by an index.
const settings = [
  "idle_session_timeout = '15s'",
  "idle_in_transaction_session_timeout = '15s'",
  'plan_cache_mode = force_generic_plan',
  ...['seqscan', 'bitmapscan', 'hashjoin', 'mergejoin'].map((name) => `enable_${name} = off`),
  'jit = off',
]

/** Old rows are looked through once, by id; what became visible meanwhile is found by its transaction. */
interface LookThrough {
  from: { readonly exchangeId: string; readonly actId: string }
  seen: Snapshot | undefined
}

/**
 * One session of the database that may be the sequencer's. What it knows of the logs is true as long as nothing
 * failed: after any error it is closed, and another one begins with what the database says.
 */
export class SequencingSession {
  readonly #parts: SessionParts
  readonly #client: pg.Client
  #edges = new Map<string, TreeEdge>()
  #taken: Taken = { next: 0n, open: [] }
  #old: LookThrough | undefined
  /** Whether what is not taken should have no place: not before a whole pass of this session, nor after part of one. */
  #isExact = false

  private constructor(parts: SessionParts, client: pg.Client) {
    this.#parts = parts
    this.#client = client
  }

  static async open(parts: SessionParts): Promise<SequencingSession> {
    const client = parts.connect()
    // The next query tells of it.
    client.on('error', () => undefined)
    await client.connect()
    const session = new SequencingSession(parts, client)
    try {
      await client.query(settings.map((setting) => `SET ${setting}`).join(';'))
      return session
    } catch (error) {
      await session.close()
      throw error
    }
  }

  /** @returns whether this session is the sequencer's now; it stays so until it ends */
  async elect(): Promise<boolean> {
    const { rows } = await this.#client.query<{ got: boolean }>(
      'SELECT pg_try_advisory_lock($1) AS got',
      [sequencerLock],
    )
    return rows[0]?.got === true
  }

  /**
   * Takes up the logs as they were left. Once, after the election.
   * @returns why all rows are looked through first, where they are
   * @throws SequencingRefused where the database is not what was signed
   */
  async load(): Promise<string | undefined> {
    const { signers, published } = this.#parts
    const { low, next } = await readStart(this.#client)
    this.#edges = await loadLogs(new LogTreeStore(this.#client), signers, published)
    this.#taken = { next: low, open: [] }
    if (low > 0n && low <= next) return undefined
    this.#old = { from: { exchangeId: smallestId, actId: smallestId }, seen: undefined }
    return low === 0n
      ? 'no entry has a place yet'
      : 'the numbers of transactions have begun again, as after a dump was loaded'
  }

  /** Sizes of the logs. */
  get sizes(): Map<string, number> {
    return new Map([...this.#edges].map(([log, { size }]) => [log, size]))
  }

  /** Gives places to what waits for them, up to a number of rows, in one transaction. */
  async pass(): Promise<Pass> {
    const client = this.#client
    await client.query('BEGIN')
    const old = this.#old
    const placed = old ? await this.#placeOld(old) : await this.#placeNew()
    const isComplete = old ? this.#afterOld(old, placed) : this.#afterNew(placed)
    const growth = this.#grow(placed)
    if (placed.count > 0) await storeGrowth(client, growth)
    const isNewLow = old ? isComplete : placed.count > 0
    if (isNewLow) await storeLow(client, lowOf(this.#taken))
    await client.query('COMMIT')
    this.#isExact = isComplete && !old
    return { placed: placed.count, isComplete, checkpoints: growth.checkpoints }
  }

  /** Ends the session, in an orderly way where the server answers. Another may be elected then. */
  async close(): Promise<void> {
    const ended = this.#client.end().catch(() => undefined)
    await Promise.race([ended, pause(endLimitMs, undefined, { ref: false })])
    const { connection } = this.#client as unknown as { connection: pg.Connection }
    connection.stream.destroy()
  }

  async #placeNew(): Promise<PlacedEntries> {
    const { rowsMax } = this.#parts
    const place = (isExact: boolean): Promise<PlacedEntries> =>
      placeNewEntries(this.#client, this.sizes, this.#taken, rowsMax, isExact)
    if (!this.#isExact) return place(false)
    try {
      return await place(true)
    } catch (error) {
      // A row that came with a dump under a number that is reached now.
      if ((error as { code?: string }).code !== uniqueViolation) throw error
      await this.#client.query('ROLLBACK')
      await this.#client.query('BEGIN')
      return place(false)
    }
  }

  #placeOld({ from }: LookThrough): Promise<PlacedEntries> {
    return placeOldEntries(this.#client, this.sizes, from, this.#parts.rowsMax)
  }

  #afterNew({ snapshot, logs }: PlacedEntries): boolean {
    // Of exchanges and of acts each, what has no room waits for the next pass.
    const cut = [logs.filter(isOfActs), logs.filter((batch) => !isOfActs(batch))]
      .filter((batches) => this.#isFull(batches))
      .map((batches) => batches.reduce((last, each) => maxOf(last, BigInt(each.last)), 0n))
    const [first] = cut.sort((a, b) => (a < b ? -1 : 1))
    this.#taken = first === undefined ? allOf(snapshot) : allBefore(first, snapshot)
    return first === undefined
  }

  #afterOld(old: LookThrough, { snapshot, logs }: PlacedEntries): boolean {
    old.seen ??= snapshot
    const acts = logs.filter(isOfActs)
    const exchanges = logs.filter((batch) => !isOfActs(batch))
    const lastOf = (batches: typeof logs, before: string): string =>
      batches.reduce((last, each) => (each.last > last ? each.last : last), before)
    old.from = {
      exchangeId: lastOf(exchanges, old.from.exchangeId),
      actId: lastOf(acts, old.from.actId),
    }
    if (this.#isFull(exchanges) || this.#isFull(acts)) return false
    this.#taken = allOf(old.seen)
    this.#old = undefined
    return true
  }

  #isFull(batches: PlacedEntries['logs']): boolean {
    return batches.reduce((sum, { count }) => sum + count, 0) >= this.#parts.rowsMax
  }

  #grow({ logs }: PlacedEntries): Growth {
    const { signers, now } = this.#parts
    // To the second, as the signature states it.
    const madeAt = new Date(Math.floor(now().getTime() / 1_000) * 1_000)
    const tiles: (FullTile & { readonly log: string })[] = []
    const checkpoints = logs.map(({ log, hashes }) => {
      const edge = this.#edges.get(log) ?? new TreeEdge()
      this.#edges.set(log, edge)
      for (let at = 0; at < hashes.length; at += hashBytes) {
        edge.append(hashes.subarray(at, at + hashBytes))
      }
      for (const { level, index, hashes: full } of edge.takeFullTiles()) {
        tiles.push({ log, level, index, hashes: full })
      }
      const root = edge.root()
      const { size } = edge
      return { log, size, root, note: signers.note(log, size, root, madeAt), madeAt }
    })
    return { checkpoints, tiles }
  }
}

function isOfActs({ log }: { readonly log: string }): boolean {
  return log === auditLog
}

function maxOf(one: bigint, other: bigint): bigint {
  return one > other ? one : other
}
