import { Secret } from '../config/secrets.js'
import type { Config } from '../config/config.js'
import { brokerLane } from '../config/load-adapters.js'
import type { SystemLog } from '../monitoring/system-log.js'
import type { RegistryFollower } from '../registry/registry-follower.store.js'
import type { BrokerKeeping, BrokerKeepingInput } from './broker-keeping.js'
import type { HealthCheck } from './messages.js'

export interface NodeBrokerInput {
  readonly config: Pick<Config, 'adapters' | 'broker' | 'directory' | 'limits'>
  readonly registry: Pick<RegistryFollower, 'latest' | 'onChange'>
  readonly log: SystemLog
}

/** The broker of a node. */
export interface NodeBroker {
  /** Address of the login that workers have; undefined where there is no broker. */
  readonly workerUrl: Secret<string> | undefined
  checks(): HealthCheck[]
  /** Messages that were put aside at the broker, by queue. */
  letters(): ReadonlyMap<string, number>
  close(): Promise<void>
}

/**
 * Takes the external broker if one is named, else starts the private one if that is wished, and keeps it what the
 * registry says. A broker that is away, or cannot be started, keeps nothing else of the node from running.
 * @param stop - calls off the start of the private one
 * @returns undefined where neither broker nor lane is configured
 */
export async function openNodeBroker(
  input: NodeBrokerInput,
  stop: AbortSignal,
): Promise<NodeBroker | undefined> {
  const { broker, adapters } = input.config
  if (broker?.url) {
    const keeping = await keep({
      ...input,
      url: broker.url,
      managementUrl: broker.managementUrl,
    })
    return {
      workerUrl: broker.url,
      checks: () => keeping.checks(),
      letters: () => keeping.letters,
      close: () => keeping.close(),
    }
  }
  if (broker?.isPrivate) return openPrivate(input, stop)
  if (!(brokerLane in adapters)) return undefined
  const why =
    'none is configured (AMQP_URL, or broker in the configuration), so the lane mq is closed'
  return {
    workerUrl: undefined,
    checks: () => [{ name: 'broker', ok: false, why }],
    letters: () => new Map(),
    close: () => Promise.resolve(),
  }
}

/** What speaks to brokers is loaded where there is one. */
async function keep(input: BrokerKeepingInput): Promise<BrokerKeeping> {
  const program = await import('./broker-keeping.js')
  return new program.BrokerKeeping(input)
}

async function openPrivate(
  { config, registry, log }: NodeBrokerInput,
  stop: AbortSignal,
): Promise<NodeBroker> {
  const { directory, limits } = config
  const messageBytesMax = limits.payloadBytesMax
  const { PrivateNodeBroker } = await import('./private-node-broker.js')
  const own = await PrivateNodeBroker.start({ directory, messageBytesMax, log }, stop)
  const { url, managementUrl, workerUrl } = own.addresses
  const keeping = await keep({
    url: new Secret(url),
    managementUrl: new Secret(managementUrl),
    registry,
    log,
  })
  return {
    workerUrl: new Secret(workerUrl),
    checks: () => {
      const why = own.trouble
      // What follows from it need not be told.
      return why === undefined ? keeping.checks() : [{ name: 'private broker', ok: false, why }]
    },
    letters: () => keeping.letters,
    async close() {
      await keeping.close()
      await own.close()
    },
  }
}
