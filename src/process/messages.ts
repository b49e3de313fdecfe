/** What worker processes and their supervisor tell each other. */
import type { MetricValues } from '../monitoring/metric-values.js'
import type { StartTrouble } from './start-trouble.js'

/** One line of a worker's health: what it is, whether it is well, and if not, why. */
export interface HealthCheck {
  readonly name: string
  readonly ok: boolean
  readonly why?: string
  /** False for what has to be looked after while exchanges go on: a lane without its broker, a message that waits. */
  readonly stopsExchanges?: false
}

export interface WorkerState {
  readonly exchangesInProgress: number
  readonly checks: readonly HealthCheck[]
  /** What is wrong with lanes of their own; the others carry exchanges, so the bus is well. */
  readonly laneTroubles?: readonly HealthCheck[]
  /** Services with an open circuit breaker; their trouble does not make the bus unwell. */
  readonly failingServices?: readonly string[]
}

export type FromWorker =
  | { readonly type: 'sluice:ready'; readonly addresses: readonly string[] }
  | { readonly type: 'sluice:failed'; readonly trouble: StartTrouble }
  | {
      readonly type: 'sluice:state'
      readonly state: WorkerState
      readonly metrics: MetricValues
    }

export interface ToWorker {
  readonly type: 'sluice:stop'
}

const fromWorkerTypes: ReadonlySet<string> = new Set<FromWorker['type']>([
  'sluice:ready',
  'sluice:failed',
  'sluice:state',
])

/** Other libraries may share the channel; only messages of ours pass. */
export function isFromWorker(message: unknown): message is FromWorker {
  return isOurs(message) && fromWorkerTypes.has(message.type)
}

export function isToWorker(message: unknown): message is ToWorker {
  return isOurs(message) && message.type === 'sluice:stop'
}

function isOurs(message: unknown): message is { readonly type: string } {
  return typeof message === 'object' && message !== null && 'type' in message
}
