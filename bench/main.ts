import 'reflect-metadata'
import { mkdirSync, readFileSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { availableParallelism, cpus } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { consumerKeys, startBenchBus, type BenchBus } from './bench-bus.js'
import { LoadGenerator, startServer } from './helper-process.js'
import { measureScenario, warmUp, type CpuPart, type Durations } from './measure.js'
import { childrenOf, sampleCpu } from './process-cpu.js'
import { measureReferences } from './references.js'
import { reportText, type BenchReport, type ScenarioFigures } from './report.js'

/** `npm run bench`: what an exchange costs on this machine. `bench/README.md` explains the figures. */
const isQuick = process.argv.includes('--quick')
const isJson = process.argv.includes('--json')
const workers = 2
const connections = 64
const payloadSizes = [1_024, 10_240, 102_400]
/** Node compiles what has run some thousand times; until then an exchange costs several times as much. */
const firstWarmUp = isQuick
  ? { requests: 12_000, timeMs: 6_000 }
  : { requests: 40_000, timeMs: 24_000 }
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
  const server = await startServer('provider')
  closing.unshift(() => server.stop())
  const provider = server.address
  const load = new LoadGenerator()
  closing.unshift(() => load.stop())
  say('Starting a bus …')
  const bus = await startBenchBus(folder, provider, workers)
  closing.unshift(() => bus.stop())
  const { scenarios, exchanges } = await measureBus(bus, load)
  const { requests, answers, others } = await bus.countEntries()
  await bus.stop()
  say('Measuring hops that check nothing and keep nothing …')
  const references = await measureReferences({
    ...{ load, provider, folder: join(folder, 'nginx'), workers, connections, payloadSizes },
    ...{ durations: hopDurations, scenarios },
  })
  const failed = scenarios.reduce((sum, { max, half }) => sum + max.failed + half.failed, 0)
  return {
    ...{ ...machine(), startedAt, quick: isQuick, workers, connections, scenarios, references },
    log: {
      ...{ exchanges, failed },
      ...{ requestEntries: requests, replyEntries: answers, otherEntries: others },
    },
    ok: failed === 0 && requests === exchanges && answers === exchanges && others === 0,
  }
}

async function measureBus(
  { serviceUrl, signers, running }: BenchBus,
  load: LoadGenerator,
): Promise<{ readonly scenarios: ScenarioFigures[]; readonly exchanges: number }> {
  const scenarios: ScenarioFigures[] = []
  const target = { url: serviceUrl, connections, payloadBytes: 1_024, signer: signers.p256 }
  let exchanges = await warmUp({ load, target }, firstWarmUp)
  const parts = busParts(running.child.pid ?? 0, running.workers)
  for (const payloadBytes of payloadSizes) {
    for (const consumerKey of consumerKeys) {
      const { max, half, answered } = await measureScenario({
        load,
        target: { url: serviceUrl, connections, payloadBytes, signer: signers[consumerKey] },
        durations,
        parts,
        own: [process.pid],
      })
      exchanges += answered
      scenarios.push({ consumerKey, payloadBytes, max, half })
      say(`${consumerKey}, ${payloadBytes} bytes: ${max.perSecond}/s, p99 ${max.p99Ms} ms`)
    }
  }
  return { scenarios, exchanges }
}

/** The supervisor starts its workers and the database; what is no worker is the database. */
function busParts(supervisor: number, workerPids: readonly number[]): CpuPart[] {
  const sample = sampleCpu()
  const children = sample ? childrenOf(supervisor, sample) : []
  const database = children.filter((pid) => !workerPids.includes(pid))
  return [
    { name: 'workers', pids: workerPids, withDescendants: false },
    { name: 'supervisor', pids: [supervisor], withDescendants: false },
    { name: 'postgres', pids: database, withDescendants: true },
  ]
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
