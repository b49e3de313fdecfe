import { startServer, type HelperServer, type LoadGenerator } from './helper-process.js'
import { measureMax, rounded, type Durations } from './measure.js'
import { startNginx } from './nginx.js'
import type { ReferenceFigures, ScenarioFigures } from './report.js'

export interface ReferenceOrder {
  readonly load: LoadGenerator
  /** Origin of the provider. */
  readonly provider: string
  /** For files of nginx. */
  readonly folder: string
  /** Processes of the bus; a hop with as many is the fair one to compare with. */
  readonly workers: number
  readonly connections: number
  readonly payloadSizes: readonly number[]
  readonly durations: Durations
  readonly scenarios: readonly ScenarioFigures[]
}

/** Something that only passes requests on. */
interface Hop {
  readonly name: string
  readonly processes: number
  /** Undefined where it is not installed. */
  start(): Promise<HelperServer | undefined>
}

/** Measures hops that check nothing and keep nothing, under the same load. */
export async function measureReferences(order: ReferenceOrder): Promise<ReferenceFigures[]> {
  const { provider, folder, workers } = order
  const proxy = (processes: number): Hop => ({
    name: 'undici hop',
    processes,
    start: () => startServer('proxy', [provider, String(processes)]),
  })
  const nginx: Hop = {
    name: 'nginx',
    processes: workers,
    start: () => startNginx(folder, provider, workers),
  }
  const figures: ReferenceFigures[] = []
  for (const hop of [proxy(1), proxy(workers), nginx]) {
    const server = await hop.start()
    if (!server) continue
    try {
      for (const payloadBytes of order.payloadSizes) {
        figures.push(await measureHop(order, hop, server, payloadBytes))
      }
    } finally {
      await server.stop()
    }
  }
  return figures
}

async function measureHop(
  { load, connections, durations, scenarios }: ReferenceOrder,
  { name, processes }: Hop,
  { address, pid }: HelperServer,
  payloadBytes: number,
): Promise<ReferenceFigures> {
  const max = await measureMax({
    load,
    target: {
      ...{ lane: 'rest', url: `${address}/echo`, service: '', connections, payloadBytes },
      ...{ signer: undefined, busCertificatePem: undefined },
    },
    durations,
    parts: [{ name: 'hop', pids: [pid], withDescendants: true }],
    own: [process.pid],
  })
  const ratios: Record<string, number> = {}
  for (const scenario of scenarios) {
    if (scenario.lane !== 'rest' || scenario.payloadBytes !== payloadBytes) continue
    ratios[scenario.consumerKey] = rounded(scenario.max.perSecond / max.perSecond, 3)
  }
  return { name, processes, payloadBytes, max, ratios }
}
