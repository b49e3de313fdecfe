import { connect, type ChannelModel, type ConfirmChannel, type ConsumeMessage } from 'amqplib'
import type { X509Certificate } from 'node:crypto'
import { EventEmitter, once } from 'node:events'
import { setTimeout as pause } from 'node:timers/promises'
import { v7 as uuidv7 } from 'uuid'
import type { Decision, ToldNotice } from './notice.js'
import { bodyType, signMessage, verifiedEnvelope } from './queue-signature.js'
import type { Credentials } from './sample-pki.js'

const connectMsMax = 20_000
const waitMsMax = 20_000
const pauseMs = 100

export interface QueueNodeSettings {
  /** With user and password, as `sluice mq user` writes it. */
  readonly url: string
  readonly subsystem: string
  readonly credentials: Credentials
  readonly bus: X509Certificate
  /** The clerk. */
  readonly decide: (body: unknown) => Promise<Decision> | Decision
}

export interface MessageToSend {
  readonly to: readonly string[]
  readonly body: object
  readonly classification?: string
}

/** A delivery that came from the bus. */
interface Arrived {
  readonly client: string
  readonly body: unknown
}

/**
 * A node that has queues, as an agency would write it: amqplib, and signatures by `node:crypto`. It knows nothing of the
 * bus but its names, its signature and its certificate.
 */
export class QueueNode {
  /** What came, in its order. */
  readonly arrived: Arrived[] = []
  readonly #settings: QueueNodeSettings
  /** Names begin with the identifier, joined with dots. */
  readonly #name: string
  readonly #told: ToldNotice[] = []
  readonly #known = new Set<string>()
  readonly #events = new EventEmitter()
  #model: ChannelModel | undefined
  #channel: ConfirmChannel | undefined
  #trouble: Error | undefined

  private constructor(settings: QueueNodeSettings) {
    this.#settings = settings
    this.#name = settings.subsystem.replaceAll('/', '.')
  }

  /** Connects; its rights come within a second of its user. @throws Error where they do not */
  static async open(settings: QueueNodeSettings): Promise<QueueNode> {
    const node = new QueueNode(settings)
    await node.connect()
    return node
  }

  async connect(): Promise<void> {
    const deadline = Date.now() + connectMsMax
    for (;;) {
      try {
        await this.#connectOnce()
        return
      } catch (error) {
        await this.close()
        if (Date.now() > deadline) throw error
        await pause(pauseMs)
      }
    }
  }

  async close(): Promise<void> {
    const model = this.#model
    this.#model = undefined
    await model?.close().catch(() => undefined)
  }

  /** One message to all its recipients. Resolves with its id once the broker has it. */
  async send({ to, body, classification }: MessageToSend): Promise<string> {
    const messageId = uuidv7()
    const envelope = {
      ...{ client: this.#settings.subsystem, to, id: messageId, mode: 'body' },
      ...{ legalBasis: 'Sənəd dövriyyəsi haqqında Qaydalar', issue: 'NUMUNE-1' },
      ...(classification !== undefined && { classification }),
    }
    await this.#publish(`${this.#name}.out`, 'message', body, {
      ...{ type: 'sluice-request+jws', envelope },
      properties: { messageId },
    })
    return messageId
  }

  /** Resolves with what has been told of a message, once that is enough. @throws Error where it is not in time */
  async untilTold(
    messageId: string,
    isEnough: (told: readonly ToldNotice[]) => boolean,
  ): Promise<readonly ToldNotice[]> {
    const signal = AbortSignal.timeout(waitMsMax)
    for (;;) {
      const told = this.#told.filter((notice) => notice.messageId === messageId)
      if (this.#trouble) throw this.#trouble
      if (isEnough(told)) return told
      try {
        await once(this.#events, 'told', { signal })
      } catch {
        const codes = told.map(({ recipient, notice }) => `${recipient}: ${notice}`)
        throw new Error(`told of the message in time: ${codes.join(', ') || 'nothing'}`)
      }
    }
  }

  async #connectOnce(): Promise<void> {
    const model = await connect(this.#settings.url, { noDelay: true })
    this.#model = model
    model.on('error', () => undefined)
    const channel = await model.createConfirmChannel()
    channel.on('error', () => undefined)
    this.#channel = channel
    await channel.consume(`${this.#name}.notices`, (message) => {
      if (message) this.#hear(channel, message)
    })
    await channel.consume(`${this.#name}.in`, (message) => {
      if (message) this.#take(channel, message).catch((error: unknown) => this.#fail(error))
    })
  }

  #hear(channel: ConfirmChannel, message: ConsumeMessage): void {
    const { content: body, properties } = message
    try {
      const jws: unknown = properties.headers?.['sluice-signature']
      verifiedEnvelope(jws, { type: 'sluice-notice+jws', body, bus: this.#settings.bus })
      this.#told.push(JSON.parse(body.toString('utf8')) as ToldNotice)
      channel.ack(message)
      this.#events.emit('told')
    } catch (error) {
      this.#fail(error)
    }
  }

  /** Acknowledged once the broker has what this node says of it. */
  async #take(channel: ConfirmChannel, message: ConsumeMessage): Promise<void> {
    const { content: body, properties } = message
    const jws: unknown = properties.headers?.['sluice-delivery-signature']
    const { client } = verifiedEnvelope(jws, {
      ...{ type: 'sluice-delivery+jws', body, bus: this.#settings.bus },
    })
    const exchangeId = String(properties.messageId)
    // It may come a second time, under the same id.
    if (!this.#known.has(exchangeId)) {
      this.#known.add(exchangeId)
      const document: unknown = JSON.parse(body.toString('utf8'))
      this.arrived.push({ client: String(client), body: document })
      await this.#say(exchangeId, { notice: 'QEBUL_EDILIB' })
      await this.#say(exchangeId, await this.#settings.decide(document))
    }
    channel.ack(message)
  }

  async #say(
    exchangeId: string,
    { notice, ...said }: Decision | { readonly notice: 'QEBUL_EDILIB' },
  ): Promise<void> {
    const envelope = { client: this.#settings.subsystem, exchangeId, notice }
    await this.#publish(`${this.#name}.answers`, 'notices', said, {
      ...{ type: 'sluice-notice+jws', envelope },
      properties: { correlationId: exchangeId, type: notice },
    })
  }

  async #publish(
    exchange: string,
    key: string,
    content: object,
    signed: {
      readonly type: string
      readonly envelope: object
      readonly properties: Readonly<Record<string, string>>
    },
  ): Promise<void> {
    const channel = this.#channel
    if (!channel) throw new Error('not connected')
    const body = Buffer.from(JSON.stringify(content))
    const { type, envelope, properties } = signed
    const jws = signMessage(this.#settings.credentials, { type, envelope: { ...envelope }, body })
    channel.publish(exchange, key, body, {
      ...{ contentType: bodyType, persistent: true, mandatory: true, ...properties },
      headers: { 'sluice-signature': jws },
    })
    await channel.waitForConfirms()
  }

  #fail(error: unknown): void {
    this.#trouble = error instanceof Error ? error : new Error(String(error))
    this.#events.emit('told')
  }
}
