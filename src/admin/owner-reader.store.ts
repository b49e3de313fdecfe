import type { Pool } from 'pg'
import { memberOf, type MemberId, type SubsystemId } from '../exchange/identifier.js'
import type { OwnerReader } from './owner-reader.js'

/** Owners of subsystems, as the registry has them now. */
export class RegistryOwners implements OwnerReader {
  readonly #pool: Pick<Pool, 'query'>

  constructor(pool: Pick<Pool, 'query'>) {
    this.#pool = pool
  }

  async ownerOf(subsystem: SubsystemId): Promise<MemberId | undefined> {
    const { rowCount } = await this.#pool.query('SELECT FROM sluice.subsystem WHERE id = $1', [
      subsystem,
    ])
    return rowCount === 0 ? undefined : memberOf(subsystem)
  }
}
