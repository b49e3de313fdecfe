import { connect, type ChannelModel, type RecoveringChannelModel } from 'amqplib'
import type { Secret } from '../config/secrets.js'
import { brokerLimits } from '../limits/queues.js'
import { boundTables } from './bounded-tables.js'
import { joinWrites } from './joined-writes.js'

export interface BrokerConnectionSettings {
  /** `amqp://` or `amqps://`, with user, password and virtual host. */
  readonly url: Secret<string>
  /** As the broker's operator sees it. */
  readonly name: string
  /** Opens what is needed, on every connection anew; a failure is a failed attempt to connect. */
  readonly setup: (model: ChannelModel) => Promise<void>
  /** Called when a connection is gone, or could not be had; nothing that was opened on it works any more. */
  readonly onLost: (error: Error) => void
}

/**
 * A connection to the broker that comes back by itself. Publishers and consumers have one each: a broker that is short
 * of memory or disk reads no more from those that publish (RabbitMQ, "Flow Control", "Resource Alarms").
 */
export class BrokerConnection {
  readonly #settings: BrokerConnectionSettings
  #recovering: RecoveringChannelModel | undefined
  #trouble: string | undefined = 'not connected yet'
  #blocked: string | undefined

  constructor(settings: BrokerConnectionSettings) {
    this.#settings = settings
  }

  /** What is wrong, for health; undefined where nothing is. */
  get trouble(): string | undefined {
    return this.#trouble ?? (this.#blocked && `the broker takes no messages: ${this.#blocked}`)
  }

  get isConnected(): boolean {
    return this.#trouble === undefined
  }

  /** Whether an alarm of the broker holds publishers up. */
  get isBlocked(): boolean {
    return this.#blocked !== undefined
  }

  /** Begins to connect. Resolves at once. */
  async start(): Promise<void> {
    const { url, name, setup, onLost } = this.#settings
    const lost = (error: Error): void => {
      this.#trouble = error.message
      this.#blocked = undefined
      onLost(error)
    }
    const recovering = await connect(url.reveal(), {
      // Otherwise each round trip waits 40 ms for Nagle's algorithm and delayed acknowledgements.
      noDelay: true,
      timeout: brokerLimits.connectTimeoutMs,
      clientProperties: { connection_name: name },
      recovery: {
        initialDelay: brokerLimits.reconnectMsMin,
        maxDelay: brokerLimits.reconnectMsMax,
        waitForConnect: false,
        setup: async (model: ChannelModel) => {
          // Nobody else listens until this is done, and a broker that goes meanwhile would end the process.
          model.on('error', () => undefined)
          boundTables(model.connection)
          joinWrites(model.connection)
          await setup(model)
          this.#trouble = undefined
        },
      },
    })
    this.#recovering = recovering
    recovering.on('disconnect', lost)
    recovering.on('connect-failed', lost)
    // What it says was said by the two above; without a listener it would end the process.
    recovering.on('error', () => undefined)
    recovering.on('blocked', (reason) => (this.#blocked = reason))
    recovering.on('unblocked', () => (this.#blocked = undefined))
  }

  async close(): Promise<void> {
    this.#trouble = 'closed'
    await this.#recovering?.close().catch(() => undefined)
  }
}
