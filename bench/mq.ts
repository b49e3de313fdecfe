import 'reflect-metadata'
import { mkdirSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { resolve } from 'node:path'
import { startPrivateBroker, type PrivateBroker } from '../src/broker/private-broker.js'
import { OrderedProcess } from './helper-process.js'
import type { CpuPart } from './measure.js'
import { startMqBus, type MqBus } from './mq-bus.js'
import { measureMq, type MqFigures, type MqMeasurement } from './mq-measure.js'
import {
  isThroughBus,
  mqKinds,
  type MqLoadOrder,
  type MqLoadResult,
  type MqProviderOrder,
  type PlainQueues,
} from './mq-order.js'
import { declarePlainQueues } from './mq-parties.js'
import { mqReport } from './mq-report.js'
import { busParts } from './scenarios.js'

/**
 * `npm run bench:mq`: messages through the bus beside plain RPC over the same broker, in turns, by the same processes.
 * What counts is the ratio.
 */
const isQuick = process.argv.includes('--quick')
const rounds = isQuick ? 2 : 5
const runMs = isQuick ? 3_000 : 6_000
const firstWarmUpMs = isQuick ? 5_000 : 10_000
const payloadSizes = [1_024, 2_048]
const workers = 2
const messageBytesMax = 16_777_216
/** Of the first run of a kind no rate is known yet. */
const warmUpPerSecond = 2_000

const folder = resolve('var', `bench-mq-${process.pid}`)
const closing: (() => Promise<unknown>)[] = []
process.on('SIGINT', () => void end(130))
process.on('SIGTERM', () => void end(143))

try {
  await end((await run()) ? 0 : 1)
} catch (error) {
  say(error instanceof Error ? (error.stack ?? error.message) : String(error))
  await end(1)
}

async function run(): Promise<boolean> {
  mkdirSync(folder, { recursive: true })
  closing.push(() => rm(folder, { recursive: true, force: true, maxRetries: 5 }))
  say('Starting RabbitMQ and the bus …')
  const broker = await startPrivateBroker({ dataDir: resolve(folder, 'broker'), messageBytesMax })
  closing.unshift(() => broker.stop())
  const bus = await startMqBus(folder, broker, workers)
  closing.unshift(() => bus.stop())
  const measurement = await openClients(broker, bus)
  say('Warming up …')
  const warm: MqFigures[] = []
  for (const kind of mqKinds) {
    const phase = { kind, bytes: 1_024, perSecond: warmUpPerSecond, timeMs: firstWarmUpMs }
    const figures = await measureMq(measurement, phase)
    say(`${kind}: ${Math.round(figures.perSecond)}/s`)
    warm.push(figures)
  }
  const found: MqFigures[] = []
  for (let round = 0; round < rounds; round += 1) {
    for (const bytes of payloadSizes) {
      for (const [at, kind] of mqKinds.entries()) {
        const perSecond = warm[at]?.perSecond ?? warmUpPerSecond
        found.push(await measureMq(measurement, { kind, bytes, perSecond, timeMs: runMs }))
      }
    }
  }
  process.stdout.write(mqReport(found, payloadSizes))
  return isWhole(bus, [...warm, ...found])
}

async function openClients(broker: PrivateBroker, bus: MqBus): Promise<MqMeasurement> {
  const plain = await declarePlainQueues(broker.url)
  const provider = new OrderedProcess<MqProviderOrder & Record<string, unknown>, undefined>(
    'mq-provider',
  )
  closing.unshift(() => provider.stop())
  await provider.order({ plain, ...bus.parties.provider })
  const relay = new OrderedProcess<PlainQueues & Record<string, unknown>, undefined>('mq-relay')
  closing.unshift(() => relay.stop())
  await relay.order({ ...plain })
  const load = new OrderedProcess<MqLoadOrder, MqLoadResult | undefined>('mq-load')
  closing.unshift(() => load.stop())
  const { parties, busCertificatePem } = bus
  await load.order({ act: 'open', plain, consumers: parties.consumers, busCertificatePem })
  const parts: CpuPart[] = [
    ...busParts(bus.running.child.pid ?? 0, bus.running.workers),
    { name: 'broker', pids: [broker.pid], withDescendants: true },
    { name: 'clients', pids: [load.pid, provider.pid, relay.pid], withDescendants: false },
  ]
  return { load, parts, own: [process.pid] }
}

/** Whether everything was answered as it should be, and the log has it. */
async function isWhole(bus: MqBus, all: readonly MqFigures[]): Promise<boolean> {
  const others = all.reduce((sum, { failed }) => sum + failed, 0)
  const ofBus = all.filter(({ kind }) => isThroughBus(kind))
  const answered = ofBus.reduce((sum, each) => sum + each.answered, 0)
  const verified = ofBus.reduce((sum, each) => sum + each.verified, 0)
  const { requests, answers } = await bus.countEntries()
  await bus.verifyLogs()
  say(
    `${answered} exchanges answered, ${others} otherwise; ${verified} signatures verified; the log has ${requests} requests and ${answers} answers, and is whole.`,
  )
  return others === 0 && requests === answered && answers === answered
}

function say(text: string): void {
  process.stderr.write(`${text}\n`)
}

async function end(exitCode: number): Promise<void> {
  for (const close of closing.splice(0)) await close().catch(() => undefined)
  process.exit(exitCode)
}
