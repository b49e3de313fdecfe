import type pg from 'pg'

// Advisory locks of the bus: see src/message-log/sweep.store.ts. Who holds it stamps, the others skip it.
const stampLock = 7_583_142_010

/** A checkpoint of one log, as its signed note. */
export interface Checkpoint {
  readonly log: string
  readonly size: number
  /** All of it, signatures included: these bytes are stamped. */
  readonly note: string
}

/** A token over a checkpoint. */
export interface CheckpointStamp {
  readonly log: string
  readonly size: number
  /** Name of the authority. */
  readonly tsa: string
  /** DER. */
  readonly token: Uint8Array
  /** By the clock here. */
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
  // One step down the index for each log, however many checkpoints it has.
  const { rows } = await client.query<{ log: string; size: string; note: string }>(
    `WITH RECURSIVE name AS (
       (SELECT log FROM sluice.log_checkpoint ORDER BY log LIMIT 1)
       UNION ALL
       SELECT (SELECT log FROM sluice.log_checkpoint
                WHERE log > name.log ORDER BY log LIMIT 1) FROM name WHERE name.log IS NOT NULL
     )
     SELECT newest.log, newest.size, newest.note FROM name CROSS JOIN LATERAL (
       SELECT log, size, note FROM sluice.log_checkpoint
        WHERE log = name.log ORDER BY size DESC LIMIT 1) AS newest
      WHERE NOT EXISTS (SELECT FROM sluice.log_timestamp AS stamp
                         WHERE stamp.log = newest.log AND stamp.size = newest.size)
      ORDER BY newest.log`,
  )
  return rows.map(({ log, size, note }) => ({ log, size: Number(size), note }))
}

async function keep(client: pg.ClientBase, stamp: CheckpointStamp): Promise<void> {
  await client.query(
    `INSERT INTO sluice.log_timestamp (log, size, tsa, token, stamped_at)
     VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING`,
    [stamp.log, stamp.size, stamp.tsa, stamp.token, stamp.stampedAt],
  )
}
