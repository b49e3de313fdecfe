import type { BenchBus } from './bench-bus.js'
import { consumerKeys } from './bench-registry.js'
import type { LoadGenerator } from './helper-process.js'
import type { LaneName } from './load-order.js'
import { measureScenario, warmUp, type CpuPart, type Durations } from './measure.js'
import { childrenOf, sampleCpu } from './process-cpu.js'
import type { ScenarioFigures } from './report.js'

export interface LaneOrder {
  readonly bus: BenchBus
  readonly load: LoadGenerator
  readonly lane: LaneName
  readonly connections: number
  readonly payloadSizes: readonly number[]
  readonly firstWarmUp: { readonly requests: number; readonly timeMs: number }
  readonly durations: Durations
  readonly say: (text: string) => void
}

/** Measures one lane of the bus by the consumer's key and the payload. */
export async function measureLane(
  order: LaneOrder,
): Promise<{ readonly scenarios: ScenarioFigures[]; readonly exchanges: number }> {
  const { bus, load, lane, connections, durations } = order
  const scenarios: ScenarioFigures[] = []
  const first = bus.target({ lane, consumerKey: 'p256', payloadBytes: 1_024 })
  let exchanges = await warmUp({ load, target: { ...first, connections } }, order.firstWarmUp)
  const parts = busParts(bus.running.child.pid ?? 0, bus.running.workers)
  for (const payloadBytes of order.payloadSizes) {
    for (const consumerKey of consumerKeys) {
      const target = { ...bus.target({ lane, consumerKey, payloadBytes }), connections }
      const { max, half, answered } = await measureScenario({
        ...{ load, target, durations, parts },
        own: [process.pid],
      })
      exchanges += answered
      scenarios.push({ lane, consumerKey, payloadBytes, max, half })
      order.say(
        `${lane}, ${consumerKey}, ${payloadBytes} bytes: ${max.perSecond}/s, p99 ${max.p99Ms} ms`,
      )
    }
  }
  return { scenarios, exchanges }
}

/** The supervisor starts its workers and the database; what is no worker is the database. */
export function busParts(supervisor: number, workerPids: readonly number[]): CpuPart[] {
  const sample = sampleCpu()
  const children = sample ? childrenOf(supervisor, sample) : []
  const database = children.filter((pid) => !workerPids.includes(pid))
  return [
    { name: 'workers', pids: workerPids, withDescendants: false },
    { name: 'supervisor', pids: [supervisor], withDescendants: false },
    { name: 'postgres', pids: database, withDescendants: true },
  ]
}
