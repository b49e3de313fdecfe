import type { Config } from './config/config.js'
import { NetworkZones } from './entrance/network-zones.js'
import type { RegistryFollower } from './registry/registry-follower.store.js'
import type { RegistrySnapshot } from './registry/snapshot.js'

type Warn = (event: string, details: Readonly<Record<string, unknown>>) => void

/** The network zones of the configuration; what the registry names beside them is told of once. */
export function openZones(
  { zones: settings }: Pick<Config, 'zones'>,
  registry: RegistryFollower,
  warn: Warn,
): NetworkZones {
  const zones = new NetworkZones(settings)
  const told = new Set<string>()
  let subsystems: RegistrySnapshot['subsystems'] | undefined
  const look = (snapshot: RegistrySnapshot): void => {
    if (snapshot.subsystems === subsystems) return
    subsystems = snapshot.subsystems
    for (const subsystem of subsystems.values()) {
      for (const zone of subsystem.zones) {
        if (zones.has(zone) || told.has(zone)) continue
        told.add(zone)
        // Whoever is bound to it alone is refused.
        warn('zone is not configured', { zone, subsystem: subsystem.id })
      }
    }
  }
  registry.onChange(look)
  if (registry.latest) look(registry.latest)
  return zones
}
