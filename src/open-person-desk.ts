import type { KeyObject } from 'node:crypto'
import { createPool } from './database/connection.js'
import { personDeskLimits } from './limits/persons.js'
import { PersonDeskStore } from './log-search/person-desk.store.js'
import type { StoreInput } from './open-stores.js'

const connectionTimeoutMs = 5_000
const idleTimeoutMs = 60_000

/** Opens what persons ask about themselves, under the role that reads the log. */
export function openPersonDesk(input: StoreInput, pseudonymKey: KeyObject): PersonDeskStore {
  const { connectionsMax, statementTimeoutMs } = personDeskLimits
  const pool = createPool(
    {
      url: input.databaseUrl.reveal(),
      role: 'bus',
      applicationName: 'sluice person desk',
      ...{ connectionTimeoutMs, statementTimeoutMs, connectionsMax, idleTimeoutMs },
    },
    (error) => input.warn('person_desk.idle_connection_broke', { error: String(error) }),
  )
  return new PersonDeskStore(pool, pseudonymKey)
}
