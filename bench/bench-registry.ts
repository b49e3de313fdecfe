import { execFile } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { stringify } from 'yaml'
import { SamplePki, type Credentials } from '../demo/sample-pki.js'
import type { IssuedKeyType } from '../src/trust/issuing/key-pair.js'
import type { LaneName, LoadSigner } from './load-order.js'
import { soapServiceCode } from './soap-payload.js'

/** Kinds of the consumers' keys. */
export const consumerKeys = ['rsa-2048', 'p256'] as const satisfies readonly IssuedKeyType[]
export type ConsumerKey = (typeof consumerKeys)[number]

/** A neighbour is another provider, which answers as the first does, or hangs. */
export type BenchProvider = 'provider' | 'neighbour' | 'hanging neighbour'

/** A service beside those that every bench has: of the subsystem CONTRACTS. */
export interface ExtraService {
  readonly code: string
  readonly protocol: LaneName
  readonly address: string
  /** Folder of its contract; undefined where it has none. */
  readonly contract: string | undefined
}

/** Its identifier. */
export function extraServiceOf(code: string): string {
  return `${member}/CONTRACTS/${code}/v1`
}

/** Origins of the providers. */
export interface BenchProviders {
  readonly provider: string
  readonly neighbour: string
}

const lanes: readonly LaneName[] = ['rest', 'soap']
const member = 'AZ/GOV/BENCH'
/** The neighbour's second version of its service hangs. */
const versions = { provider: 'v1', neighbour: 'v1', 'hanging neighbour': 'v2' } as const

/** A provider's service in a lane, with its version. */
export function serviceOf(lane: LaneName, provider: BenchProvider): string {
  const who = provider === 'provider' ? 'provider' : 'neighbour'
  return `${member}/${subsystemOf(lane, who)}/${soapServiceCode}/${versions[provider]}`
}

/** Where a bus is built, and where it keeps its own files. */
export interface BuiltBus {
  /** Its `dist` folder. */
  readonly dist: string
  readonly directory: string
}

/**
 * Declares consumers, providers and who may call whom, by the command line of the very build: another's would
 * bring the database to a schema of its own.
 * @returns what consumers sign with
 * @throws Error in the words of the command line
 */
export async function registerParties(
  folder: string,
  { dist, directory }: BuiltBus,
  providers: BenchProviders,
  extra: readonly ExtraService[] = [],
): Promise<Record<ConsumerKey, LoadSigner>> {
  const pki = await SamplePki.open(folder)
  await pki.publishRevocationList([])
  const credentials = {
    'rsa-2048': await pki.credentials('consumer-rsa', 'rsa-2048'),
    p256: await pki.credentials('consumer-p256', 'p256'),
  }
  const file = join(folder, 'registry.yaml')
  writeFileSync(file, stringify(declaration(pki, credentials, providers, extra)))
  const environment: NodeJS.ProcessEnv = { ...process.env, SLUICE_VAR: directory }
  delete environment['DATABASE_URL']
  delete environment['DATABASE_MIGRATION_URL']
  const command = [join(dist, 'src/cli/main.js'), 'registry', 'apply', file]
  await promisify(execFile)(process.execPath, command, { env: environment })
  return {
    'rsa-2048': signerOf('rsa-2048', credentials['rsa-2048']),
    p256: signerOf('p256', credentials.p256),
  }
}

function signerOf(key: ConsumerKey, { privateKey, folder }: Credentials): LoadSigner {
  return {
    privateKeyPem: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    certificatePem: readFileSync(certificateFileIn(folder), 'utf8'),
    client: consumerOf(key),
  }
}

function certificateFileIn(folder: string): string {
  return join(folder, 'certificate.pem')
}

function consumerOf(key: ConsumerKey): string {
  return `${member}/${key.toUpperCase()}`
}

function subsystemOf(lane: LaneName, who: keyof BenchProviders): string {
  return `${lane}-${who}`.toUpperCase()
}

function declaration(
  pki: SamplePki,
  credentials: Readonly<Record<ConsumerKey, Credentials>>,
  providers: BenchProviders,
  extra: readonly ExtraService[],
): object {
  return {
    instance: 'AZ',
    domains: [{ code: 'PORTAL', status: 'active' }],
    authorities: [authority(pki)],
    members: [
      {
        class: 'GOV',
        code: 'BENCH',
        name: { az: 'Sınaq', en: 'Bench' },
        subsystems: [
          ...consumerKeys.map((key) => ({
            code: key.toUpperCase(),
            domain: 'PORTAL',
            name: { az: 'Sorğu göndərən', en: 'Consumer' },
            certificates: [{ file: certificateFileIn(credentials[key].folder) }],
          })),
          ...lanes.flatMap((lane) => providerSubsystems(lane, providers)),
          ...(extra.length === 0 ? [] : [extraSubsystem(extra)]),
        ],
      },
    ],
    accessRights: consumerKeys.flatMap((key) => [
      ...lanes.flatMap((lane) => accessRights(consumerOf(key), lane)),
      ...extra.map(({ code }) => accessRight(consumerOf(key), extraServiceOf(code))),
    ]),
  }
}

function authority({ authorityFile, revocationListFile }: SamplePki): object {
  return {
    name: 'Sluice sample authority',
    file: authorityFile,
    role: 'anchor',
    revocation: 'crl',
    crl: revocationListFile,
  }
}

function providerSubsystems(lane: LaneName, { provider, neighbour }: BenchProviders): object[] {
  const path = lane === 'rest' ? 'echo' : 'soap'
  const subsystem = (who: keyof BenchProviders, services: readonly object[]): object => ({
    code: subsystemOf(lane, who),
    domain: 'PORTAL',
    name: { az: 'Xidmət təchizatçısı', en: 'Provider' },
    services,
  })
  const service = (version: string, address: string): object => ({
    ...{ code: soapServiceCode, version, protocol: lane },
    ...{ address, modes: ['body'] },
  })
  return [
    subsystem('provider', [service('v1', `${provider}/${path}`)]),
    subsystem('neighbour', [
      service('v1', `${neighbour}/${path}`),
      service('v2', `${neighbour}/hang/${path}`),
    ]),
  ]
}

function extraSubsystem(extra: readonly ExtraService[]): object {
  return {
    code: 'CONTRACTS',
    domain: 'PORTAL',
    name: { az: 'Təsvirli xidmətlər', en: 'Services with contracts' },
    services: extra.map(({ code, protocol, address, contract }) => ({
      ...{ code, version: 'v1', protocol, address, modes: ['body'] },
      ...(contract !== undefined && { contract }),
    })),
  }
}

function accessRights(consumer: string, lane: LaneName): object[] {
  const providers = ['provider', 'neighbour', 'hanging neighbour'] as const
  return providers.map((provider) => accessRight(consumer, serviceOf(lane, provider)))
}

function accessRight(consumer: string, service: string): object {
  return {
    ...{ consumer, service, legalBasis: 'Decree 813, 5.1.4', purpose: 'bench' },
    ...{ from: '2020-01-01', modes: ['body'] },
  }
}
