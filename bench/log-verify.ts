/**
 * `npm run bench:verify`: entries a second that the verifier of the logs checks, without and with payloads of
 * 1 kB and message ids, on a database of its own in a temporary folder. Arguments: [exchanges] [--json]
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { createClient, withRole } from '../src/database/connection.js'
import { renewLogins } from '../src/database/embedded-logins.js'
import { startEmbeddedPostgres } from '../src/database/embedded-postgres.js'
import { migrate } from '../src/database/migrate.js'
import { verifyLimits } from '../src/limits/log-archive.js'
import { verifyLogs } from '../src/log-verifier/verify-logs.js'
import { cpuOfTree, othersShare, sampleCpu } from './process-cpu.js'
import { TestSequencer, writeManyExchanges } from '../test/support/log-trees.js'

const isJson = process.argv.includes('--json')
const exchanges = Number(process.argv[2] ?? 100_000) || 100_000
const rounds = 5
const payloadBytes = 1_024
const exchangesPerPass = 1_000

interface Figures {
  readonly entries: number
  readonly withPayloads: boolean
  /** The best round and the median one. */
  readonly perSecond: number
  readonly medianPerSecond: number
  /** CPU of this process for one entry, microseconds. */
  readonly cpuUs: number
  /** CPU of the database's server likewise; null where the system has no `/proc`. */
  readonly serverCpuUs: number | null
  /** Share of the machine that went to other programs meanwhile: how far to trust the rates. */
  readonly othersShare: number | null
  readonly memoryMbMax: number
}

async function fill(ownerUrl: string, busUrl: string): Promise<string[]> {
  const [owner, bus] = [new pg.Client(ownerUrl), new pg.Client(busUrl)]
  await Promise.all([owner.connect(), bus.connect()])
  const sequencer = new TestSequencer(owner)
  for (let written = 0; written < exchanges; written += exchangesPerPass) {
    await writeManyExchanges(bus, Math.min(exchangesPerPass, exchanges - written), payloadBytes)
    await sequencer.pass()
  }
  await owner.query('VACUUM ANALYZE')
  await Promise.all([owner.end(), bus.end()])
  return sequencer.vkeys()
}

async function measure(url: string, logKeys: string[], entriesOnly: boolean): Promise<Figures> {
  const connect = (): pg.Client =>
    createClient({
      url,
      role: 'auditor',
      applicationName: 'sluice bench',
      connectionTimeoutMs: 5_000,
      statementTimeoutMs: 0,
    })
  const before = sampleCpu()
  const rates: number[] = []
  let cpuUs = Infinity
  let memory = 0
  for (let round = 0; round < rounds; round += 1) {
    const [start, cpu] = [performance.now(), process.cpuUsage()]
    const onProgress = (): void => void (memory = Math.max(memory, process.memoryUsage().rss))
    const options = { connect, logKeys, entriesOnly, limits: verifyLimits, onProgress }
    const { defects } = await verifyLogs(options)
    if (defects.length > 0) throw new Error(`a false alarm: ${JSON.stringify(defects[0])}`)
    const used = process.cpuUsage(cpu)
    rates.push((2 * exchanges * 1_000) / (performance.now() - start))
    cpuUs = Math.min(cpuUs, (used.user + used.system) / (2 * exchanges))
  }
  const after = sampleCpu()
  const checked = 2 * exchanges * rounds
  rates.sort((one, other) => other - one)
  return {
    entries: 2 * exchanges,
    withPayloads: !entriesOnly,
    perSecond: Math.round(rates[0] ?? 0),
    medianPerSecond: Math.round(rates[Math.floor(rounds / 2)] ?? 0),
    cpuUs: Math.round(cpuUs * 10) / 10,
    serverCpuUs:
      before && after
        ? Math.round((10 * cpuOfTree(server.pid, before, after)) / checked) / 10
        : null,
    othersShare: before && after ? othersShare([process.pid, server.pid], before, after) : null,
    memoryMbMax: Math.round(memory / (1 << 20)),
  }
}

function line(figures: Figures): string {
  const what = figures.withPayloads ? 'with payloads and message ids' : 'entries and trees alone'
  return [
    `${what.padEnd(30)} ${figures.entries} entries: ${figures.perSecond}/s`,
    `median ${figures.medianPerSecond}/s, CPU ${figures.cpuUs} us an entry and ${figures.serverCpuUs ?? '–'} us of the server`,
    `memory ${figures.memoryMbMax} MB, others ${Math.round(100 * (figures.othersShare ?? 0))} %`,
  ].join(', ')
}

const dataDir = await mkdtemp(join(tmpdir(), 'sluice-bench-verify-'))
const server = await startEmbeddedPostgres({ dataDir })
try {
  await migrate(server.url)
  const logins = await renewLogins(server.url)
  const logKeys = await fill(server.url, withRole(logins.bus, 'bus'))
  const figures = [
    await measure(logins.auditor, logKeys, true),
    await measure(logins.auditor, logKeys, false),
  ]
  console.log(isJson ? JSON.stringify({ verify: figures }) : figures.map(line).join('\n'))
} finally {
  await server.stop()
  await rm(dataDir, { recursive: true, force: true })
}
