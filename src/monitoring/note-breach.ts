import { faultPlacesMax } from '../limits/contracts.js'
import type { BusMetrics } from './metrics.js'
import type { SystemLog } from './system-log.js'

/** What monitoring needs to know of a message that broke its contract. */
interface BrokenContract {
  readonly exchangeId: string
  readonly service: string
  readonly side: 'request' | 'reply'
  readonly level: 'report' | 'block'
  readonly violations: readonly { readonly path: string; readonly rule: string }[]
}

/**
 * Counts messages that break their contract. One that passes all the same is told of in the system log, places
 * and rules alone; one that is refused has its line as every refusal.
 */
export function breachRecorder(
  metrics: Pick<BusMetrics, 'breached'>,
  log: SystemLog,
): (breach: BrokenContract) => void {
  return ({ exchangeId, service, side, level, violations }) => {
    metrics.breached(service, side)
    if (level === 'block') return
    const places = violations.slice(0, faultPlacesMax).map(({ path, rule }) => ({ path, rule }))
    log.warn({ exchangeId, service, side, places }, 'contract broken')
  }
}
