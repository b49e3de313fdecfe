import { createWriteStream, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { stringify } from 'yaml'
import { startBus, type RunningBus } from '../demo/running-bus.js'
import { SamplePki, type Credentials } from '../demo/sample-pki.js'
import { openRegistryOf } from '../src/cli/open-database.js'
import { registryCommand } from '../src/cli/registry.js'
import { createClient } from '../src/database/connection.js'
import { announcedAddress } from '../src/database/database-address.js'
import type { IssuedKeyType } from '../src/trust/issuing/key-pair.js'
import type { LoadSigner } from './load-order.js'

/** Kinds of the consumers' keys. */
export const consumerKeys = ['rsa-2048', 'p256'] as const satisfies readonly IssuedKeyType[]
export type ConsumerKey = (typeof consumerKeys)[number]

/** A real bus with its own processes and database, and the bench's parties in its registry. */
export interface BenchBus {
  readonly running: RunningBus
  /** Where the benched service is called. */
  readonly serviceUrl: string
  readonly signers: Readonly<Record<ConsumerKey, LoadSigner>>
  countEntries(): Promise<EntryCount>
  stop(): Promise<void>
}

/** What is in the message log. */
export interface EntryCount {
  readonly requests: number
  /** Replies of exchanges that were answered. */
  readonly answers: number
  /** Refusals, exchanges without outcome: there should be none. */
  readonly others: number
}

const providerCode = 'ECHO'
const serviceCode = 'echo'
/** 16 MB each; enough for what is written until the database makes a checkpoint of its own. */
const walSegments = 112

/** @throws Error when the bus does not start or does not take the registry */
export async function startBenchBus(
  folder: string,
  provider: string,
  workers: number,
): Promise<BenchBus> {
  const directory = join(folder, 'bus')
  mkdirSync(directory, { recursive: true })
  const configFile = join(folder, 'bus.yaml')
  // The provider lives on this machine, so the bus may call loopback addresses.
  const outbound = { privateAddresses: ['127.0.0.0/8'] }
  writeFileSync(configFile, stringify({ management: {}, adapters: { rest: { outbound } } }))
  const systemLog = createWriteStream(join(folder, 'bus.log'))
  const ports = { port: 0, managementPort: 0 }
  const running = await startBus({
    ...{ directory, configFile, ...ports, workers },
    onLine: (line) => systemLog.write(`${line}\n`),
  })
  try {
    const signers = await registerParties(folder, directory, provider)
    await ageDatabase(directory)
    return {
      running,
      serviceUrl: `${running.address}/r1/AZ/GOV/BENCH/${providerCode}/${serviceCode}/v1`,
      signers,
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

async function registerParties(
  folder: string,
  directory: string,
  provider: string,
): Promise<Record<ConsumerKey, LoadSigner>> {
  const pki = await SamplePki.open(folder)
  await pki.publishRevocationList([])
  const credentials = {
    'rsa-2048': await pki.credentials('consumer-rsa', 'rsa-2048'),
    p256: await pki.credentials('consumer-p256', 'p256'),
  }
  const file = join(folder, 'registry.yaml')
  writeFileSync(file, stringify(declaration(pki, credentials, provider)))
  const words: string[] = []
  const note = (line: string): void => void words.push(line)
  const place = { directory, databaseUrl: undefined, migrationUrl: undefined }
  const exitCode = await registryCommand(['apply', file], { out: note, err: note }, () =>
    openRegistryOf(place),
  )
  if (exitCode !== 0) throw new Error(words.join('\n'))
  return {
    'rsa-2048': signerOf('rsa-2048', credentials['rsa-2048']),
    p256: signerOf('p256', credentials.p256),
  }
}

function signerOf(key: ConsumerKey, { privateKey, thumbprint }: Credentials): LoadSigner {
  const privateKeyPem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
  return { privateKeyPem, thumbprint, client: consumerOf(key) }
}

function consumerOf(key: ConsumerKey): string {
  return `AZ/GOV/BENCH/${subsystemOf(key)}`
}

function subsystemOf(key: ConsumerKey): string {
  return key.toUpperCase()
}

function declaration(
  pki: SamplePki,
  credentials: Readonly<Record<ConsumerKey, Credentials>>,
  provider: string,
): object {
  const service = `AZ/GOV/BENCH/${providerCode}/${serviceCode}/v1`
  return {
    instance: 'AZ',
    domains: [{ code: 'PORTAL', status: 'active' }],
    authorities: [
      {
        name: 'Sluice sample authority',
        file: pki.authorityFile,
        role: 'anchor',
        revocation: 'crl',
        crl: pki.revocationListFile,
      },
    ],
    members: [
      {
        class: 'GOV',
        code: 'BENCH',
        name: { az: 'Sınaq', en: 'Bench' },
        subsystems: [
          ...consumerKeys.map((key) => ({
            code: subsystemOf(key),
            domain: 'PORTAL',
            name: { az: 'Sorğu göndərən', en: 'Consumer' },
            certificates: [{ file: join(credentials[key].folder, 'certificate.pem') }],
          })),
          {
            code: providerCode,
            domain: 'PORTAL',
            name: { az: 'Xidmət təchizatçısı', en: 'Provider' },
            services: [
              {
                ...{ code: serviceCode, version: 'v1', default: true, protocol: 'rest' },
                ...{ address: `${provider}/echo`, modes: ['body'] },
              },
            ],
          },
        ],
      },
    ],
    accessRights: consumerKeys.map((key) => ({
      consumer: consumerOf(key),
      service,
      legalBasis: 'Decree 813, 5.1.4',
      purpose: 'bench',
      from: '2020-01-01',
      modes: ['body'],
    })),
  }
}

/**
 * A database in operation writes its log into segments that it had before. A new one makes each of them,
 * 16 MB of zeros, when it is needed, and commits wait for that: so segments are made first, and the
 * checkpoint keeps them for what comes.
 */
async function ageDatabase(directory: string): Promise<void> {
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

async function countEntries(directory: string): Promise<EntryCount> {
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
