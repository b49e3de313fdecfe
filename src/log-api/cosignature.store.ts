import { cosignaturesLookedAtMax } from '../limits/transparency.js'
import type { Queryable } from '../sequencing/log-tiles.store.js'

/** A witness's signature under one checkpoint. */
export interface Cosignature {
  readonly log: string
  readonly size: number
  /** Name of the witness. */
  readonly witness: string
  /** Signature line of the note (C2SP signed-note), with its line break. */
  readonly line: string
  readonly signedAt: Date
}

/** What witnesses said of checkpoints. The role of the jobs may add to it, that of the auditors may read. */
export class CosignatureStore {
  readonly #database: Queryable

  constructor(database: Queryable) {
    this.#database = database
  }

  /** Lines under a checkpoint, each with its line break. */
  async linesUnder(log: string, size: number): Promise<string[]> {
    const { rows } = await this.#database.query<{ line: string }>(
      'SELECT line FROM sluice.log_cosignature WHERE log = $1 AND size = $2 ORDER BY witness',
      [log, size],
    )
    return rows.map(({ line }) => line)
  }

  /** Size of the newest checkpoint that somebody vouched for. */
  async newestCosigned(log: string): Promise<number | undefined> {
    const { rows } = await this.#database.query<{ size: string }>(
      'SELECT size FROM sluice.log_cosignature WHERE log = $1 ORDER BY size DESC LIMIT 1',
      [log],
    )
    return rows[0] && Number(rows[0].size)
  }

  /** Size of the newest checkpoint that this witness vouched for; 0 where none of late. */
  async newestBy(witness: string, log: string): Promise<number> {
    const { rows } = await this.#database.query<{ size: string | null }>(
      `SELECT max(size) AS size FROM (
         SELECT size, witness FROM sluice.log_cosignature
          WHERE log = $1 ORDER BY size DESC LIMIT $3) AS newest WHERE witness = $2`,
      [log, witness, cosignaturesLookedAtMax],
    )
    return Number(rows[0]?.size ?? 0)
  }

  /** @returns whether it is new */
  async keep({ log, size, witness, line, signedAt }: Cosignature): Promise<boolean> {
    const { rowCount } = await this.#database.query(
      `INSERT INTO sluice.log_cosignature (log, size, witness, line, made_at)
       VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING`,
      [log, size, witness, line, signedAt],
    )
    return rowCount === 1
  }
}
