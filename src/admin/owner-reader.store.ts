import type { Pool } from 'pg'
import type { MemberId, SubsystemId } from '../exchange/identifier.js'
import type { OwnerReader } from './owner-reader.js'

/** Owners of subsystems and of information resources, as the registry has them now; no name is that of both. */
export class RegistryOwners implements OwnerReader {
  readonly #pool: Pick<Pool, 'query'>

  constructor(pool: Pick<Pool, 'query'>) {
    this.#pool = pool
  }

  async ownerOf(subsystem: SubsystemId): Promise<MemberId | undefined> {
    const { rows } = await this.#pool.query<{ owner: MemberId }>(
      `SELECT coalesce(owner, member) AS owner FROM sluice.subsystem WHERE id = $1
        UNION ALL SELECT owner FROM sluice.information_resource WHERE id = $1`,
      [subsystem],
    )
    return rows[0]?.owner
  }
}
