import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import {
  announceBroker,
  brokerAddresses,
  withdrawBroker,
  type BrokerAddresses,
} from '../broker/broker-address.js'
import { keptPasswords, workerUser } from '../broker/broker-files.js'
import { freePorts } from '../broker/broker-process.js'
import { BrokerManagement } from '../broker/management.js'
import {
  startPrivateBroker,
  type PrivateBroker,
  type PrivateBrokerOptions,
} from '../broker/private-broker.js'
import { Secret } from '../config/secrets.js'
import type { SystemLog } from '../monitoring/system-log.js'

export interface PrivateNodeBrokerInput {
  /** The bus's own folder. */
  readonly directory: string
  readonly messageBytesMax: number
  readonly log: SystemLog
}

const retryMsMin = 200
const retryMsMax = 30_000
const everything = { configure: '.*', write: '.*', read: '.*' }

/**
 * The private broker of a node, kept running: one that does not start, or ends by itself, is started again until it
 * comes up. Ports and passwords stay, so that who waits for it finds it; meanwhile the other lanes run.
 */
export class PrivateNodeBroker {
  readonly addresses: BrokerAddresses
  readonly #input: PrivateNodeBrokerInput
  readonly #options: PrivateBrokerOptions
  readonly #closing = new AbortController()
  #keeping: Promise<void> = Promise.resolve()
  #server: PrivateBroker | undefined
  #trouble: string | undefined

  private constructor(
    input: PrivateNodeBrokerInput,
    options: PrivateBrokerOptions,
    addresses: BrokerAddresses,
  ) {
    this.#input = input
    this.#options = options
    this.addresses = addresses
  }

  /**
   * Resolves when the broker is up, or a first attempt has failed.
   * @param stop - calls the attempt off
   */
  static async start(input: PrivateNodeBrokerInput, stop: AbortSignal): Promise<PrivateNodeBroker> {
    const { directory, messageBytesMax, log } = input
    const dataDir = join(directory, 'broker')
    const [amqp = 0, management = 0] = await freePorts(2)
    const ports = { amqp, management }
    const options: PrivateBrokerOptions = {
      ...{ dataDir, messageBytesMax, ports },
      log: (line) => log.debug({ line }, 'broker'),
    }
    const addresses = brokerAddresses(ports, await keptPasswords(dataDir))
    const broker = new PrivateNodeBroker(input, options, addresses)
    announceBroker(directory, addresses)
    await broker.#attempt(stop)
    broker.#keeping = broker.#keepRunning()
    return broker
  }

  /** What is wrong, for health. */
  get trouble(): string | undefined {
    return this.#trouble
  }

  async close(): Promise<void> {
    this.#closing.abort()
    await this.#server?.stop()
    await this.#keeping
    withdrawBroker(this.#input.directory)
  }

  async #keepRunning(): Promise<void> {
    for (let waitMs = retryMsMin; !this.#isClosing();) {
      if (this.#server) {
        await this.#server.ended
        if (this.#isClosing()) return
        waitMs = retryMsMin
        this.#trouble = 'it ended by itself and is being started again'
        this.#input.log.error('the private broker ended by itself; starting it again')
        // Gives the folder back, so that the new one may claim it.
        await this.#server.stop()
        this.#server = undefined
      } else {
        await pause(waitMs, undefined, { signal: this.#closing.signal }).catch(() => undefined)
        waitMs = Math.min(waitMs * 2, retryMsMax)
      }
      if (!this.#isClosing()) await this.#attempt(this.#closing.signal)
    }
  }

  async #attempt(signal: AbortSignal): Promise<void> {
    const { log } = this.#input
    try {
      const server = await startPrivateBroker({ ...this.#options, signal })
      this.#server = server
      await makeWorkerUser(server)
      this.#trouble = undefined
      log.info({ port: server.ports.amqp }, 'private broker ready')
    } catch (error) {
      this.#trouble = error instanceof Error ? error.message : String(error)
      if (signal.aborted) return
      log.error({ why: this.#trouble }, 'private broker does not start; the other lanes run')
    }
    // It may have come up while it was told to close.
    if (this.#isClosing()) await this.#server?.stop()
  }

  #isClosing(): boolean {
    return this.#closing.signal.aborted
  }
}

/** Workers get no administrator's login. */
async function makeWorkerUser({ url, managementUrl, workerUrl }: PrivateBroker): Promise<void> {
  const management = new BrokerManagement({
    url: new Secret(url),
    managementUrl: new Secret(managementUrl),
  })
  try {
    await management.putUser(workerUser, new URL(workerUrl).password)
    await management.setRights(workerUser, everything)
  } finally {
    await management.close()
  }
}
