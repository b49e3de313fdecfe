import { setTimeout as pause } from 'node:timers/promises'
import type { BenchBus } from './bench-bus.js'
import type { BenchProvider } from './bench-registry.js'
import type { LoadGenerator } from './helper-process.js'
import type { LaneName, LoadResult } from './load-order.js'
import { rounded, runPhase } from './measure.js'
import type { Latencies, NeighbourFigures, PhaseFigures } from './report.js'

export interface NeighbourOrder {
  readonly bus: BenchBus
  /** Asks the measured provider. */
  readonly load: LoadGenerator
  /** Asks its neighbour, for another consumer. */
  readonly neighbourLoad: LoadGenerator
  /** Origin of the neighbour. */
  readonly neighbour: string
  readonly lane: LaneName
  readonly connections: number
  /** Half of what the bus can do, so that latencies are its own and no queue's. */
  readonly ratePerSecond: number
  readonly rounds: number
  readonly trialMs: number
}

const payloadBytes = 1_024
/**
 * Enough a second that the hanging service's places are full before the clock starts: they are 64 in each
 * worker, and from then on every further request is refused.
 */
const neighbourPerSecond = 100
const leadMs = 1_500
/** More than the hanging service has places, so that the refused ones find a connection, too. */
const neighbourConnections = 256
/** How far p95 may rise because another provider hangs. */
const ratioMax = 1.1

interface Trial {
  readonly measured: PhaseFigures
  readonly neighbour: LoadResult
}

/**
 * One participant's trouble does not touch others: latencies at one provider while another one,
 * which somebody else calls all the time, answers, and while it hangs. Both take turns, so that what
 * else goes on on the machine meets both alike; each figure is the median of its rounds.
 */
export async function measureNeighbour(
  order: NeighbourOrder,
): Promise<{ readonly figures: NeighbourFigures; readonly exchanges: number }> {
  const { load, bus, lane, connections, ratePerSecond, rounds } = order
  const target = bus.target({ lane, consumerKey: 'p256', payloadBytes })
  await load.order({ act: 'open', ...target, connections })
  const quiet: Trial[] = []
  const hanging: Trial[] = []
  for (let round = 0; round < rounds; round += 1) {
    quiet.push(await tryWith('neighbour', order))
    hanging.push(await tryWith('hanging neighbour', order))
  }
  await load.order({ act: 'close' })
  const all = [...quiet, ...hanging]
  const ratio = rounded(latenciesOf(hanging).p95Ms / latenciesOf(quiet).p95Ms, 2)
  return {
    figures: {
      ...{ lane, payloadBytes, ratePerSecond, rounds },
      quiet: latenciesOf(quiet),
      hanging: latenciesOf(hanging),
      ...{ ratio, withinLimit: ratio <= ratioMax, othersShare: othersShareOf(all) },
      answered: sum(all, ({ measured }) => measured.answered),
      failed: sum(all, ({ measured }) => measured.failed),
      neighbourAnswered: sum(all, ({ neighbour }) => neighbour.answered - refusedOf(neighbour)),
      neighbourRefused: sum(all, ({ neighbour }) => refusedOf(neighbour)),
    },
    exchanges: sum(all, ({ measured, neighbour }) => measured.answered + neighbour.answered),
  }
}

async function tryWith(provider: BenchProvider, order: NeighbourOrder): Promise<Trial> {
  const { bus, load, neighbourLoad, lane, ratePerSecond, trialMs } = order
  const target = bus.target({ lane, consumerKey: 'rsa-2048', payloadBytes, provider })
  const neighbourMs = leadMs + trialMs
  await neighbourLoad.order({ act: 'open', ...target, connections: neighbourConnections })
  await neighbourLoad.order({
    act: 'prepare',
    requests: requestsIn(neighbourMs, neighbourPerSecond),
  })
  await load.order({ act: 'prepare', requests: requestsIn(trialMs, ratePerSecond) })
  const [neighbour, measured] = await Promise.all([
    neighbourLoad.order({
      ...{ act: 'run', ratePerSecond: neighbourPerSecond, timeMs: neighbourMs },
    }),
    measureBeside(order),
  ])
  await neighbourLoad.order({ act: 'close' })
  if (!neighbour) throw new Error('the load generator gave no result')
  return { measured, neighbour }
}

async function measureBeside(order: NeighbourOrder): Promise<PhaseFigures> {
  const { load, ratePerSecond, trialMs } = order
  await pause(leadMs)
  const measured = await runPhase({ load, parts: [], own: [process.pid] }, trialMs, ratePerSecond)
  // What hangs is answered in the end, so that no breaker stands open when it is its turn again.
  await fetch(`${order.neighbour}/release`)
  return measured
}

function requestsIn(timeMs: number, perSecond: number): number {
  return Math.ceil((perSecond * timeMs) / 1_000)
}

function refusedOf({ answered, statuses }: LoadResult): number {
  return answered - (statuses['200'] ?? 0)
}

function latenciesOf(trials: readonly Trial[]): Latencies {
  const median = (of: (figures: PhaseFigures) => number): number => {
    const sorted = trials.map(({ measured }) => of(measured)).sort((one, other) => one - other)
    return rounded(sorted[Math.floor(sorted.length / 2)] ?? NaN, 2)
  }
  return {
    p50Ms: median(({ p50Ms }) => p50Ms),
    p95Ms: median(({ p95Ms }) => p95Ms),
    p99Ms: median(({ p99Ms }) => p99Ms),
  }
}

function othersShareOf(trials: readonly Trial[]): number | null {
  if (trials.some(({ measured }) => measured.othersShare === null)) return null
  return rounded(sum(trials, ({ measured }) => measured.othersShare ?? 0) / trials.length, 2)
}

function sum(trials: readonly Trial[], of: (trial: Trial) => number): number {
  return trials.reduce((total, trial) => total + of(trial), 0)
}
