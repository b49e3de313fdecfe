import { connect, type ChannelModel, type ConfirmChannel, type ConsumeMessage } from 'amqplib'
import { boundTables } from '../broker/bounded-tables.js'
import { sendMailHeldMax } from '../limits/command-line.js'
import { letterLimits } from '../limits/queues.js'

/**
 * A system's own queues, read for one message's sake: what belongs to another goes back, in its order, when this is
 * closed.
 */
export class OwnMail {
  readonly #model: ChannelModel
  readonly #channel: ConfirmChannel
  readonly #came: ConsumeMessage[] = []
  #wake: () => void = () => undefined

  private constructor(model: ChannelModel, channel: ConfirmChannel) {
    this.#model = model
    this.#channel = channel
  }

  /** @param messageId - of the message whose answers are wanted @throws what the broker says */
  static async open(url: string, queue: string, messageId: string): Promise<OwnMail> {
    const model = await connect(url, { noDelay: true, timeout: letterLimits.connectMsMax })
    // Whoever waits for something is told.
    model.on('error', () => undefined)
    boundTables(model.connection)
    const channel = await model.createConfirmChannel()
    channel.on('error', () => undefined)
    await channel.prefetch(sendMailHeldMax)
    const mail = new OwnMail(model, channel)
    await channel.consume(queue, (message) => {
      if (message?.properties.correlationId !== messageId) return
      mail.#came.push(message)
      mail.#wake()
    })
    return mail
  }

  /** @throws Error where the broker does not take it, or no queue is bound */
  async publish(
    exchange: string,
    key: string,
    body: Buffer,
    properties: Parameters<ConfirmChannel['publish']>[3],
  ): Promise<void> {
    const returned: unknown[] = []
    this.#channel.on('return', (message) => returned.push(message))
    this.#channel.publish(exchange, key, body, { ...properties, mandatory: true })
    await this.#channel.waitForConfirms()
    if (returned.length > 0) throw new Error('no queue takes it')
  }

  /** The next that belongs to the message, acknowledged; undefined where none came in time. */
  async next(until: number): Promise<ConsumeMessage | undefined> {
    while (this.#came.length === 0) {
      const leftMs = until - performance.now()
      if (leftMs <= 0) return undefined
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, leftMs)
        this.#wake = () => {
          clearTimeout(timer)
          resolve()
        }
      })
    }
    const message = this.#came.shift()
    if (message) this.#channel.ack(message)
    return message
  }

  async close(): Promise<void> {
    await this.#channel.close().catch(() => undefined)
    await this.#model.close().catch(() => undefined)
  }
}
