import { execFile } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { connect } from 'amqplib'
import { stringify } from 'yaml'
import type { BrokerAddresses } from '../src/broker/broker-address.js'
import { BrokerManagement } from '../src/broker/management.js'
import { Topology } from '../src/broker/topology.js'
import { renewUser } from '../src/broker/user-rights.js'
import { Secret } from '../src/config/secrets.js'
import { parseSubsystemId, type SubsystemId } from '../src/exchange/identifier.js'
import { SamplePki, type Credentials } from '../demo/sample-pki.js'
import type { MqConsumer, MqKind, MqProviderOrder, PlainQueues } from './mq-order.js'

const member = 'AZ/GOV/BENCH'
const provider = `${member}/PROVIDER`
const consumerCodes = Array.from({ length: 8 }, (_, at) => `CONSUMER-${at + 1}`)

/** What is asked for, of either pattern. */
export const mqServices: Readonly<Record<MqKind, string>> = {
  plain: '',
  relayed: '',
  request: `${provider}/sual/v1`,
  message: `${provider}/xeber/v1`,
}

export interface MqParties {
  readonly consumers: readonly MqConsumer[]
  readonly provider: Pick<MqProviderOrder, 'url' | 'subsystem'>
}

/**
 * Runs a command of the bus's own command line.
 * @param accepted - an exit code that is as good as 0
 * @returns what it writes
 * @throws Error in its words
 */
export type RunCommand = (args: readonly string[], accepted?: number) => Promise<string>

/** The command line of the build in `dist`, for the bus whose folder this is. */
export function commandLine(dist: string, environment: NodeJS.ProcessEnv): RunCommand {
  return async (args, accepted) => {
    const command = [join(dist, 'src/cli/main.js'), ...args]
    try {
      const { stdout } = await promisify(execFile)(process.execPath, command, { env: environment })
      return stdout.trim()
    } catch (error) {
      // What is wrong stands in either stream.
      const { stdout = '', stderr = '', code = 'none' } = error as FailedCommand
      if (code === accepted) return stdout.trim()
      const words = `${args.join(' ')}, exit code ${code}: ${stdout}${stderr}`
      throw new Error(words, { cause: error })
    }
  }
}

interface FailedCommand {
  readonly stdout?: string
  readonly stderr?: string
  readonly code?: number | string
}

/** Declares consumers with a key each, and a provider with a service of either pattern; each gets a user at the broker. */
export async function registerMqParties(
  folder: string,
  broker: BrokerAddresses,
  command: RunCommand,
): Promise<MqParties> {
  const pki = await SamplePki.open(folder)
  await pki.publishRevocationList([])
  const credentials: Credentials[] = []
  for (const code of consumerCodes) credentials.push(await pki.credentials(code, 'p256'))
  const file = join(folder, 'registry.yaml')
  writeFileSync(file, stringify(declaration(pki, credentials), { aliasDuplicateObjects: false }))
  await command(['registry', 'apply', file])
  const subsystems = [...consumerCodes.map((code) => `${member}/${code}`), provider]
  const urls = await makeUsers(broker, subsystems.map(parseSubsystemId))
  const consumers = credentials.map(({ folder: own, thumbprint }, at) => ({
    ...{ subsystem: subsystems[at] ?? '', url: urls[at] ?? '', thumbprint },
    privateKeyPem: readFileSync(join(own, 'key.pem'), 'utf8'),
  }))
  return { consumers, provider: { url: urls.at(-1) ?? '', subsystem: provider } }
}

/** Users with the rights of subsystems, and their queues, which the bus may not have made yet. @returns addresses to connect to */
async function makeUsers(
  addresses: BrokerAddresses,
  subsystems: readonly SubsystemId[],
): Promise<string[]> {
  const [url, managementUrl] = [new Secret(addresses.url), new Secret(addresses.managementUrl)]
  const management = new BrokerManagement({ url, managementUrl })
  const model = await connect(addresses.url)
  try {
    const owners = subsystems.map((id) => ({ id, isActive: true, furtherQueues: [] }))
    const [trouble] = await new Topology(model).declare(owners)
    if (trouble) throw new Error(`${trouble.name}: ${trouble.why}`)
    const urls: string[] = []
    for (const id of subsystems) {
      const address = new URL(addresses.url)
      address.password = randomUUID()
      address.username = encodeURIComponent(await renewUser(management, id, address.password))
      urls.push(address.href)
    }
    return urls
  } finally {
    await model.close()
    await management.close()
  }
}

function declaration(pki: SamplePki, credentials: readonly Credentials[]): object {
  const party = { domain: 'PORTAL', mq: true }
  // One worker may have nearly all that is under way.
  const limits = { concurrentMax: 256 }
  const service = { version: 'v1', protocol: 'mq', address: 'amqp:in', modes: ['body'], limits }
  return {
    instance: 'AZ',
    domains: [{ code: 'PORTAL', status: 'active' }],
    authorities: [
      {
        ...{ name: 'Sluice sample authority', file: pki.authorityFile, role: 'anchor' },
        ...{ revocation: 'crl', crl: pki.revocationListFile },
      },
    ],
    members: [
      {
        ...{ class: 'GOV', code: 'BENCH', name: { az: 'Sınaq', en: 'Bench' } },
        subsystems: [
          ...consumerCodes.map((code, at) => ({
            ...{ code, ...party, name: { az: 'Sorğu göndərən', en: 'Consumer' } },
            certificates: [{ file: join(credentials[at]?.folder ?? '', 'certificate.pem') }],
          })),
          {
            ...{ code: 'PROVIDER', ...party, name: { az: 'Xidmət təchizatçısı', en: 'Provider' } },
            services: [
              { code: 'sual', ...service },
              { code: 'xeber', ...service, pattern: 'one-way' },
            ],
          },
        ],
      },
    ],
    accessRights: consumerCodes.flatMap((code) =>
      [mqServices.request, mqServices.message].map((id) => ({
        ...{ consumer: `${member}/${code}`, service: id, legalBasis: 'Decree 813, 5.1.4' },
        ...{ purpose: 'bench', from: '2020-01-01', modes: ['body'] },
      })),
    ),
  }
}

/** Queues of the kind that the bus has, for as many clients as it has consumers. */
export async function declarePlainQueues(url: string): Promise<PlainQueues> {
  const queues = {
    requests: 'bench.requests',
    relayed: 'bench.relayed',
    replies: consumerCodes.map((code) => `bench.replies.${code}`),
  }
  const model = await connect(url)
  try {
    const channel = await model.createChannel()
    for (const queue of [queues.requests, queues.relayed, ...queues.replies]) {
      await channel.assertQueue(queue, { durable: true, arguments: { 'x-queue-type': 'quorum' } })
    }
  } finally {
    await model.close()
  }
  return { url, ...queues }
}
