import { createWriteStream, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { stringify } from 'yaml'
import { startBus, type RunningBus } from '../demo/running-bus.js'
import { createClient } from '../src/database/connection.js'
import { announcedAddress } from '../src/database/database-address.js'
import {
  registerParties,
  serviceOf,
  type BenchProvider,
  type BenchProviders,
  type ConsumerKey,
  type ExtraService,
} from './bench-registry.js'
import type { LaneName, LoadSigner, LoadTarget } from './load-order.js'

/** A real bus with its own processes and database, and the bench's parties in its registry. */
export interface BenchBus {
  readonly running: RunningBus
  /** Where a service is called, and by whom. */
  target(call: BenchCall): Omit<LoadTarget, 'connections'>
  countEntries(): Promise<EntryCount>
  stop(): Promise<void>
}

export interface BenchCall {
  readonly lane: LaneName
  readonly consumerKey: ConsumerKey
  readonly payloadBytes: number
  /** By default the benched provider, which answers at once. */
  readonly provider?: BenchProvider
  /** In place of a provider's service, with its version. */
  readonly service?: string
}

/** What is in the message log. */
export interface EntryCount {
  readonly requests: number
  /** Replies of exchanges that were answered. */
  readonly answers: number
  /** Refusals, and exchanges without outcome. */
  readonly others: number
}

/** 16 MB each; enough for what is written until the database makes a checkpoint of its own. */
const walSegments = 112

/** The build that this file belongs to: it is in dist/bench. */
export const ownDist = dirname(dirname(fileURLToPath(import.meta.url)))

/** @throws Error when the bus does not start or does not take the registry */
export async function startBenchBus(
  folder: string,
  providers: BenchProviders,
  workers: number,
  dist = ownDist,
  extra: readonly ExtraService[] = [],
): Promise<BenchBus> {
  const directory = join(folder, 'bus')
  mkdirSync(directory, { recursive: true })
  const configFile = join(folder, 'bus.yaml')
  // The providers live on this machine, so the bus may call loopback addresses.
  const lane = (): object => ({ outbound: { privateAddresses: ['127.0.0.0/8'] } })
  const adapters = { rest: lane(), soap: lane() }
  writeFileSync(configFile, stringify({ management: {}, adapters }))
  const systemLog = createWriteStream(join(folder, 'bus.log'))
  const ports = { port: 0, soapPort: 0, managementPort: 0 }
  const running = await startBus({
    ...{ directory, configFile, ...ports, workers, program: join(dist, 'src/main.js') },
    onLine: (line) => systemLog.write(`${line}\n`),
  })
  try {
    const signers = await registerParties(folder, { dist, directory }, providers, extra)
    await ageDatabase(directory)
    const busCertificatePem = readFileSync(join(directory, 'identity/bus.pem'), 'utf8')
    return {
      running,
      target: (call) => ({ ...targetOf(call, running, signers), busCertificatePem }),
      countEntries: () => countEntries(directory),
      stop: async () => {
        await running.stop()
        systemLog.end()
      },
    }
  } catch (error) {
    await running.stop()
    throw error
  }
}

function targetOf(
  { lane, consumerKey, payloadBytes, provider = 'provider', service: given }: BenchCall,
  { addresses: [rest, soap = ''] }: RunningBus,
  signers: Readonly<Record<ConsumerKey, LoadSigner>>,
): Omit<LoadTarget, 'connections' | 'busCertificatePem'> {
  const service = given ?? serviceOf(lane, provider)
  const url = lane === 'rest' ? `${rest}/r1/${service}` : `${soap}/`
  return { lane, url, service, payloadBytes, signer: signers[consumerKey] }
}

/**
 * A database in operation writes its log into segments that it had before. A new one makes each of them,
 * 16 MB of zeros, when it is needed, and commits wait for that: so segments are made first, and the
 * checkpoint keeps them for what comes.
 */
export async function ageDatabase(directory: string): Promise<void> {
  const client = createClient({
    url: announcedAddress(directory) ?? '',
    role: 'owner',
    applicationName: 'sluice bench',
    connectionTimeoutMs: 5_000,
    statementTimeoutMs: 60_000,
  })
  await client.connect()
  try {
    for (let segment = 0; segment < walSegments; segment += 1) {
      await client.query("SELECT pg_logical_emit_message(false, 'sluice bench', '')")
      await client.query('SELECT pg_switch_wal()')
    }
    await client.query('CHECKPOINT')
  } finally {
    await client.end()
  }
}

export async function countEntries(directory: string): Promise<EntryCount> {
  const client = createClient({
    url: announcedAddress(directory) ?? '',
    role: 'bus',
    applicationName: 'sluice bench',
    connectionTimeoutMs: 5_000,
    statementTimeoutMs: 60_000,
  })
  await client.connect()
  try {
    const { rows } = await client.query<EntryCount>(
      `SELECT count(*) FILTER (WHERE kind = 'request')::int AS requests,
        count(*) FILTER (WHERE kind = 'reply' AND outcome = 'answered')::int AS answers,
        count(*) FILTER (WHERE kind NOT IN ('request', 'reply'))::int AS others
        FROM sluice.message_log_entry`,
    )
    return rows[0] ?? { requests: 0, answers: 0, others: 0 }
  } finally {
    await client.end()
  }
}
