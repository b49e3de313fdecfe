import type { Pool } from 'pg'
import type { Authority } from '../../registry/authority.js'
import { authorityTable } from '../../registry/registry-tables.js'

type Row = Readonly<Record<string, unknown>>

/** Certification authorities, as the registry has them now. */
export class Authorities {
  readonly #pool: Pick<Pool, 'query'>

  constructor(pool: Pick<Pool, 'query'>) {
    this.#pool = pool
  }

  async find(name: string): Promise<{ authority: Authority; revision: number } | undefined> {
    const { rows } = await this.#pool.query<Row>('SELECT * FROM sluice.authority WHERE name = $1', [
      name,
    ])
    const [row] = rows
    return row && { authority: authorityTable.read(row), revision: Number(row['revision']) }
  }

  /** In the order of names, from behind `after` on. */
  async list(limit: number, after: string | undefined): Promise<Authority[]> {
    const { rows } = await this.#pool.query<Row>(
      `SELECT * FROM sluice.authority WHERE $2::text IS NULL OR name COLLATE "C" > $2
        ORDER BY name COLLATE "C" LIMIT $1`,
      [limit, after ?? null],
    )
    return rows.map((row) => authorityTable.read(row))
  }
}
