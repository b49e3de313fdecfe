import { queueOfAddress } from '../broker/names.js'
import type { QueueOwner } from '../broker/queue-owner.js'
import { brokerLane } from '../config/load-adapters.js'
import { providerOf, type SubsystemId } from '../exchange/identifier.js'
import { activeOwners } from '../registry/queue-owners.js'
import type { RegistrySnapshot } from '../registry/snapshot.js'

/** Who has queues at the broker, suspended ones too, and which. */
export function brokerOwnersOf(snapshot: RegistrySnapshot): readonly QueueOwner[] {
  const active = new Set(activeOwners(snapshot))
  const named = queuesByProvider(snapshot)
  return [...snapshot.subsystems.values()]
    .filter(({ mq }) => mq)
    .map(({ id }) => ({
      id,
      isActive: active.has(id),
      furtherQueues: [...(named.get(id) ?? [])].sort(),
    }))
    .sort((one, other) => (one.id < other.id ? -1 : 1))
}

function queuesByProvider(snapshot: RegistrySnapshot): ReadonlyMap<SubsystemId, Set<string>> {
  const named = new Map<SubsystemId, Set<string>>()
  for (const { id, protocol, address } of snapshot.services.values()) {
    if (protocol !== brokerLane) continue
    const provider = providerOf(id)
    const queue = queueOfAddress(provider, address)
    if (queue === undefined) continue
    const queues = named.get(provider) ?? new Set()
    named.set(provider, queues.add(queue))
  }
  return named
}
