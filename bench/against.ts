import 'reflect-metadata'
import { mkdirSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { againstUsage, readAgainstOptions } from './against-options.js'
import { ownDist, startBenchBus, type BenchBus } from './bench-bus.js'
import { consumerKeys, type ConsumerKey } from './bench-registry.js'
import { buildOf } from './build-of.js'
import { LoadGenerator, startServer } from './helper-process.js'
import { measureMax, rounded, warmUp, type Durations } from './measure.js'
import type { PhaseFigures } from './report.js'
import { busParts } from './scenarios.js'

/**
 * `npm run bench:against`: this build and another commit's under the same load in the same run, in turns,
 * so that what else goes on on the machine meets both alike. The figure that counts is the ratio.
 */
const options = readAgainstOptions(process.argv.slice(2))
if (!options) {
  process.stderr.write(`${againstUsage}\n`)
  process.exit(2)
}
const { revision, lane, rounds, json: isJson } = options
const workers = 2
const connections = 64
const payloadBytes = 1_024
const firstWarmUp = { requests: 40_000, timeMs: 24_000 }
const durations: Durations = { warmUpMs: 1_000, maxMs: 4_000, halfMs: 0 }
/** How long a bus may take to give what it logged its place, once the load has ended. */
const settleMsMax = 30_000

type Side = 'this' | 'other'

interface Round {
  readonly figures: PhaseFigures
  /** Until every entry had its place in its log, after the load; 0 where a build has no such log. */
  readonly settledMs: number
}

const folder = resolve('var', `bench-against-${process.pid}`)
const closing: (() => Promise<unknown>)[] = []
let isEnding = false
process.on('SIGINT', () => void end(130))
process.on('SIGTERM', () => void end(143))

try {
  const report = await run()
  process.stdout.write(`${isJson ? JSON.stringify(report) : textOf(report)}\n`)
  await end(0)
} catch (error) {
  say(error instanceof Error ? (error.stack ?? error.message) : String(error))
  await end(1)
}

async function run() {
  const dist: Record<Side, string> = { this: ownDist, other: buildOf(revision, say) }
  closing.push(() => rm(folder, { recursive: true, force: true }))
  const provider = await startServer('provider')
  closing.unshift(() => provider.stop())
  const load = new LoadGenerator()
  closing.unshift(() => load.stop())
  const start = async (side: Side): Promise<BenchBus> => {
    mkdirSync(join(folder, side), { recursive: true })
    const providers = { provider: provider.address, neighbour: provider.address }
    const bus = await startBenchBus(join(folder, side), providers, workers, dist[side])
    closing.unshift(() => bus.stop())
    const target = { ...bus.target({ lane, consumerKey: 'p256', payloadBytes }), connections }
    await warmUp({ load, target }, firstWarmUp)
    await settled(bus)
    return bus
  }
  say('Starting both and warming them up …')
  const buses = { this: await start('this'), other: await start('other') }
  const results = []
  for (const consumerKey of consumerKeys) results.push(await compare(buses, load, consumerKey))
  return { lane, revision, payloadBytes, rounds, results }
}

async function compare(
  buses: Readonly<Record<Side, BenchBus>>,
  load: LoadGenerator,
  consumerKey: ConsumerKey,
) {
  const found: Record<Side, Round[]> = { this: [], other: [] }
  for (let round = 0; round < rounds; round += 1) {
    // Who goes first changes, because the second finds the disk busy with the first one's files.
    const order: readonly Side[] = round % 2 === 0 ? ['this', 'other'] : ['other', 'this']
    for (const side of order) found[side].push(await measure(buses[side], load, consumerKey))
  }
  const pairs = found.this.map(
    ({ figures }, at) => figures.perSecond / (found.other[at]?.figures.perSecond ?? NaN),
  )
  return {
    consumerKey,
    ratio: rounded(median(pairs), 3),
    ratios: pairs.map((ratio) => rounded(ratio, 3)),
    this: figuresOf(found.this),
    other: figuresOf(found.other),
  }
}

async function measure(
  bus: BenchBus,
  load: LoadGenerator,
  consumerKey: ConsumerKey,
): Promise<Round> {
  const target = { ...bus.target({ lane, consumerKey, payloadBytes }), connections }
  const parts = busParts(bus.running.child.pid ?? 0, bus.running.workers)
  const figures = await measureMax({ load, target, durations, parts, own: [process.pid] })
  return { figures, settledMs: await settled(bus) }
}

/** Waits until what was logged has its place. @returns milliseconds */
async function settled(bus: BenchBus): Promise<number> {
  const startedMs = Date.now()
  for (;;) {
    const answer = await fetch(`${bus.running.management}/metrics`)
    const waiting = /^sluice_log_unsequenced_entries (\d+)/m.exec(await answer.text())?.[1]
    const tookMs = Date.now() - startedMs
    if (waiting === undefined || waiting === '0') return waiting === undefined ? 0 : tookMs
    if (tookMs > settleMsMax) throw new Error(`${waiting} entries have no place yet`)
    await pause(50)
  }
}

function figuresOf(found: readonly Round[]) {
  const of = (pick: (round: Round) => number): number => rounded(median(found.map(pick)), 1)
  const parts = Object.keys(found[0]?.figures.cpuUs ?? {})
  return {
    perSecond: of(({ figures }) => figures.perSecond),
    p99Ms: of(({ figures }) => figures.p99Ms),
    failed: found.reduce((sum, { figures }) => sum + figures.failed, 0),
    settledMs: of(({ settledMs }) => settledMs),
    cpuUs: Object.fromEntries(
      parts.map((part) => [part, of(({ figures }) => figures.cpuUs?.[part] ?? NaN)]),
    ),
  }
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((one, other) => one - other)
  return sorted[Math.floor(sorted.length / 2)] ?? NaN
}

function textOf({ results }: Awaited<ReturnType<typeof run>>): string {
  const line = (name: string, side: ReturnType<typeof figuresOf>): string =>
    `  ${name.padEnd(8)} ${side.perSecond}/s  p99 ${side.p99Ms} ms  failed ${side.failed}  ` +
    `settled in ${side.settledMs} ms  CPU us ${JSON.stringify(side.cpuUs)}`
  return results
    .map((each) =>
      [
        `${lane}, ${each.consumerKey}, ${payloadBytes} bytes: ${each.ratio} times ${revision}`,
        line('this', each.this),
        line('other', each.other),
        `  ratios   ${each.ratios.join(' ')}`,
      ].join('\n'),
    )
    .join('\n')
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
