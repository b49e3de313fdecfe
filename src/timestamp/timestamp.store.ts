import type pg from 'pg'
import { LogTreeStore, type StoredCheckpoint } from '../sequencing/log-tree.store.js'

// Advisory locks of the bus: see src/message-log/sweep.store.ts. Who holds it stamps, the others skip it.
const stampLock = 7_583_142_010

/** A checkpoint of one log. All bytes of its note, signatures included, are stamped. */
export type Checkpoint = Pick<StoredCheckpoint, 'log' | 'size' | 'note'>

/** A token over a checkpoint. */
export interface CheckpointStamp {
  readonly log: string
  readonly size: number
  /** The authority as its certificate names it. */
  readonly tsa: string
  /** DER. */
  readonly token: Uint8Array
  /** As the token says. */
  readonly stampedAt: Date
}

/** What is read and written while it is this node's turn. */
export interface StampTurn {
  /** The newest checkpoint of each log, where it has no token yet. */
  unstamped(): Promise<Checkpoint[]>
  keep(stamp: CheckpointStamp): Promise<void>
}

/** Does one thing on a connection of its own, under the role of the jobs. */
export type WithClient = <T>(work: (client: pg.ClientBase) => Promise<T>) => Promise<T>

/** The tokens over checkpoints. */
export class TimestampStore {
  readonly #withClient: WithClient

  constructor(withClient: WithClient) {
    this.#withClient = withClient
  }

  /**
   * Does work that no two nodes shall do at the same time. The lock is the connection's and no
   * transaction's: an authority may take its time, and the sequencer waits for transactions.
   * @returns undefined where another node is at it
   */
  inTurn<T>(work: (turn: StampTurn) => Promise<T>): Promise<T | undefined> {
    return this.#withClient(async (client) => {
      const { rows } = await client.query<{ got: boolean }>(
        'SELECT pg_try_advisory_lock($1) AS got',
        [stampLock],
      )
      if (!rows[0]?.got) return undefined
      // The connection is closed after that, and the lock is free again with it.
      return work({
        unstamped: () => unstamped(client),
        keep: (stamp) => keep(client, stamp),
      })
    })
  }
}

async function unstamped(client: pg.ClientBase): Promise<Checkpoint[]> {
  const newest = await new LogTreeStore(client).latestCheckpoints()
  const { rows } = await client.query<{ log: string; size: string }>(
    `SELECT log, size FROM sluice.log_timestamp
      WHERE (log, size) IN (SELECT * FROM unnest($1::text[], $2::bigint[]))`,
    [newest.map(({ log }) => log), newest.map(({ size }) => size)],
  )
  const stamped = new Set(rows.map(({ log, size }) => `${size} ${log}`))
  return newest.filter(({ log, size }) => !stamped.has(`${size} ${log}`))
}

async function keep(client: pg.ClientBase, stamp: CheckpointStamp): Promise<void> {
  await client.query(
    `INSERT INTO sluice.log_timestamp (log, size, tsa, token, stamped_at)
     VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING`,
    [stamp.log, stamp.size, stamp.tsa, stamp.token, stamp.stampedAt],
  )
}
