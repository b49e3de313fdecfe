import type { QueueOwners } from '../exchange/adapter.js'
import { Fault } from '../exchange/fault.js'
import type { SubsystemId } from '../exchange/identifier.js'
import type { RegistryFollower } from './registry-follower.store.js'
import type { RegistrySnapshot } from './snapshot.js'

/** Which senders' one-way messages are this worker's. */
export interface SendersHere {
  has(sender: SubsystemId): boolean
  onChange(listener: () => void): () => void
}

/** Who has queues at the broker now: whoever is suspended keeps them, and cannot reach them. */
export function queueOwnersOf(registry: RegistryFollower, here: SendersHere): QueueOwners {
  const list = (): readonly SubsystemId[] => (registry.latest ? activeOwners(registry.latest) : [])
  return {
    list,
    senders: () => list().filter((owner) => here.has(owner)),
    onChange: (listener) => {
      const stops = [registry.onChange(() => listener()), here.onChange(listener)]
      return () => {
        for (const stop of stops) stop()
      }
    },
  }
}

/**
 * Holds what a subsystem says through its queues to what the registry says now: its certificate is good all the same while
 * it may not speak.
 * @throws Fault MEMBER_SUSPENDED
 */
export function checkMaySpeak(snapshot: RegistrySnapshot, subsystem: SubsystemId): void {
  if (!activeOwners(snapshot).includes(subsystem)) throw new Fault('MEMBER_SUSPENDED')
}

/** In the order of their identifiers. */
export function activeOwners(snapshot: RegistrySnapshot): readonly SubsystemId[] {
  const owners: SubsystemId[] = []
  for (const { id, mq } of snapshot.subsystems.values()) {
    if (!mq) continue
    const party = snapshot.party(id)
    const isActive =
      party?.subsystem.status === 'active' &&
      party.member?.status === 'active' &&
      party.domain?.status === 'active'
    if (isActive) owners.push(id)
  }
  return owners.sort()
}
