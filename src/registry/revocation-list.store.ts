import type { Pool } from 'pg'
import type { RevocationList, RevocationListFacts } from './revocation-list.js'

/** Revocation lists in the database, shared by all nodes. The role of the jobs may write here, workers may not. */
export class RevocationListStore {
  readonly #pool: Pool

  constructor(pool: Pool) {
    this.#pool = pool
  }

  /**
   * Keeps a list unless there is one as new: an old list sent again must not undo revocations.
   * @returns whether it was kept; every process then loads it
   */
  async keepIfNewer(list: RevocationList, facts: RevocationListFacts): Promise<boolean> {
    // Asked first, because a statement that writes nothing would still tell all followers to reload.
    const { rows } = await this.#pool.query<{ newer: boolean }>(
      `SELECT (this_update, number) < ($2::timestamptz, $3::numeric) AS newer
       FROM sluice.revocation_list WHERE authority = $1`,
      [list.authority, facts.thisUpdate, facts.number],
    )
    if (rows[0] && !rows[0].newer) return false
    const { rowCount } = await this.#pool.query(
      `INSERT INTO sluice.revocation_list AS kept
         (authority, issuer_key, number, this_update, next_update, digest, der)
       VALUES ($1, $2, $3, $4, $5, $6, $7)
       ON CONFLICT (authority) DO UPDATE SET
         issuer_key = EXCLUDED.issuer_key, number = EXCLUDED.number,
         this_update = EXCLUDED.this_update, next_update = EXCLUDED.next_update,
         digest = EXCLUDED.digest, der = EXCLUDED.der
       WHERE (kept.this_update, kept.number) < (EXCLUDED.this_update, EXCLUDED.number)`,
      [
        list.authority,
        facts.issuerKey,
        facts.number,
        facts.thisUpdate,
        facts.nextUpdate ?? null,
        list.digest,
        Buffer.from(list.der),
      ],
    )
    return rowCount === 1
  }
}
