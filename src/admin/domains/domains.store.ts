import type { Pool } from 'pg'
import type { Domain } from '../../registry/domain.js'
import { domainTable } from '../../registry/registry-tables.js'

/** Exchange domains, as the registry has them now. */
export class Domains {
  readonly #pool: Pick<Pool, 'query'>

  constructor(pool: Pick<Pool, 'query'>) {
    this.#pool = pool
  }

  async find(code: string): Promise<Domain | undefined> {
    const { rows } = await this.#pool.query<Record<string, unknown>>(
      'SELECT * FROM sluice.domain WHERE code = $1',
      [code],
    )
    return rows[0] && domainTable.read(rows[0])
  }

  /** In the order of codes, from behind `after` on. */
  async list(limit: number, after: string | undefined): Promise<Domain[]> {
    const { rows } = await this.#pool.query<Record<string, unknown>>(
      `SELECT * FROM sluice.domain WHERE $2::text IS NULL OR code COLLATE "C" > $2
        ORDER BY code COLLATE "C" LIMIT $1`,
      [limit, after ?? null],
    )
    return rows.map((row) => domainTable.read(row))
  }
}
