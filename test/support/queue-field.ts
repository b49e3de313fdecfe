import { connect, type ChannelModel, type ConsumeMessage } from 'amqplib'
import {
  answersExchangeOf,
  inQueueOf,
  messageKey,
  messageQueueOf,
  noticesKey,
  noticesQueueOf,
  outExchangeOf,
} from '../../src/broker/names.js'
import { parseSubsystemId, type SubsystemId } from '../../src/exchange/identifier.js'
import { mqNotice, mqRequest, type MqMessage } from './mq-signing.js'
import type { TestIdentity } from './pki.js'
import { eventually } from './running-bus.js'

const retryMs = 50
const ground = { mode: 'body', legalBasis: 'Vergi Məcəlləsi, maddə 30', issue: 'IS-1' }

/** A system that sends one-way messages in their order, whatever becomes of the broker meanwhile. */
export class QueueSender {
  readonly id: SubsystemId
  /** So many of the first messages are the broker's. */
  confirmed = 0
  readonly #url: string
  readonly #messages: readonly MqMessage[]

  constructor(url: string, subsystem: string, messages: readonly MqMessage[]) {
    this.#url = url
    this.id = parseSubsystemId(subsystem)
    this.#messages = messages
  }

  /** Signed messages with the ids `prefix-0`, `prefix-1`, … */
  static sign(
    credentials: TestIdentity,
    client: string,
    service: string,
    [prefix, count]: readonly [string, number],
  ): MqMessage[] {
    return Array.from({ length: count }, (_, index) =>
      mqRequest(credentials, {
        envelope: { client, service, id: `${prefix}-${index}`, ...ground },
        payload: Buffer.from(JSON.stringify({ sened: index })),
      }),
    )
  }

  /** Resolves when the broker has confirmed all; what it had not confirmed as it went is sent again, in order. */
  async send(window = 20): Promise<void> {
    while (this.confirmed < this.#messages.length) {
      const model = await connecting(this.#url)
      try {
        await this.#sendBy(model, window)
      } catch {
        // The broker went; nobody knows which of the last ones it has.
      } finally {
        await closed(model)
      }
    }
  }

  async #sendBy(model: ChannelModel, window: number): Promise<void> {
    const channel = await model.createConfirmChannel()
    channel.on('error', () => undefined)
    while (this.confirmed < this.#messages.length) {
      const batch = this.#messages.slice(this.confirmed, this.confirmed + window)
      for (const message of batch) {
        publish(channel, outExchangeOf(this.id), messageKey, message)
      }
      await channel.waitForConfirms()
      this.confirmed += batch.length
    }
  }
}

interface Publishing {
  publish(exchange: string, key: string, content: Buffer, options: object): boolean
}

function publish(to: Publishing, exchange: string, key: string, message: MqMessage): void {
  const { headers, ...properties } = message.properties
  const options = { ...properties, headers: { ...headers }, persistent: true, mandatory: true }
  to.publish(exchange, key, message.payload, options)
}

/** Publishes one message to its end. */
export async function publishOnce(
  url: string,
  sender: string,
  messages: readonly MqMessage[],
): Promise<void> {
  await new QueueSender(url, sender, messages).send()
}

/** What one queue gave, in the order in which it came. */
export class QueueReading {
  readonly #model: ChannelModel

  private constructor(model: ChannelModel) {
    this.#model = model
  }

  static async open(
    url: string,
    queue: string,
    hear: (message: ConsumeMessage, to: Publishing) => void,
  ): Promise<QueueReading> {
    const model = await connecting(url)
    const channel = await model.createChannel()
    await channel.consume(queue, (message) => {
      if (!message) return
      hear(message, channel)
      channel.ack(message)
    })
    return new QueueReading(model)
  }

  close(): Promise<void> {
    return closed(this.#model)
  }
}

/** A recipient's system at its queue: notes whose messages came, and says of each that it is accepted. */
export class QueueRecipient {
  /** Message ids as they came, by sender. */
  readonly came = new Map<string, string[]>()
  readonly #id: SubsystemId
  readonly #credentials: TestIdentity

  constructor(subsystem: string, credentials: TestIdentity) {
    this.#id = parseSubsystemId(subsystem)
    this.#credentials = credentials
  }

  open(url: string): Promise<QueueReading> {
    return QueueReading.open(url, inQueueOf(this.#id), (message, to) => this.#got(message, to))
  }

  #got({ properties }: ConsumeMessage, to: Publishing): void {
    const headers = properties.headers ?? {}
    const sender = String(headers['sluice-client'])
    this.came.set(sender, [...(this.came.get(sender) ?? []), String(headers['sluice-id'])])
    const envelope = { client: this.#id }
    const exchangeId = String(properties.correlationId)
    const notice = mqNotice(this.#credentials, exchangeId, 'QEBUL_EDILIB', { envelope })
    publish(to, answersExchangeOf(this.#id), noticesKey, notice)
  }
}

/** Notices that a sender was told, by message id, each once and in their order. */
export class QueueNotices {
  readonly byMessage = new Map<string, string[]>()
  readonly #sender: SubsystemId

  constructor(sender: string) {
    this.#sender = parseSubsystemId(sender)
  }

  open(url: string): Promise<QueueReading> {
    return QueueReading.open(url, noticesQueueOf(this.#sender), ({ content, properties }) => {
      const { messageId } = JSON.parse(content.toString()) as { messageId: string }
      const codes = this.byMessage.get(messageId) ?? []
      const code = String(properties.type)
      // What was told as the bus went is told again.
      if (!codes.includes(code)) codes.push(code)
      this.byMessage.set(messageId, codes)
    })
  }

  /** How many messages have so many notices. */
  having(notices: number): number {
    return [...this.byMessage.values()].filter(({ length }) => length === notices).length
  }
}

/** Resolves when the bus has made the queues of these subsystems. */
export async function queuesOf(url: string, ...subsystems: readonly string[]): Promise<void> {
  for (const subsystem of subsystems) {
    const name = messageQueueOf(parseSubsystemId(subsystem))
    await eventually(() => isThere(url, name), 60_000)
  }
}

async function isThere(url: string, queue: string): Promise<boolean> {
  const model = await connecting(url)
  try {
    const channel = await model.createChannel()
    channel.on('error', () => undefined)
    await channel.checkQueue(queue)
    return true
  } catch {
    return false
  } finally {
    await closed(model)
  }
}

/** A connection, as soon as there is a broker. */
async function connecting(url: string): Promise<ChannelModel> {
  for (;;) {
    try {
      const model = await connect(url, { noDelay: true })
      model.on('error', () => undefined)
      return model
    } catch {
      await new Promise((resolve) => setTimeout(resolve, retryMs))
    }
  }
}

async function closed(model: ChannelModel): Promise<void> {
  await model.close().catch(() => undefined)
}

/** Ids without those that came before, in the order of the first ones. */
export function firstOnes(ids: readonly string[]): string[] {
  return [...new Set(ids)]
}
