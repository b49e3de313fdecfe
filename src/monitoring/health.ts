import { healthReportAgeMsMax } from '../limits/processes.js'
import type { HealthCheck, WorkerState } from '../process/messages.js'
import type { TimestampState } from '../timestamp/stamp-checkpoints.js'
import { reportTimestamps, type TimestampReport } from './timestamp-report.js'

/** Where a node is in its life; only a running one carries exchanges. */
export type NodePhase = 'starting' | 'running' | 'stopping'

/** One page for the engineer on call: ready or not, and if not, why. */
export interface HealthReport {
  readonly status: 'ready' | 'not ready'
  readonly workers: { readonly expected: number; readonly ready: number }
  readonly exchangesInProgress: number
  /** Every check that is not well, in any process. */
  readonly why: readonly string[]
  /** Services with an open circuit breaker in any process; the node is well all the same. */
  readonly failingServices: readonly string[]
  /** Timestamps over checkpoints; null while the node starts. Late ones stop nothing. */
  readonly timestamps: TimestampReport | null
}

/** What the page is made from. */
export interface NodeFacts {
  readonly phase: NodePhase
  readonly workersExpected: number
  /** The last word of each worker; no state from one that has not spoken. */
  readonly workers: readonly {
    readonly state: WorkerState | undefined
    readonly ageMs: number
  }[]
  /** What the supervisor itself looks after. */
  readonly checks: readonly HealthCheck[]
  readonly timestamps: TimestampState | undefined
}

/**
 * Sums up what the workers last said. The node is ready while at least one worker is well; what is
 * wrong with the others is said all the same.
 */
export function reportHealth(facts: NodeFacts): HealthReport {
  const { phase, workersExpected, timestamps } = facts
  const fresh = freshStates(facts)
  const isWell = ({ ok, stopsExchanges }: HealthCheck): boolean => ok || stopsExchanges === false
  const ready = fresh.filter((state) => state.checks.every(isWell)).length
  const why = failedChecks(facts).map(({ name, why: reason }) =>
    reason === undefined ? name : `${name}: ${reason}`,
  )
  if (phase !== 'running') why.unshift(`the node is ${phase}`)
  return {
    status: ready > 0 && phase === 'running' ? 'ready' : 'not ready',
    workers: { expected: workersExpected, ready },
    exchangesInProgress: fresh.reduce((sum, state) => sum + state.exchangesInProgress, 0),
    why: [...new Set(why)],
    failingServices: [...new Set(fresh.flatMap((state) => state.failingServices ?? []))],
    timestamps: timestamps ? reportTimestamps(timestamps) : null,
  }
}

/** Every check that is not well; of a node that runs, workers that have not reported, too. */
export function failedChecks(facts: NodeFacts): HealthCheck[] {
  const { phase, workersExpected, checks } = facts
  const fresh = freshStates(facts)
  const ofWorkers = fresh.flatMap((state) => [...state.checks, ...(state.laneTroubles ?? [])])
  const failed = [...ofWorkers, ...checks].filter(({ ok }) => !ok)
  if (phase === 'running' && fresh.length < workersExpected) {
    const why = `${fresh.length} of ${workersExpected} have reported`
    failed.push({ name: 'workers', ok: false, why })
  }
  return failed
}

function freshStates({ workers }: NodeFacts): WorkerState[] {
  return workers.flatMap(({ state, ageMs }) =>
    state !== undefined && ageMs <= healthReportAgeMsMax ? [state] : [],
  )
}
