import { z } from 'zod'
import {
  NetworkZoneError,
  NetworkZones,
  type NetworkZonesSettings,
} from '../entrance/network-zones.js'
import { isSegment } from '../exchange/identifier.js'
import { ConfigError } from './env.js'

export const zonesSchema = z
  .array(
    z.strictObject({
      /** As subsystems in the registry name it. */
      name: z.string().refine(isSegment, 'cannot be the name of a zone'),
      networks: z.array(z.string().max(64)).min(1).max(256),
    }),
  )
  .max(64)

type Settings = Readonly<Record<string, Readonly<Record<string, unknown>>>>

/**
 * The network zones, and those that lanes are put into as a whole.
 * @throws ConfigError naming what is wrong
 */
export function zonesOf(
  zones: z.infer<typeof zonesSchema>,
  adapters: Settings,
  path: string,
): NetworkZonesSettings {
  const ofLanes: Record<string, string> = {}
  for (const [name, { zone }] of Object.entries(adapters)) {
    if (zone === undefined) continue
    if (typeof zone !== 'string') {
      throw new ConfigError(`${path}: adapters.${name}.zone: must be the name of a zone`)
    }
    ofLanes[name] = zone
  }
  try {
    new NetworkZones({ zones, ofLanes })
  } catch (error) {
    if (!(error instanceof NetworkZoneError)) throw error
    throw new ConfigError(`${path}: zones: ${error.message}`, { cause: error })
  }
  return { zones, ofLanes }
}

/** What an adapter reads itself. */
export function withoutZones(adapters: Settings): Settings {
  return Object.fromEntries(
    Object.entries(adapters).map(([name, settings]) => {
      const own = Object.entries(settings).filter(([setting]) => setting !== 'zone')
      return [name, Object.fromEntries(own)]
    }),
  )
}
