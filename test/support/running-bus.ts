import { generateKeyPairSync, randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { stringify } from 'yaml'
import { startBus, type BusStart, type RunningBus } from '../../demo/running-bus.js'
import { makeFolder } from '../../src/config/make-folder.js'
import type { Limits } from '../../src/limits/default-limits.js'
import { announcedAddress } from '../../src/database/database-address.js'
import { privateKeyPem } from '../../src/trust/issuing/key-pair.js'
import { databaseFolder, placeMigratedCluster } from './database.js'
import { makeAuthority, type TestAuthority, type TestIdentity } from './pki.js'
import { LoadConsumer } from './running-bus-consumer.js'
import { childrenOf, processesOf } from './running-bus-processes.js'
import { CountingProvider } from './running-bus-provider.js'
import { TestRegistry, type Fields } from './whole-bus-registry.js'
import { sampleMember, sampleRight, sampleService } from './whole-bus-sample.js'

export const consumerSubsystem = 'AZ/GOV/RITN/PORTAL'
export const providerSubsystem = 'AZ/GOV/VN/VERGI'
/** Not idempotent: what reached the provider is never sent again. */
export const countedService = 'AZ/GOV/VN/VERGI/icra/v1'

export interface NodeOptions extends Partial<
  Pick<BusStart, 'account' | 'databaseUrl' | 'migrationUrl' | 'workers' | 'onLine'>
> {
  /** Name of the node's own folder. */
  readonly name?: string
  readonly port?: number
  readonly limits?: Partial<Limits>
  /** Further keys of the configuration. */
  readonly config?: Fields
  /** The node makes its own database and keys, as at an operator's first start; else it finds them made. */
  readonly makesDatabase?: boolean
}

/** Small, so that a test sees the sweep at work. A provider answers within the first of them. */
const limits = { unresolvedAfterMs: 3_000, sweepEveryMs: 250 }

/**
 * Real buses, as an operator runs them: processes of the built tree, a folder of their own, a
 * consumer with credentials and a provider that counts.
 */
export class BusField {
  readonly folder: string
  readonly provider: CountingProvider
  readonly authority: TestAuthority
  readonly credentials: TestIdentity
  readonly #nodes = new Set<RunningBus>()
  readonly #consumers: LoadConsumer[] = []
  /** Every line the buses wrote. */
  readonly lines: string[] = []

  private constructor(
    folder: string,
    provider: CountingProvider,
    authority: TestAuthority,
    credentials: TestIdentity,
  ) {
    this.folder = folder
    this.provider = provider
    this.authority = authority
    this.credentials = credentials
  }

  /** @param parent - where the field's folder is made; a folder of the system by default */
  static async open(parent = databaseFolder()): Promise<BusField> {
    const folder = await mkdtemp(join(parent, 'sluice-test-field-'))
    const authority = await makeAuthority('Sınaq kökü')
    const credentials = await authority.issue({ subject: 'Portal' })
    return new BusField(folder, await CountingProvider.start(), authority, credentials)
  }

  /** Where a node keeps its own files. */
  directoryOf(name = 'bus'): string {
    return join(this.folder, name)
  }

  async startNode(options: NodeOptions = {}): Promise<RunningBus> {
    const { name = 'bus', port = 0, databaseUrl, migrationUrl, workers = 2, onLine } = options
    const findsDatabase = databaseUrl === undefined && options.makesDatabase !== true
    if (findsDatabase) await this.#placeDatabase(name)
    if (options.makesDatabase !== true) await this.#placeRsaIdentity(name)
    const bus = await startBus({
      account: options.account,
      directory: this.directoryOf(name),
      configFile: await this.writeConfig(options),
      port,
      managementPort: 0,
      workers,
      onLine: (line) => {
        this.lines.push(line)
        onLine?.(line)
      },
      ...(databaseUrl !== undefined && { databaseUrl }),
      ...(migrationUrl !== undefined && { migrationUrl }),
    })
    this.#nodes.add(bus)
    void bus.ended.then(() => this.#nodes.delete(bus))
    return bus
  }

  /** Making one takes longer than everything else in a start. */
  async #placeDatabase(name: string): Promise<void> {
    const dataDir = join(this.directoryOf(name), 'postgres')
    if (!existsSync(dataDir)) await placeMigratedCluster(dataDir)
  }

  /** Finding the primes of two keys takes a fifth of a start. */
  async #placeRsaIdentity(name: string): Promise<void> {
    const folder = join(this.directoryOf(name), 'identity-rsa')
    if (existsSync(folder)) return
    const root = await makeAuthority('Şlüz RSA kökü', { keyType: 'rsa-2048' })
    const bus = await root.issue({ subject: 'Şlüz RSA', keyType: 'rsa-2048' })
    makeFolder(folder, {
      'bus-key.pem': { secret: privateKeyPem(bus.privateKey) },
      'bus.pem': bus.pem,
      'bus-ca.pem': root.pem,
    })
  }

  /** Environment of the node `bus`, for a start that may fail; `more` goes over it. */
  environment(more: Readonly<Record<string, string>> = {}): Record<string, string> {
    return {
      SLUICE_CONFIG: this.#configFile('bus'),
      SLUICE_VAR: this.directoryOf(),
      SLUICE_PORT: '0',
      SLUICE_MANAGEMENT_PORT: '0',
      SLUICE_WORKERS: '2',
      ...more,
    }
  }

  /** Writes a node's configuration file. @returns its path */
  async writeConfig({ name = 'bus', limits: own, config }: NodeOptions = {}): Promise<string> {
    const file = this.#configFile(name)
    const outbound = { privateAddresses: ['127.0.0.0/8'] }
    await mkdir(this.folder, { recursive: true })
    await writeFile(
      file,
      stringify({
        management: {},
        limits: { ...limits, ...own },
        adapters: { rest: { outbound } },
        ...config,
      }),
    )
    return file
  }

  #configFile(name: string): string {
    return join(this.folder, `${name}.yaml`)
  }

  /** Address of a node's embedded database, owner's login; for the test, never for a bus. */
  databaseOf(name = 'bus'): string {
    const url = announcedAddress(this.directoryOf(name))
    if (url === undefined) throw new Error(`the bus in ${name} has no database`)
    return url
  }

  /** Declares consumer, provider and right; `fields` of the service replace the sample's. */
  async declare(databaseUrl: string, fields: Fields = {}): Promise<void> {
    const registry = await TestRegistry.open(databaseUrl)
    try {
      await registry.applyOnly({
        domains: [{ code: 'PORTAL', status: 'active' }],
        authorities: [
          { name: 'Sınaq kökü', pem: this.authority.pem, role: 'anchor', revocation: 'none' },
        ],
        members: [
          sampleMember(consumerSubsystem, {
            certificates: [{ pem: this.credentials.pem }],
            assertsUsers: true,
          }),
          sampleMember(providerSubsystem, {
            services: [
              sampleService('icra', this.provider.address, {
                limits: { timeLimitMs: 2_500, concurrentMax: 256 },
                ...fields,
              }),
            ],
          }),
        ],
        accessRights: [sampleRight(consumerSubsystem, countedService)],
      })
    } finally {
      await registry.close()
    }
  }

  consumerAt(address: string): LoadConsumer {
    const consumer = new LoadConsumer({
      address,
      subsystem: consumerSubsystem,
      service: countedService,
      credentials: this.credentials,
    })
    this.#consumers.push(consumer)
    return consumer
  }

  /** Resolves with a consumer once the bus at `address` answers it: the registry has arrived. */
  async consumerReady(address: string): Promise<LoadConsumer> {
    const consumer = this.consumerAt(address)
    await eventually(async () => (await consumer.send()).outcome === 'answered')
    return consumer
  }

  /** Kills the field's only bus outright, and its PostgreSQL where `withDatabase`. */
  async kill(bus: RunningBus, withDatabase: boolean): Promise<void> {
    const own = processesOf(this.folder).filter(
      ({ command }) => withDatabase || !command.includes('postgres'),
    )
    for (const { pid } of own) killQuietly(pid)
    await bus.ended
  }

  /** Kills one node of several: its supervisor and its workers. */
  async killNode(bus: RunningBus): Promise<void> {
    const { pid: supervisor = 0 } = bus.child
    // The supervisor first: it would replace a worker.
    for (const pid of [supervisor, ...childrenOf(supervisor)]) killQuietly(pid)
    await bus.ended
  }

  /** Configuration that gives several nodes the same keys of the message log. */
  async sharedKeys(): Promise<Fields> {
    const files = { payloadKeyFile: 'payload.key', pseudonymKeyFile: 'pseudonym.key' }
    const keys: Record<string, string> = {}
    for (const [name, file] of Object.entries(files)) {
      keys[name] = join(this.folder, file)
      await writeFile(join(this.folder, file), randomBytes(32).toString('base64'), { mode: 0o600 })
    }
    keys['logSigningKeyFile'] = join(this.folder, 'log-signing.key')
    const { privateKey } = generateKeyPairSync('ed25519')
    await writeFile(
      keys['logSigningKeyFile'],
      privateKey.export({ format: 'pem', type: 'pkcs8' }),
      { mode: 0o600 },
    )
    return { keys }
  }

  /** Ends everything and removes the folder. */
  async close(): Promise<void> {
    await Promise.all(this.#consumers.map((consumer) => consumer.close()))
    await Promise.all([...this.#nodes].map((bus) => bus.stop()))
    for (const { pid } of processesOf(this.folder)) killQuietly(pid)
    await this.provider.close()
    await rm(this.folder, { recursive: true, force: true })
  }
}

export function killQuietly(pid: number, signal: NodeJS.Signals = 'SIGKILL'): void {
  try {
    process.kill(pid, signal)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
}

const lookMs = 25
const lookMsMax = 250

/**
 * Resolves once the condition holds; for what no event tells. What takes longer is looked at less often, since many a look costs
 * a connection to the database, and takes the processor from what is waited for. @throws Error after `limitMs`
 */
export async function eventually(
  condition: () => boolean | Promise<boolean>,
  limitMs = 20_000,
): Promise<void> {
  const startedAt = Date.now()
  while (!(await condition())) {
    const waitedMs = Date.now() - startedAt
    if (waitedMs > limitMs) throw new Error(`not within ${limitMs} ms: ${condition.toString()}`)
    await pause(Math.min(lookMs + waitedMs / 10, lookMsMax))
  }
}
