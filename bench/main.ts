import 'reflect-metadata'
import { mkdirSync, readFileSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { availableParallelism, cpus } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { startBenchBus, type BenchBus, type EntryCount } from './bench-bus.js'
import { LoadGenerator, startServer, type HelperServer } from './helper-process.js'
import type { LaneName } from './load-order.js'
import type { Durations } from './measure.js'
import { measureNeighbour } from './neighbour.js'
import { readOptions, usage } from './options.js'
import { measureReferences } from './references.js'
import { reportText } from './report-text.js'
import type { BenchReport, NeighbourFigures, ReferenceFigures, ScenarioFigures } from './report.js'
import { measureLane } from './scenarios.js'

/** `npm run bench`: what an exchange costs on this machine. `bench/README.md` explains the figures. */
const options = readOptions(process.argv.slice(2))
if (!options) {
  process.stderr.write(`${usage}\n`)
  process.exit(2)
}
const { quick: isQuick, json: isJson, lanes } = options
const workers = 2
const connections = 64
const payloadSizes = [1_024, 10_240, 102_400]
/** Node compiles what has run some thousand times; until then an exchange costs several times as much. */
const firstWarmUp = isQuick
  ? { requests: 12_000, timeMs: 6_000 }
  : { requests: 40_000, timeMs: 24_000 }
const neighbourTrials = isQuick ? { rounds: 3, trialMs: 1_000 } : { rounds: 5, trialMs: 3_000 }
const durations: Durations = isQuick
  ? { warmUpMs: 400, maxMs: 1_500, halfMs: 1_000 }
  : { warmUpMs: 1_000, maxMs: 5_000, halfMs: 5_000 }
const hopDurations: Durations = isQuick
  ? { warmUpMs: 600, maxMs: 600, halfMs: 0 }
  : { warmUpMs: 1_000, maxMs: 2_000, halfMs: 0 }

/** On a real disk and not where a system keeps files in memory: durability is part of the price. */
const folder = resolve('var', `bench-${process.pid}`)
const closing: (() => Promise<unknown>)[] = []
let isEnding = false

process.on('SIGINT', () => void end(130))
process.on('SIGTERM', () => void end(143))

try {
  const report = await run()
  process.stdout.write(`${isJson ? JSON.stringify(report) : reportText(report)}\n`)
  await end(report.ok ? 0 : 1)
} catch (error) {
  say(error instanceof Error ? (error.stack ?? error.message) : String(error))
  await end(1)
}

async function run(): Promise<BenchReport> {
  const startedAt = new Date().toISOString()
  mkdirSync(folder, { recursive: true })
  closing.push(() => rm(folder, { recursive: true, force: true }))
  const provider = await startProvider()
  const neighbour = await startProvider()
  const load = startLoad()
  const neighbourLoad = startLoad()
  say('Starting a bus …')
  const providers = { provider: provider.address, neighbour: neighbour.address }
  const bus = await startBenchBus(folder, providers, workers)
  closing.unshift(() => bus.stop())
  const measured: LaneMeasured[] = []
  for (const lane of lanes) {
    measured.push(await measureOneLane(lane, { bus, load, neighbourLoad, neighbour }))
  }
  const entries = await bus.countEntries()
  await bus.stop()
  const references = await measureHops(load, provider, measured)
  return reportOf(measured, entries, {
    ...{ ...machine(), startedAt, quick: isQuick, workers, connections, references },
  })
}

/** A hop passes on what the REST lane carries. */
async function measureHops(
  load: LoadGenerator,
  { address: provider }: HelperServer,
  measured: readonly LaneMeasured[],
): Promise<ReferenceFigures[]> {
  if (!lanes.includes('rest')) return []
  say('Measuring hops that check nothing and keep nothing …')
  return measureReferences({
    ...{ load, provider, folder: join(folder, 'nginx'), workers, connections, payloadSizes },
    ...{ durations: hopDurations, scenarios: measured.flatMap(({ scenarios }) => scenarios) },
  })
}

interface LaneMeasured {
  readonly scenarios: readonly ScenarioFigures[]
  readonly neighbour: NeighbourFigures
  /** Answers that the load generators had, refusals included. */
  readonly exchanges: number
}

interface Parties {
  readonly bus: BenchBus
  readonly load: LoadGenerator
  readonly neighbourLoad: LoadGenerator
  readonly neighbour: HelperServer
}

async function measureOneLane(
  lane: LaneName,
  { bus, load, neighbourLoad, neighbour }: Parties,
): Promise<LaneMeasured> {
  const { scenarios, exchanges } = await measureLane({
    ...{ bus, load, lane, connections, payloadSizes, firstWarmUp, durations, say },
  })
  const like = scenarios.find(({ consumerKey }) => consumerKey === 'p256')
  const beside = await measureNeighbour({
    ...{ bus, load, neighbourLoad, neighbour: neighbour.address, lane, connections },
    ...{ ratePerSecond: Math.round((like?.max.perSecond ?? 0) / 2), ...neighbourTrials },
  })
  const { hanging, ratio } = beside.figures
  say(`${lane}, while another provider hangs: p95 ${hanging.p95Ms} ms, ${ratio} times as much`)
  return { scenarios, neighbour: beside.figures, exchanges: exchanges + beside.exchanges }
}

type Circumstances = Omit<BenchReport, 'scenarios' | 'neighbours' | 'log' | 'ok'>

function reportOf(
  measured: readonly LaneMeasured[],
  { requests, answers, others }: EntryCount,
  circumstances: Circumstances,
): BenchReport {
  const scenarios = measured.flatMap((each) => each.scenarios)
  const neighbours = measured.map(({ neighbour }) => neighbour)
  const phases = scenarios.flatMap(({ max, half }) => [max, half])
  const exchanges = measured.reduce((sum, each) => sum + each.exchanges, 0)
  const refused = neighbours.reduce((sum, { neighbourRefused }) => sum + neighbourRefused, 0)
  const failed = [...phases, ...neighbours].reduce((sum, each) => sum + each.failed, 0)
  const isLogged = requests === exchanges && answers === exchanges - refused && others === refused
  return {
    ...{ ...circumstances, scenarios, neighbours },
    log: {
      ...{ exchanges, failed, refused },
      ...{ requestEntries: requests, replyEntries: answers, otherEntries: others },
    },
    ok: failed === 0 && phases.every(({ verified }) => verified > 0) && isLogged,
  }
}

async function startProvider(): Promise<HelperServer> {
  const server = await startServer('provider')
  closing.unshift(() => server.stop())
  return server
}

function startLoad(): LoadGenerator {
  const load = new LoadGenerator()
  closing.unshift(() => load.stop())
  return load
}

function machine(): Pick<BenchReport, 'sluice' | 'node' | 'platform' | 'cpu' | 'cores'> {
  // This file is in dist/bench.
  const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))))
  const file = readFileSync(join(root, 'package.json'), 'utf8')
  const { version } = JSON.parse(file) as { readonly version: string }
  return {
    sluice: version,
    node: process.versions.node,
    platform: `${process.platform}-${process.arch}`,
    cpu: cpus()[0]?.model ?? 'unknown',
    cores: availableParallelism(),
  }
}

async function end(exitCode: number): Promise<void> {
  if (isEnding) return
  isEnding = true
  for (const close of closing) await close().catch((error: unknown) => say(String(error)))
  process.exit(exitCode)
}

function say(text: string): void {
  process.stderr.write(`${text}\n`)
}
