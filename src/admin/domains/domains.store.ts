import type { Pool } from 'pg'
import type { Domain } from '../../registry/domain.js'
import { domainTable } from '../../registry/registry-tables.js'

type Row = Readonly<Record<string, unknown>>

/** Exchange domains, as the registry has them now. */
export class Domains {
  readonly #pool: Pick<Pool, 'query'>

  constructor(pool: Pick<Pool, 'query'>) {
    this.#pool = pool
  }

  async find(code: string): Promise<{ domain: Domain; revision: number } | undefined> {
    const { rows } = await this.#pool.query<Row>('SELECT * FROM sluice.domain WHERE code = $1', [
      code,
    ])
    const [row] = rows
    return row && { domain: domainTable.read(row), revision: Number(row['revision']) }
  }

  /** In the order of codes, from behind `after` on. */
  async list(limit: number, after: string | undefined): Promise<Domain[]> {
    const { rows } = await this.#pool.query<Row>(
      `SELECT * FROM sluice.domain WHERE $2::text IS NULL OR code COLLATE "C" > $2
        ORDER BY code COLLATE "C" LIMIT $1`,
      [limit, after ?? null],
    )
    return rows.map((row) => domainTable.read(row))
  }
}
