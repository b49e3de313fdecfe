import type { Pool } from 'pg'
import { Problem } from '../problem.js'

/** The instance that the registry is of. */
export class InstanceReader {
  readonly #pool: Pick<Pool, 'query'>

  constructor(pool: Pick<Pool, 'query'>) {
    this.#pool = pool
  }

  /** @throws Problem CONFLICT for a registry that is empty yet */
  async read(): Promise<string> {
    const { rows } = await this.#pool.query<{ instance: string | null }>(
      'SELECT instance FROM sluice.registry_version',
    )
    const instance = rows[0]?.instance
    if (instance !== null && instance !== undefined) return instance
    throw new Problem('CONFLICT', {
      detail: {
        az: 'Reyestr boşdur; əvvəlcə bəyannamə tətbiq edin',
        en: 'The registry is empty; apply a declaration first',
      },
    })
  }
}
