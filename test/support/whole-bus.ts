import 'reflect-metadata'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { NestFactory } from '@nestjs/core'
import type { INestApplicationContext } from '@nestjs/common'
import { pino } from 'pino'
import { stringify } from 'yaml'
import { BusModule } from '../../src/bus.module.js'
import { BusProcess } from '../../src/bus-process.js'
import { loadConfig, type Config } from '../../src/config/config.js'
import { readEnvironment } from '../../src/config/env.js'
import { loadIdentity, loadRsaIdentity } from '../../src/config/identity.js'
import type { Limits } from '../../src/limits/default-limits.js'
import { loadLogKeys } from '../../src/config/log-keys.js'
import { Secret } from '../../src/config/secrets.js'
import { describeError } from '../../src/monitoring/system-log.js'
import { RegistryFollower } from '../../src/registry/registry-follower.store.js'
import { privateKeyPem } from '../../src/trust/issuing/key-pair.js'
import { startTestDatabase, type TestDatabase } from './database.js'
import { SubjectAlternativeNameExtension } from '@peculiar/x509'
import { makeAuthority, type TestAuthority, type TestIdentity } from './pki.js'
import { TestConsumer } from './whole-bus-consumer.js'
import { TestLogReader } from './whole-bus-log.js'
import { TestProvider } from './whole-bus-provider.js'
import { TestRegistry, type Fields } from './whole-bus-registry.js'
import { authorityName, sampleDeclaration, services, subsystems } from './whole-bus-sample.js'

export interface WholeBusOptions {
  readonly limits?: Partial<Limits>
  /** Settings of the REST lane beside its port. */
  readonly rest?: Fields
  /** Settings of the SOAP lane beside its port; without them there is none. */
  readonly soap?: Fields
  /** Address of a broker, for the lane of queues; without it there is none. */
  readonly broker?: string
  /** Consumers come over TLS; its certificate is for 127.0.0.1. */
  readonly isTls?: boolean
  /** Settings of TLS beside the certificate and its key. */
  readonly tls?: Fields
  readonly zones?: readonly Fields[]
  /** Settings of a node's checks of conformity; endpoints are believed by the test's authority. */
  readonly conformity?: Fields
}

/** One bus process over the database of a test. */
export interface RunningBus {
  readonly address: string
  readonly app: INestApplicationContext
  readonly config: Config
  close(): Promise<void>
}

type SampleName = 'portal' | 'personnel' | 'taxes' | 'education'

/** A bus with its database, its authority, two consumers and two providers. */
export interface WholeBus {
  readonly address: string
  readonly app: INestApplicationContext
  readonly config: Config
  readonly database: TestDatabase
  readonly registry: TestRegistry
  readonly log: TestLogReader
  /** The key that opens payloads. */
  readonly payloadKey: Buffer
  /** Lines of the system log so far. */
  readonly systemLog: string[]
  readonly authority: TestAuthority
  readonly identities: Readonly<Record<SampleName, TestIdentity>>
  readonly busCertificate: string
  /** That of the key by which subsystems with `replySignature: rsa` are answered. */
  readonly busRsaCertificate: string
  readonly consumers: { readonly portal: TestConsumer; readonly personnel: TestConsumer }
  readonly providers: { readonly taxes: TestProvider; readonly education: TestProvider }
  /** The portal's system; `consumers.portal`. */
  readonly portal: TestConsumer
  /** The system of another subsystem, or of one with other credentials. */
  consumer(subsystem: string, credentials: TestIdentity): TestConsumer
  /** Another bus over the same database, with the same identity. */
  startAnother(options?: WholeBusOptions): Promise<RunningBus>
  close(): Promise<void>
}

/**
 * The whole bus as a process runs it, built by the composition root: real database, sockets,
 * certificates, registry and log. For a spec file's `beforeAll`; `close` gives everything back.
 */
export async function startWholeBus(options: WholeBusOptions = {}): Promise<WholeBus> {
  const closers: (() => unknown)[] = []
  const close = async (): Promise<void> => {
    for (const closer of closers.splice(0).reverse()) await closer()
  }
  try {
    return await assemble(options, closers, close)
  } catch (error) {
    await close()
    throw error
  }
}

async function assemble(
  options: WholeBusOptions,
  closers: (() => unknown)[],
  close: () => Promise<void>,
): Promise<WholeBus> {
  const folder = await mkdtemp(join(tmpdir(), 'sluice-test-bus-'))
  closers.push(() => rm(folder, { recursive: true, force: true }))
  const database = await startTestDatabase()
  closers.push(() => database.stop())
  const registry = await TestRegistry.open(database.ownerUrl)
  closers.push(() => registry.close())

  const authority = await makeAuthority(authorityName)
  const identities = await issueIdentities(authority)
  const busCertificate = await writeBusIdentity(folder, authority)
  const busRsaCertificate = await writeBusRsaIdentity(folder, authority)
  const systemLog: string[] = []
  const start = async (own: WholeBusOptions): Promise<RunningBus> => {
    const bus = await startBus(folder, database.busUrl, own, systemLog)
    closers.push(() => bus.close())
    registry.follow(bus.app.get(RegistryFollower))
    return bus
  }
  await registry.publishList(authorityName, authority)
  const providers = { taxes: await TestProvider.start(), education: await TestProvider.start() }
  await registry.applyOnly(sampleDeclaration(registry, authority, identities, providers))
  await registry.fetchLists()
  const first = await start(options)
  const payloadKeyText = await readFile(join(folder, 'keys/payload.key'), 'utf8')
  const payloadKey = Buffer.from(payloadKeyText, 'base64')
  const log = await TestLogReader.open(database.ownerUrl, payloadKey)
  closers.push(() => log.close())
  // Before the bus, which waits for what is in progress: a provider may hang to the end.
  for (const provider of Object.values(providers)) closers.push(() => provider.close())

  const { address, app, config } = first
  const consumer = (subsystem: string, credentials: TestIdentity): TestConsumer => {
    const { taxes: service } = services
    const ca = authority.pem
    const one = new TestConsumer({
      ...{ subsystem, credentials, address, busCertificate, ca, service },
    })
    closers.push(() => one.close())
    return one
  }
  const portal = consumer(subsystems.portal, identities.portal)
  const personnel = consumer(subsystems.personnel, identities.personnel)
  return {
    ...{
      address,
      app,
      config,
      database,
      registry,
      log,
      payloadKey,
      systemLog,
      authority,
      identities,
    },
    ...{ busCertificate, busRsaCertificate },
    ...{ consumers: { portal, personnel }, providers, portal, consumer, close },
    startAnother: (own = options) => start(own),
  }
}

async function issueIdentities(
  authority: TestAuthority,
): Promise<Readonly<Record<SampleName, TestIdentity>>> {
  const [portal, personnel, taxes, education] = await Promise.all([
    authority.issue({ subject: 'Portal' }),
    authority.issue({ subject: 'Kadr uçotu' }),
    authority.issue({ subject: 'Vergi sistemi' }),
    authority.issue({ subject: 'Diplom sistemi' }),
  ])
  return { portal, personnel, taxes, education }
}

const extendedKeyUsage = '2.5.29.37'

/** @returns PEM of the bus's certificate, which serves its signatures and its TLS listener */
async function writeBusIdentity(folder: string, authority: TestAuthority): Promise<string> {
  const bus = await authority.issue({
    subject: 'Şlüz',
    extensions: [new SubjectAlternativeNameExtension([{ type: 'ip', value: '127.0.0.1' }])],
    without: [extendedKeyUsage],
  })
  await writeFile(join(folder, 'bus-key.pem'), privateKeyPem(bus.privateKey))
  await writeFile(join(folder, 'bus.pem'), bus.pem)
  await writeFile(join(folder, 'ca.pem'), authority.pem)
  await mkdir(join(folder, 'keys'))
  return bus.pem
}

/** @returns PEM of the certificate */
async function writeBusRsaIdentity(folder: string, authority: TestAuthority): Promise<string> {
  const bus = await authority.issue({ subject: 'Şlüz RSA', keyType: 'rsa-2048' })
  await writeFile(join(folder, 'bus-rsa-key.pem'), privateKeyPem(bus.privateKey))
  await writeFile(join(folder, 'bus-rsa.pem'), bus.pem)
  return bus.pem
}

let configurations = 0

async function startBus(
  folder: string,
  databaseUrl: string,
  options: WholeBusOptions,
  systemLog: string[],
): Promise<RunningBus> {
  const config = await configOf(folder, options)
  const log = pino(
    { level: 'debug', base: null, serializers: { err: describeError } },
    { write: (line: string) => void systemLog.push(line) },
  )
  const input = {
    config,
    databaseUrl: new Secret(databaseUrl),
    identity: await loadIdentity(config),
    rsaIdentity: await loadRsaIdentity(config),
    logKeys: loadLogKeys(config),
  }
  const app = await NestFactory.createApplicationContext(BusModule.forRoot(input, log), {
    logger: false,
    abortOnError: false,
  })
  const [address] = app.get(BusProcess).addresses
  if (address === undefined) throw new Error('the bus does not listen')
  return { address, app, config, close: () => app.close() }
}

async function configOf(
  folder: string,
  { limits, rest, soap, broker, isTls = false, tls, zones = [], conformity }: WholeBusOptions,
): Promise<Config> {
  configurations += 1
  const configFile = join(folder, `bus-${configurations}.yaml`)
  const identity = {
    keyFile: join(folder, 'bus-key.pem'),
    certificateFile: join(folder, 'bus.pem'),
  }
  const rsaIdentity = {
    keyFile: join(folder, 'bus-rsa-key.pem'),
    certificateFile: join(folder, 'bus-rsa.pem'),
  }
  const outbound = { privateAddresses: ['127.0.0.0/8'], caFile: join(folder, 'ca.pem') }
  await writeFile(
    configFile,
    stringify(
      {
        directory: folder,
        management: { port: 0 },
        logLevel: 'debug',
        identity,
        rsaIdentity,
        limits: { ...limits },
        zones,
        ...(conformity && {
          admin: { port: 0, conformity: { authoritiesFile: outbound.caFile, ...conformity } },
        }),
        ...(broker !== undefined && { broker: { url: broker } }),
        adapters: {
          rest: {
            port: 0,
            outbound,
            ...(isTls && { tls: { ...identity, ...tls } }),
            ...rest,
          },
          ...(soap && { soap: { port: 0, outbound, ...soap } }),
          ...(broker !== undefined && { mq: {} }),
        },
      },
      { aliasDuplicateObjects: false },
    ),
  )
  return loadConfig(readEnvironment({ SLUICE_CONFIG: configFile }), 1)
}
