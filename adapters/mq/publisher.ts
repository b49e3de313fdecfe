import type { ChannelModel, ConfirmChannel, Message, Options } from 'amqplib'
import { BrokerConnection, type BrokerConnectionSettings } from '../../src/broker/connection.js'
import type { DeadlineListener, DeadlineSignal } from '../../src/exchange/deadline.js'
import { publisherLimits } from '../../src/limits/queues.js'
import { KeptChannel } from './kept-channel.js'
import { PublishError } from './publish-error.js'
import type { HeaderValue } from './simple-headers.js'

/** A message on its way into a queue. */
export interface Publication {
  /** Empty for the default exchange, whose routing keys are names of queues. */
  readonly exchange: string
  readonly routingKey: string
  readonly body: Uint8Array
  readonly properties: PublishedProperties
}

/** AMQP 0-9-1 §4.2.6.1, as far as the bus writes it; the broker keeps each for good, or says that it cannot. */
export interface PublishedProperties {
  readonly contentType: string | undefined
  /** Unique among the messages under way: by it the broker's return of an unroutable one is known. */
  readonly messageId: string
  readonly correlationId: string | undefined
  readonly replyTo: string | undefined
  readonly type: string | undefined
  /** Seconds since 1970. */
  readonly timestamp: number
  readonly headers: Readonly<Record<string, HeaderValue>>
  readonly persistent: true
  readonly mandatory: true
}

/** Who is told how a publication ended, once. */
export interface PublicationListener {
  /** It is in the queue, durably. */
  confirmed(): void
  refused(error: PublishError): void
}

export type PublisherSettings = Pick<BrokerConnectionSettings, 'url' | 'name'> & {
  readonly warn: (event: string, details: Readonly<Record<string, unknown>>) => void
}

/**
 * Puts messages into queues over a connection of its own, with the broker's confirms: persistent, mandatory, and never
 * more of them under way than the limits say. Nothing waits here for a broker that is away.
 */
export class Publisher {
  readonly #connection: BrokerConnection
  readonly #channel: KeptChannel<ConfirmChannel>
  readonly #underWay = new Map<string, Underway>()
  #bytes = 0
  #isFull = false
  #started: Promise<void> | undefined
  #settle: () => void = () => undefined
  readonly #firstAttempt = new Promise<void>((resolve) => (this.#settle = resolve))

  constructor({ url, name, warn }: PublisherSettings) {
    this.#channel = new KeptChannel({ create: (model) => this.#create(model), warn })
    this.#connection = new BrokerConnection({
      url,
      name,
      setup: async (model) => {
        await this.#channel.open(model)
        this.#settle()
      },
      onLost: () => {
        this.#channel.lost()
        this.#settle()
      },
    })
  }

  /** What is wrong, for health; undefined where nothing is. */
  get trouble(): string | undefined {
    return this.#connection.trouble ?? (this.isOpen ? undefined : 'the channel is being opened')
  }

  /** Whether the broker may be handed messages, unless an alarm holds them up. */
  get isOpen(): boolean {
    return this.#channel.current !== undefined
  }

  /** Messages that wait for their confirms. */
  get unconfirmed(): number {
    return this.#underWay.size
  }

  /** Begins to connect, once. Resolves at once. */
  start(): Promise<void> {
    this.#started ??= this.#connection.start()
    return this.#started
  }

  /** Resolves when the first attempt to connect has ended, however it did. */
  get firstAttempt(): Promise<void> {
    return this.#firstAttempt
  }

  /** Messages under way are waited for by their publishers, not here. */
  async close(): Promise<void> {
    this.#channel.close()
    await this.#connection.close()
  }

  /**
   * Hands a message to the broker; the listener is told of its end, unless this throws.
   * @throws PublishError where nothing was sent
   */
  publish(publication: Publication, listener: PublicationListener): void {
    const channel = this.#usable(publication)
    const { exchange, routingKey, body, properties } = publication
    const { messageId } = properties
    const underway: Underway = { listener, bytes: body.length }
    const settled = (error: unknown): void => this.#settled(messageId, underway, error)
    try {
      // Its types know no property that is undefined; what is, it leaves out.
      const options = properties as Options.Publish
      this.#isFull = !channel.publish(exchange, routingKey, bufferOf(body), options, settled)
    } catch (error) {
      throw new PublishError('unwritable', error)
    }
    this.#underWay.set(messageId, underway)
    this.#bytes += body.length
  }

  /**
   * The same, for who waits for nothing else.
   * @param deadline - gives up; whether the message arrives is not known then
   * @throws PublishError
   */
  confirmed(publication: Publication, deadline: DeadlineSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const confirmation = new Confirmation(deadline, resolve, reject)
      if (deadline.aborted) {
        confirmation.handleEvent()
        return
      }
      this.publish(publication, confirmation)
      deadline.addEventListener('abort', confirmation)
    })
  }

  /** @throws PublishError */
  #usable({ body, properties }: Publication): ConfirmChannel {
    const channel = this.#channel.current
    if (!channel) throw new PublishError('away')
    if (this.#connection.isBlocked) throw new PublishError('blocked')
    const { unconfirmedMax, unconfirmedBytesMax } = publisherLimits
    const isCrowded =
      this.#underWay.size >= unconfirmedMax ||
      (this.#bytes > 0 && this.#bytes + body.length > unconfirmedBytesMax) ||
      // What is written then is kept in memory, and who keeps it is told by nobody.
      this.#isFull ||
      // Its return could not be told from the other's.
      this.#underWay.has(properties.messageId)
    if (isCrowded) throw new PublishError('crowded')
    return channel
  }

  #settled(messageId: string, underway: Underway, error: unknown): void {
    if (this.#underWay.get(messageId) === underway) this.#underWay.delete(messageId)
    this.#bytes -= underway.bytes
    const { listener } = underway
    if (error === null) {
      // What was returned has been told already; the broker confirms it all the same.
      if (!underway.isReturned) listener.confirmed()
    } else if (!underway.isReturned) {
      listener.refused(new PublishError(isNack(error) ? 'rejected' : 'lost', error))
    }
  }

  /** The broker hands back what no queue takes, before its confirm. */
  #returned({ properties }: Message): void {
    const underway = this.#underWay.get(String(properties.messageId))
    if (!underway || underway.isReturned) return
    underway.isReturned = true
    underway.listener.refused(new PublishError('unroutable'))
  }

  async #create(model: ChannelModel): Promise<ConfirmChannel> {
    const channel = await model.createConfirmChannel({
      highWaterMark: publisherLimits.unconfirmedMax,
    })
    channel.on('return', (message: Message) => this.#returned(message))
    channel.on('drain', () => (this.#isFull = false))
    this.#isFull = false
    return channel
  }
}

class Confirmation implements PublicationListener, DeadlineListener {
  readonly #deadline: DeadlineSignal
  readonly #resolve: () => void
  readonly #reject: (error: PublishError) => void

  constructor(
    deadline: DeadlineSignal,
    resolve: () => void,
    reject: (error: PublishError) => void,
  ) {
    this.#deadline = deadline
    this.#resolve = resolve
    this.#reject = reject
  }

  confirmed(): void {
    this.#deadline.removeEventListener('abort', this)
    this.#resolve()
  }

  refused(error: PublishError): void {
    this.#deadline.removeEventListener('abort', this)
    this.#reject(error)
  }

  /** Time is up. */
  handleEvent(): void {
    this.#reject(new PublishError('unconfirmed'))
  }
}

interface Underway {
  readonly listener: PublicationListener
  readonly bytes: number
  isReturned?: boolean
}

/** amqplib gives the broker's no and the end of the channel as errors that differ in their texts only. */
function isNack(error: unknown): boolean {
  return error instanceof Error && error.message === 'message nacked'
}

/** amqplib takes nothing but a Buffer; this one has the same memory. */
function bufferOf(body: Uint8Array): Buffer {
  return Buffer.isBuffer(body) ? body : Buffer.from(body.buffer, body.byteOffset, body.byteLength)
}
