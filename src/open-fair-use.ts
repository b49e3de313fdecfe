import { createPool } from './database/connection.js'
import { CountedUse } from './fair-use/fair-use.js'
import { FairUseStore } from './fair-use/fair-use.store.js'
import { fairUseLimits } from './fair-use/limits.js'
import type { StoreInput } from './open-stores.js'

/** What counts the consumers' use, and its connections. */
export interface OpenFairUse {
  readonly use: CountedUse
  close(): Promise<void>
}

/** Opens what counts the consumers' use; it connects once there is something to be counted. */
export function openFairUse({ limits, databaseUrl, warn }: StoreInput): OpenFairUse {
  const { connectionTimeoutMs, statementTimeoutMs, connectionsMax, idleTimeoutMs } = fairUseLimits
  const pool = createPool(
    {
      url: databaseUrl.reveal(),
      role: 'bus',
      applicationName: 'sluice fair use',
      ...{ connectionTimeoutMs, statementTimeoutMs, connectionsMax, idleTimeoutMs },
    },
    (error) => warn('fair_use.idle_connection_broke', { error: String(error) }),
  )
  const store = new FairUseStore(pool)
  const use = new CountedUse({
    store,
    consumerRatePerSecond: limits.consumerRatePerSecond,
    now: () => new Date(),
    warn,
  })
  return {
    use,
    close: async () => {
      await use.settled()
      await store.close()
    },
  }
}
