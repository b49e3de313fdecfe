import type { AdminDatabase } from './admin-database.store.js'
import { idempotencyKeptHours, idempotencyRemovedMax } from './limits.js'
import type { ProblemCode, ProblemDetails } from './problem.js'

/** What was answered to a request. */
export type KeptAnswer =
  | {
      readonly kind: 'answer'
      readonly status: number
      readonly etag?: string
      readonly body?: unknown
    }
  | {
      readonly kind: 'problem'
      readonly code: ProblemCode
      readonly details: Pick<ProblemDetails, 'detail' | 'errors'>
    }
  /** One that is secret, or too long to be kept. */
  | { readonly kind: 'once'; readonly status: number }

/** A request under its key. */
export interface KeyedRequest {
  readonly administratorId: string
  readonly key: string
  /** SHA-256 of what was asked. */
  readonly digest: Buffer
}

/** What is known of a key: nothing yet, or a request whose answer may not be there. */
export type Claim =
  | { readonly isNew: true }
  | { readonly isNew: false; readonly isSame: boolean; readonly answer: KeptAnswer | undefined }

interface Row {
  readonly request_digest: Buffer
  readonly answer: KeptAnswer | null
}

/** Requests of administrators under their keys, kept for a day. */
export class IdempotencyKeys {
  readonly #database: AdminDatabase

  constructor(database: AdminDatabase) {
    this.#database = database
  }

  /** Takes a key for a request; of several at once one gets it. */
  async claim({ administratorId, key, digest }: KeyedRequest): Promise<Claim> {
    const { pool } = this.#database
    await pool.query(
      `DELETE FROM sluice.admin_request WHERE (administrator, key) IN (
         SELECT administrator, key FROM sluice.admin_request
          WHERE made_at < now() - make_interval(hours => $1)
          ORDER BY made_at LIMIT $2 FOR UPDATE SKIP LOCKED)`,
      [idempotencyKeptHours, idempotencyRemovedMax],
    )
    const claimed = await pool.query(
      `INSERT INTO sluice.admin_request (administrator, key, request_digest)
       VALUES ($1, $2, $3) ON CONFLICT DO NOTHING`,
      [administratorId, key, digest],
    )
    if (claimed.rowCount === 1) return { isNew: true }
    const { rows } = await pool.query<Row>(
      `SELECT request_digest, answer FROM sluice.admin_request
        WHERE administrator = $1 AND key = $2`,
      [administratorId, key],
    )
    const [row] = rows
    // Given back between the two questions: whoever asks again finds it free.
    if (!row) return { isNew: false, isSame: true, answer: undefined }
    return {
      isNew: false,
      isSame: row.request_digest.equals(digest),
      answer: row.answer ?? undefined,
    }
  }

  async keep({ administratorId, key }: KeyedRequest, answer: KeptAnswer): Promise<void> {
    await this.#database.pool.query(
      'UPDATE sluice.admin_request SET answer = $3 WHERE administrator = $1 AND key = $2',
      [administratorId, key, JSON.stringify(answer)],
    )
  }

  /** Gives a key back: nothing was done under it. */
  async release({ administratorId, key }: KeyedRequest): Promise<void> {
    await this.#database.pool.query(
      'DELETE FROM sluice.admin_request WHERE administrator = $1 AND key = $2',
      [administratorId, key],
    )
  }
}
