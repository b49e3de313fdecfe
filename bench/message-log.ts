/**
 * What durable evidence costs: entries a second, and CPU of this process and of PostgreSQL for one
 * exchange of two halves with 1 KB of payload each. Prints one JSON object.
 *
 * Environment of the run: an embedded PostgreSQL of its own in a temporary folder, fsync on.
 * Arguments: [exchanges in all] [exchanges in progress at a time] [answers of 10 MB that another consumer
 * has in progress all the while; the CPU then is that of both]
 */
import { generateKeyPairSync, randomBytes } from 'node:crypto'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { createClient } from '../src/database/connection.js'
import { renewLogins } from '../src/database/embedded-logins.js'
import { startEmbeddedPostgres } from '../src/database/embedded-postgres.js'
import { migrate } from '../src/database/migrate.js'
import { parseSubsystemId } from '../src/exchange/identifier.js'
import { MessageLog } from '../src/message-log/message-log.store.js'
import { createReceiptSigner } from '../src/receipt/receipt-signer.js'
import { sampleAccepted, sampleValidated } from '../test/support/sample-exchange.js'

const exchangesMax = Number(process.argv[2] ?? 40_000)
const inProgress = Number(process.argv[3] ?? 64)
const largeInProgress = Number(process.argv[4] ?? 0)
const payload = randomBytes(1024)
const largePayload = largeInProgress > 0 ? randomBytes(10 << 20) : payload
const largeConsumer = parseSubsystemId('AZ/GOV/TN/EMAKTAB')
const providerMsMax = 5
const head = `POST /r1/AZ/GOV/DIN/GCQ/finAxtaris HTTP/1.1\r\nx: ${'h'.repeat(700)}\r\n\r\n`
const clockTickUs = 10_000

/** CPU time of a server and all its processes, the ended ones included, microseconds (Linux). */
async function serverCpuUs(postmaster: number): Promise<number> {
  let ticks = 0
  for (const name of await readdir('/proc')) {
    if (!/^[0-9]+$/.test(name)) continue
    const text = await readFile(`/proc/${name}/stat`, 'utf8').catch(() => '')
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ')
    const [utime, stime, cutime, cstime] = fields.slice(11, 15).map(Number)
    const isPostmaster = name === String(postmaster)
    if (!isPostmaster && fields[1] !== String(postmaster)) continue
    ticks += (utime ?? 0) + (stime ?? 0) + (isPostmaster ? (cutime ?? 0) + (cstime ?? 0) : 0)
  }
  return ticks * clockTickUs
}

async function oneExchange(log: MessageLog, latenciesMs: number[]): Promise<void> {
  const validated = sampleValidated({ payload, head })
  const accepted = sampleAccepted({ payload, head })
  const start = performance.now()
  const logged = await log.logRequest(validated)
  latenciesMs.push(performance.now() - start)
  // Without it all answer in step, and share commits as no real exchanges do.
  await pause(Math.random() * providerMsMax)
  await log.logReply(accepted, logged)
}

async function largeExchanges(log: MessageLog, ended: AbortSignal): Promise<void> {
  while (!ended.aborted) {
    const logged = await log.logRequest(sampleValidated({ payload, head, consumer: largeConsumer }))
    await log.logReply(sampleAccepted({ payload: largePayload, head }), logged)
  }
}

async function run(log: MessageLog, exchanges: number): Promise<number[]> {
  const latenciesMs: number[] = []
  let started = 0
  const lane = async (): Promise<void> => {
    while (started < exchanges) {
      started += 1
      await oneExchange(log, latenciesMs)
    }
  }
  await Promise.all(Array.from({ length: inProgress }, lane))
  return latenciesMs.sort((a, b) => a - b)
}

async function measure(log: MessageLog, postmaster: number): Promise<Record<string, number>> {
  await run(log, Math.min(5_000, exchangesMax))
  const before = {
    log: log.state(),
    node: process.cpuUsage(),
    server: await serverCpuUs(postmaster),
  }
  const start = performance.now()
  const latenciesMs = await run(log, exchangesMax)
  const seconds = (performance.now() - start) / 1000
  const node = process.cpuUsage(before.node)
  const server = (await serverCpuUs(postmaster)) - before.server
  const after = log.state()
  const round = (value: number): number => Math.round(value * 10) / 10
  return {
    exchangesInProgress: inProgress,
    largeInProgress,
    exchangesPerSecond: Math.round(exchangesMax / seconds),
    entriesPerSecond: Math.round((2 * exchangesMax) / seconds),
    nodeCpuUsPerExchange: round((node.user + node.system) / exchangesMax),
    postgresCpuUsPerExchange: round(server / exchangesMax),
    entriesPerCommit: round(
      (after.entries - before.log.entries) / (after.commits - before.log.commits),
    ),
    p50Ms: round(latenciesMs[Math.floor(latenciesMs.length * 0.5)] ?? NaN),
    p99Ms: round(latenciesMs[Math.floor(latenciesMs.length * 0.99)] ?? NaN),
  }
}

const dataDir = await mkdtemp(join(tmpdir(), 'sluice-bench-log-'))
const server = await startEmbeddedPostgres({ dataDir })
try {
  await migrate(server.url)
  const { bus: url } = await renewLogins(server.url)
  const log = new MessageLog({
    connect: () =>
      createClient({
        url,
        role: 'bus',
        applicationName: 'sluice bench',
        connectionTimeoutMs: 5_000,
        statementTimeoutMs: 10_000,
      }),
    payloadKey: randomBytes(32),
    pseudonymKey: randomBytes(32),
    signReceipts: createReceiptSigner({
      privateKey: generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey,
      certificateThumbprint: randomBytes(32).toString('base64url'),
    }),
    warn: (event, details) => console.error(event, details),
  })
  await log.start()
  const ended = new AbortController()
  const large = Array.from({ length: largeInProgress }, () => largeExchanges(log, ended.signal))
  console.log(JSON.stringify(await measure(log, server.pid), undefined, 2))
  ended.abort()
  await Promise.all(large)
  await log.close()
} finally {
  await server.stop()
  await rm(dataDir, { recursive: true, force: true })
}
