import type { HealthCheck, WorkerState } from '../process/messages.js'

/** One page for the engineer on call: ready or not, and if not, why. */
export interface HealthReport {
  readonly status: 'ready' | 'not ready'
  readonly workers: { readonly expected: number; readonly ready: number }
  readonly exchangesInProgress: number
  /** Every check that is not well, in any process. */
  readonly why: readonly string[]
}

/**
 * Sums up what the workers last said. The node is ready while at least one worker is well; what is
 * wrong with the others is said all the same.
 */
export function reportHealth(
  expected: number,
  states: readonly (WorkerState | undefined)[],
  nodeChecks: readonly HealthCheck[],
): HealthReport {
  const known = states.filter((state) => state !== undefined)
  const well = known.filter(({ checks }) => checks.every(({ ok }) => ok))
  const why = [...known.flatMap(({ checks }) => checks), ...nodeChecks]
    .filter(({ ok }) => !ok)
    .map(({ name, why: reason }) => (reason === undefined ? name : `${name}: ${reason}`))
  if (known.length < expected) why.push(`workers: ${known.length} of ${expected} have reported`)
  return {
    status: well.length > 0 ? 'ready' : 'not ready',
    workers: { expected, ready: well.length },
    exchangesInProgress: known.reduce((sum, state) => sum + state.exchangesInProgress, 0),
    why: [...new Set(why)],
  }
}
