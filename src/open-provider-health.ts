import { createPool } from './database/connection.js'
import type { ProtocolAdapter } from './exchange/adapter.js'
import {
  providerOf,
  type MemberId,
  type ServiceId,
  type SubsystemId,
} from './exchange/identifier.js'
import type { StoreInput } from './open-stores.js'
import { healthConnections } from './provider-health/limits.js'
import { ProviderHealthStore } from './provider-health/provider-health.store.js'
import { ProviderProbes, type ProbedService } from './provider-health/provider-probes.js'
import { SharedHealth } from './provider-health/shared-health.js'
import type { RegistryFollower } from './registry/registry-follower.store.js'

export interface ProviderHealthInput extends StoreInput {
  readonly registry: RegistryFollower
  readonly adapters: ReadonlyMap<string, ProtocolAdapter>
}

/** A worker's part in what all know of the providers, and its connections. */
export interface OpenProviderHealth {
  readonly health: SharedHealth
  close(): Promise<void>
}

/** Opens it; it connects once a provider fails. */
export async function openProviderHealth(input: ProviderHealthInput): Promise<OpenProviderHealth> {
  const { limits, registry, warn } = input
  const pool = openPool(input)
  const ownerOf = (system: SubsystemId): MemberId | undefined =>
    registry.latest?.subsystems.get(system)?.owner
  const find = (id: ServiceId): ProbedService | undefined => probedOf(id, input)
  const store = new ProviderHealthStore(pool, {
    domainOf: (system) => registry.latest?.subsystems.get(system)?.domain,
    ...{ ownerOf, warn, failuresMax: limits.breakerFailuresMax },
    isReached: (service) => isReached(find(service)),
    onTurn: (kind, service, reason) => warn(kind, { service, reason }),
  })
  const troubles = () => registry.latest?.troubles ?? none
  const health = new SharedHealth({
    ...{ troubles, warn, ownerOf, tryEveryMs: limits.breakerOpenMs },
    report: (changes) => store.count(changes),
  })
  const probes = new ProviderProbes({
    ...{ troubles, store, warn, find, everyMs: limits.breakerOpenMs },
  })
  // Before what was counted earlier is read, so that nothing falls between the two.
  registry.onFailures((service) => health.heard(service))
  const stopFollowing = registry.onChange(() => {
    health.troublesChanged()
    probes.troublesChanged()
  })
  probes.troublesChanged()
  health.heard(...(await store.failing()))
  return {
    health,
    async close() {
      stopFollowing()
      await probes.close()
      await health.settled()
      await store.settled()
      await pool.end()
    },
  }
}

function probedOf(
  id: ServiceId,
  { registry, adapters }: Pick<ProviderHealthInput, 'registry' | 'adapters'>,
): ProbedService | undefined {
  const service = registry.latest?.services.get(id)
  const isOffered = service?.status === 'active' && registry.latest?.party(providerOf(id))
  if (!service || !isOffered) return undefined
  return { address: service.address, adapter: adapters.get(service.protocol) }
}

async function isReached(probed: ProbedService | undefined): Promise<boolean | undefined> {
  return probed?.adapter?.probe?.(probed.address)
}

const none = new Map<never, never>()

function openPool({ databaseUrl, warn }: StoreInput): ReturnType<typeof createPool> {
  return createPool(
    {
      url: databaseUrl.reveal(),
      role: 'bus',
      applicationName: 'sluice provider health',
      ...healthConnections,
    },
    (error) => warn('provider_health.idle_connection_broke', { error: String(error) }),
  )
}
