import 'reflect-metadata'
import { mkdirSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { resolve } from 'node:path'
import { startBenchBus, type BenchBus } from './bench-bus.js'
import { extraServiceOf, type ExtraService } from './bench-registry.js'
import { LoadGenerator, startServer } from './helper-process.js'
import { measureMax, rounded, warmUp, type Durations } from './measure.js'
import type { PhaseFigures } from './report.js'
import { busParts } from './scenarios.js'

/**
 * `npm run bench:contracts`: what it costs to hold both messages of an exchange to a contract, and to carry them over
 * between REST and SOAP. The same JSON of about 1 kB goes through three services in turns on one bus: one without a
 * contract, one with, and one whose provider speaks SOAP. What counts are the ratios.
 */
const rounds = process.argv.includes('--quick') ? 2 : 5
const workers = 2
const connections = 64
const durations: Durations = { warmUpMs: 1_000, maxMs: 4_000, halfMs: 0 }
const firstWarmUp = { requests: 20_000, timeMs: 10_000 }
const variants = ['plain', 'validated', 'mediated'] as const
type Variant = (typeof variants)[number]

const codes: Record<Variant, string> = {
  plain: 'sade',
  validated: 'hesabat',
  mediated: 'hesabatSoap',
}

/** About 1 kB. */
const payloadText = JSON.stringify({
  ...{ fin: '0TEST01', tarix: '2013-02-28' },
  setirler: Array.from({ length: 13 }, (_, at) => ({
    ...{
      il: 2000 + at,
      ad: `“Nümunə” MMC ${at}`,
      mebleg: `${at + 100}.50`,
      odenilib: at % 2 === 0,
    },
  })),
})

const folder = resolve('var', `bench-contracts-${process.pid}`)
const closing: (() => Promise<unknown>)[] = []
process.on('SIGINT', () => void end(130))
process.on('SIGTERM', () => void end(143))

try {
  await run()
  await end(0)
} catch (error) {
  process.stderr.write(
    `${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`,
  )
  await end(1)
}

async function run(): Promise<void> {
  mkdirSync(folder, { recursive: true })
  closing.push(() => rm(folder, { recursive: true, force: true }))
  const provider = await startServer('provider')
  closing.unshift(() => provider.stop())
  const load = new LoadGenerator()
  closing.unshift(() => load.stop())
  const providers = { provider: provider.address, neighbour: provider.address }
  const extra = servicesAt(provider.address)
  const bus = await startBenchBus(folder, providers, workers, undefined, extra)
  closing.unshift(() => bus.stop())
  for (const variant of variants)
    await warmUp({ load, target: targetOf(bus, variant) }, firstWarmUp)
  const found: Record<Variant, PhaseFigures[]> = { plain: [], validated: [], mediated: [] }
  for (let round = 0; round < rounds; round += 1) {
    for (const variant of variants) found[variant].push(await measure(bus, load, variant))
  }
  for (const variant of variants) process.stdout.write(`${lineOf(variant, found)}\n`)
}

function servicesAt(address: string): ExtraService[] {
  const contract = (code: string): string => resolve('bench/contracts/CEM', code, 'v1')
  return [
    { code: codes.plain, protocol: 'rest', address: `${address}/same`, contract: undefined },
    {
      ...{ code: codes.validated, protocol: 'rest', address: `${address}/same` },
      contract: contract(codes.validated),
    },
    {
      ...{ code: codes.mediated, protocol: 'soap', address: `${address}/same/soap` },
      contract: contract(codes.mediated),
    },
  ]
}

function targetOf(bus: BenchBus, variant: Variant): Parameters<typeof measureMax>[0]['target'] {
  const service = extraServiceOf(codes[variant])
  const call = {
    lane: 'rest',
    consumerKey: 'p256',
    payloadBytes: payloadText.length,
    service,
  } as const
  return { ...bus.target(call), connections, payloadText }
}

function measure(bus: BenchBus, load: LoadGenerator, variant: Variant): Promise<PhaseFigures> {
  const target = targetOf(bus, variant)
  const parts = busParts(bus.running.child.pid ?? 0, bus.running.workers)
  return measureMax({ load, target, durations, parts, own: [process.pid] })
}

/** Rates, and CPU time of the bus, beside those of the service without a contract in the same round. */
function lineOf(variant: Variant, found: Record<Variant, PhaseFigures[]>): string {
  const own = found[variant]
  const ratesRatio = median(
    own.map((each, at) => each.perSecond / (found.plain[at]?.perSecond ?? NaN)),
  )
  const cpuRatio = median(own.map((each, at) => busCpuOf(each) / busCpuOf(found.plain[at])))
  const rate = Math.round(median(own.map(({ perSecond }) => perSecond)))
  const cpu = Math.round(median(own.map(busCpuOf)))
  return `${variant.padEnd(10)} ${rate}/s (${rounded(ratesRatio, 3)})   bus ${cpu} us an exchange (${rounded(cpuRatio, 3)})`
}

function busCpuOf(figures: PhaseFigures | undefined): number {
  return figures?.cpuUs?.['workers'] ?? NaN
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.floor(sorted.length / 2)] ?? NaN
}

async function end(exitCode: number): Promise<void> {
  for (const close of closing.splice(0)) await close().catch(() => undefined)
  process.exit(exitCode)
}
