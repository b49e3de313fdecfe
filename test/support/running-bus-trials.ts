import { setTimeout as pause } from 'node:timers/promises'
import type { RunningBus } from '../../demo/running-bus.js'
import { renewLogins } from '../../src/database/embedded-logins.js'
import {
  startEmbeddedPostgres,
  type EmbeddedPostgres,
} from '../../src/database/embedded-postgres.js'
import { migrate } from '../../src/database/migrate.js'
import type { HealthReport } from '../../src/monitoring/health.js'
import { placeMigratedCluster } from './database.js'
import { openBalancer } from './running-bus-balancer.js'
import type { LoadConsumer, Sent } from './running-bus-consumer.js'
import { processesOf } from './running-bus-processes.js'
import { countLog, judge, type Verdict } from './running-bus-verdict.js'
import { freePort } from './free-port.js'
import { eventually, killQuietly, type BusField } from './running-bus.js'

/** How a trial went, for a test to judge and for a person to read. */
export interface TrialResult extends Verdict {
  readonly kills: number
  readonly sent: number
  /** Messages that found no bus to connect to. */
  readonly unconnected: number
  /** Messages whose connection ended without an answer. */
  readonly broken: number
  /** Of these, messages whose connection stayed open and silent. */
  readonly hung: number
  /** Refusals by code. */
  readonly refused: Readonly<Record<string, number>>
  readonly seconds: number
}

/** Exchanges between two kills, at most; a random number up to it, so that kills hit any moment. */
const exchangesBetween = 60
const parallel = 16

/** The workers of a bus as they are now. */
export function workersOf(field: BusField, bus: RunningBus): number[] {
  return processesOf(field.folder)
    .filter(({ command }) => command.includes('dist/src/main.js'))
    .map(({ pid }) => pid)
    .filter((pid) => pid !== bus.child.pid)
}

/** Kills workers of a bus under load, with SIGKILL, at random moments; every tenth time all of them. */
export async function killWorkers(field: BusField, kills: number): Promise<TrialResult> {
  const startedAt = performance.now()
  const bus = await field.startNode({ port: await freePort() })
  await field.declare(field.databaseOf())
  const load = (await field.consumerReady(bus.address)).load({ parallel })
  for (let kill = 0; kill < kills; kill += 1) {
    await eventually(async () => (await healthOf(bus)).workers.ready === 2)
    await load.further(1 + Math.floor(Math.random() * exchangesBetween))
    const workers = workersOf(field, bus)
    const victims = kill % 10 === 9 ? workers : workers.slice(kill % 2, (kill % 2) + 1)
    for (const pid of victims) killQuietly(pid)
  }
  await load.further(exchangesBetween)
  const sent = await load.stop()
  const result = await resultOf(field, field.databaseOf(), sent, kills, startedAt)
  await bus.stop()
  return result
}

/**
 * Kills a whole bus under load and starts it again, over and over. Every second time PostgreSQL is
 * killed with it; else it survives, and the next start finds it.
 */
export async function killWholeBus(field: BusField, kills: number): Promise<TrialResult> {
  const startedAt = performance.now()
  const port = await freePort()
  const sent: Sent[] = []
  let bus = await field.startNode({ port })
  await field.declare(field.databaseOf())
  const consumer = await field.consumerReady(bus.address)
  for (let kill = 0; kill < kills; kill += 1) {
    const load = consumer.load({ parallel })
    await load.further(1 + Math.floor(Math.random() * exchangesBetween))
    await field.kill(bus, kill % 2 === 1)
    sent.push(...(await load.stop()))
    bus = await field.startNode({ port })
  }
  const load = consumer.load({ parallel })
  await load.further(exchangesBetween)
  sent.push(...(await load.stop()))
  const result = await resultOf(field, field.databaseOf(), sent, kills, startedAt)
  await bus.stop()
  return result
}

/** Messages on their way at one time over two nodes. */
const parallelOverNodes = 64

/**
 * Two nodes over one PostgreSQL behind a balancer; one is killed in the middle.
 * @param before - what else is to be seen of the two, while both are there
 */
export async function killOneOfTwoNodes(
  field: BusField,
  messages: number,
  before?: (nodes: readonly RunningBus[], databaseUrl: string) => Promise<void>,
): Promise<TrialResult> {
  const startedAt = performance.now()
  const server = await startSharedDatabase(field)
  try {
    const nodes = await startTwoNodes(field, server.url)
    await before?.(nodes, server.url)
    const balancer = await openBalancer(nodes.map(({ address }) => address))
    const consumer = await field.consumerReady(balancer.address)
    const load = consumer.load({ parallel: parallelOverNodes, messages, resend: true })
    await load.further(Math.floor(messages / 2))
    const [first] = nodes
    if (first) await field.killNode(first)
    const sent = await load.finish()
    const result = await resultOf(field, server.url, sent, 1, startedAt)
    await balancer.close()
    await Promise.all(nodes.map((node) => node.stop()))
    return result
  } finally {
    await server.stop()
  }
}

/** A migrated PostgreSQL of the field's own, for nodes that share it. */
export async function startSharedDatabase(field: BusField): Promise<EmbeddedPostgres> {
  const dataDir = field.directoryOf('shared-database')
  await placeMigratedCluster(dataDir)
  return startEmbeddedPostgres({ dataDir })
}

/** Two nodes with keys in common, as an operator sets them up: workers have a login of their own. */
export async function startTwoNodes(field: BusField, migrationUrl: string): Promise<RunningBus[]> {
  const config = await field.sharedKeys()
  await migrate(migrationUrl)
  const { bus: databaseUrl } = await renewLogins(migrationUrl)
  const nodes: RunningBus[] = []
  for (const name of ['node-1', 'node-2']) {
    nodes.push(await field.startNode({ name, databaseUrl, migrationUrl, config, workers: 1 }))
  }
  await field.declare(migrationUrl)
  return nodes
}

/** Waits until the sweep has given every request its outcome, and judges. */
async function resultOf(
  field: BusField,
  databaseUrl: string,
  sent: readonly Sent[],
  kills: number,
  startedAt: number,
): Promise<TrialResult> {
  await eventually(async () => (await countLog(databaseUrl)).open === 0)
  const verdict = await judge(databaseUrl, sent, field.provider.executions)
  const broken = sent.filter(({ outcome }) => outcome === 'broken')
  const refused: Record<string, number> = {}
  for (const { outcome, code = '' } of sent) {
    if (outcome === 'refused') refused[code] = (refused[code] ?? 0) + 1
  }
  return {
    ...verdict,
    kills,
    sent: sent.length,
    unconnected: broken.filter(isUnconnected).length,
    broken: broken.filter((each) => !isUnconnected(each)).length,
    hung: sent.filter(({ code }) => code?.startsWith('UND_ERR_HEADERS_TIMEOUT')).length,
    refused,
    seconds: Math.round((performance.now() - startedAt) / 100) / 10,
  }
}

function isUnconnected({ code }: Sent): boolean {
  return code?.startsWith('ECONNREFUSED') ?? false
}

/** The page for the engineer on call, whatever its status. */
export async function healthOf({ management }: RunningBus): Promise<HealthReport> {
  return (await (await fetch(`${management}/health/ready`)).json()) as HealthReport
}

/** A stream, and no flood: the processors are for those who start meanwhile. */
const pauseUnderLoadMs = 100

/** Sends under load while `work` is done, and says what came of every message. */
export async function underLoad(
  consumer: LoadConsumer,
  work: () => Promise<unknown>,
): Promise<readonly Sent[]> {
  // A kept connection may be closed at the very moment that a request goes out on it, whoever the server
  // is (RFC 9112 §9.5); such a request comes again with its id, and had it been executed it would be
  // refused as DUPLICATE_MESSAGE.
  const load = consumer.load({ parallel, pauseMs: pauseUnderLoadMs, resend: true })
  await load.further(exchangesBetween)
  await work()
  await load.further(exchangesBetween)
  await pause(0)
  return load.stop()
}
