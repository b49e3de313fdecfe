import type { Pool } from 'pg'
import type { OcspAnswer, OcspFacts } from './ocsp-answer.js'

/** An answer to keep. */
export type NewOcspAnswer = Omit<OcspAnswer, keyof OcspFacts> & OcspFacts

/** OCSP answers in the database, shared by all nodes. The role of the jobs may write here, workers may not. */
export class OcspAnswerStore {
  readonly #pool: Pool

  constructor(pool: Pool) {
    this.#pool = pool
  }

  /**
   * Keeps those answers that are newer than the one about the same certificate: an old one sent again must not undo a
   * revocation. Of two that are as new, the one that revokes counts. Every process then loads them.
   * @returns how many were kept
   */
  async keepIfNewer(answers: readonly NewOcspAnswer[]): Promise<number> {
    const newer = await this.#newer(answers)
    // A statement that writes nothing would still tell all followers to reload.
    if (newer.length === 0) return 0
    const { rowCount } = await this.#pool.query(
      `INSERT INTO sluice.ocsp_answer AS kept
         (certificate, authority, status, this_update, next_update, produced_at, der)
       SELECT certificate, authority, status, this_update, next_update, produced_at, der
         FROM jsonb_to_recordset($1::jsonb) AS answer (certificate text, authority text,
           status text, this_update timestamptz, next_update timestamptz,
           produced_at timestamptz, der bytea)
       ON CONFLICT (certificate) DO UPDATE SET
         authority = EXCLUDED.authority, status = EXCLUDED.status,
         this_update = EXCLUDED.this_update, next_update = EXCLUDED.next_update,
         produced_at = EXCLUDED.produced_at, der = EXCLUDED.der,
         fetched_at = clock_timestamp()
       WHERE ${isNewer('kept', 'EXCLUDED')}`,
      [JSON.stringify(newer.map(rowOf))],
    )
    return rowCount ?? 0
  }

  async #newer(answers: readonly NewOcspAnswer[]): Promise<readonly NewOcspAnswer[]> {
    const { rows } = await this.#pool.query<{ certificate: string }>(
      `SELECT certificate FROM jsonb_to_recordset($1::jsonb) AS answer (certificate text,
         authority text, status text, this_update timestamptz, produced_at timestamptz)
       LEFT JOIN sluice.ocsp_answer AS kept USING (certificate)
       WHERE kept.certificate IS NULL OR ${isNewer('kept', 'answer')}`,
      [JSON.stringify(answers.map((answer) => ({ ...rowOf(answer), der: undefined })))],
    )
    const certificates = new Set(rows.map(({ certificate }) => certificate))
    return answers.filter(({ certificate }) => certificates.has(certificate))
  }
}

/** Another authority's answer is newer in any case: the certificate is judged by another responder now. */
function isNewer(kept: string, answer: string): string {
  const times = (of: string): string => `(${of}.this_update, ${of}.produced_at)`
  return `(${kept}.authority <> ${answer}.authority
    OR ${times(kept)} < ${times(answer)}
    OR (${times(kept)} = ${times(answer)} AND ${answer}.status = 'revoked' AND ${kept}.status <> 'revoked'))`
}

function rowOf({ certificate, authority, status, der, ...times }: NewOcspAnswer): object {
  return {
    certificate,
    authority,
    status,
    this_update: times.thisUpdate,
    next_update: times.nextUpdate,
    produced_at: times.producedAt,
    der: `\\x${Buffer.from(der).toString('hex')}`,
  }
}
