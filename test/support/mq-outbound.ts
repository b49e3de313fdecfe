import { generateKeyPairSync } from 'node:crypto'
import { connect, type Channel, type ChannelModel, type ConsumeMessage } from 'amqplib'
import { createHash, randomUUID } from 'node:crypto'
import { Outbound } from '../../adapters/mq/outbound.js'
import { Publisher } from '../../adapters/mq/publisher.js'
import {
  answersExchange,
  answersExchangeOf,
  inQueueOf,
  noticesInQueue,
  noticesKey,
  noticesQueueOf,
  unroutableQueue,
} from '../../src/broker/names.js'
import { Secret } from '../../src/config/secrets.js'
import { Deadline } from '../../src/exchange/deadline.js'
import type { MediatedRequest, ReceivedReply } from '../../src/exchange/exchange.js'
import { parseServiceId, parseSubsystemId } from '../../src/exchange/identifier.js'
import { createMqSigner } from '../../src/trust/jws/sign-message.js'
import type { TestBroker } from './broker.js'
import { toolsStub, type ToolsStub } from './rest-lane.js'

export const consumer = parseSubsystemId('AZ/GOV/RITN/PORTAL')
export const provider = parseSubsystemId('AZ/GOV/VN/EVHF')
/** Another system with queues, that has no part in the exchanges. */
export const stranger = parseSubsystemId('AZ/GOV/DIN/GCQ')
export const service = parseServiceId('AZ/GOV/VN/EVHF/sened/v1')

const quorum = { 'x-queue-type': 'quorum' }

/** What a delivery may differ in. */
export interface DeliveryWish {
  readonly exchangeId?: string
  readonly payload?: Uint8Array
  readonly pattern?: 'request-reply' | 'one-way'
  readonly address?: string
  readonly replyBytesMax?: number
  readonly timeLimitMs?: number
  readonly providerSignature?: 'required' | 'none'
}

/** The provider-facing side of the lane on a real broker, and a provider's own client beside it. */
export class MqOutboundLane {
  readonly tools: ToolsStub
  readonly keys = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  readonly publisher: Publisher
  readonly outbound: Outbound
  readonly #broker: TestBroker
  readonly #models: ChannelModel[] = []

  constructor(broker: TestBroker, changes: Partial<ToolsStub> = {}) {
    this.#broker = broker
    const { privateKey } = this.keys
    const mqSigner = createMqSigner({
      privateKey,
      certificateThumbprint: 'bus',
      now: () => new Date(),
    })
    this.tools = { ...toolsStub(), mqSigner, ...changes }
    const url = new Secret(broker.url)
    const warn = (event: string): number => this.tools.warnings.push(event)
    this.publisher = new Publisher({ url, name: 'publisher of a test', warn })
    this.outbound = new Outbound({ url }, this.tools, this.publisher)
  }

  /** Everything of these subsystems, as the bus declares it. */
  async declare(): Promise<void> {
    const channel = await this.channel()
    await channel.assertExchange(answersExchange, 'direct', { internal: true })
    await channel.assertQueue(noticesInQueue, { arguments: quorum })
    await channel.bindQueue(noticesInQueue, answersExchange, noticesKey)
    await channel.assertQueue(unroutableQueue, { arguments: quorum })
    for (const subsystem of [provider, stranger]) {
      await channel.assertExchange(answersExchangeOf(subsystem), 'fanout')
      await channel.bindExchange(answersExchange, answersExchangeOf(subsystem), '')
      await channel.assertQueue(inQueueOf(subsystem), { arguments: quorum })
    }
    await channel.assertQueue(noticesQueueOf(consumer), { arguments: quorum })
    // Takes one message and no more.
    await channel.assertQueue(inQueueOf(provider, 'dolu'), {
      arguments: { ...quorum, 'x-max-length': 1, 'x-overflow': 'reject-publish' },
    })
  }

  /** A channel of somebody else's. */
  async channel(): Promise<Channel> {
    const model = await connect(this.#broker.url, { noDelay: true })
    model.on('error', () => undefined)
    this.#models.push(model)
    const channel = await model.createChannel()
    channel.on('error', () => undefined)
    return channel
  }

  /** A provider's system: is given each delivery, and may answer by the channel. */
  async serve(work: (message: ConsumeMessage, channel: Channel) => void): Promise<Channel> {
    const channel = await this.channel()
    await channel.consume(inQueueOf(provider), (message) => {
      if (!message) return
      channel.ack(message)
      work(message, channel)
    })
    return channel
  }

  async send(wish: DeliveryWish = {}): Promise<ReceivedReply> {
    const deadline = new Deadline(wish.timeLimitMs ?? 20_000)
    try {
      return await this.outbound.send(mediatedOf(wish), deadline)
    } finally {
      deadline.clear()
    }
  }

  async close(): Promise<void> {
    await this.outbound.stop()
    await this.outbound.close()
    await this.publisher.close()
    for (const model of this.#models) await model.close().catch(() => undefined)
  }
}

/** Answers with these bytes, as a provider does that follows the description. */
export function answer(
  { properties, content }: ConsumeMessage,
  channel: Channel,
  {
    exchange = answersExchangeOf(provider),
    key = String(properties.replyTo),
    correlationId = String(properties.correlationId),
    headers = {},
    payload = content,
  }: {
    readonly exchange?: string
    readonly key?: string
    readonly correlationId?: string
    readonly headers?: Readonly<Record<string, unknown>>
    readonly payload?: Buffer
  } = {},
): void {
  const contentType = 'application/json'
  channel.publish(exchange, key, payload, { correlationId, contentType, headers })
}

/** A request that has come as far as delivery. */
export function mediatedOf(wish: DeliveryWish = {}): MediatedRequest {
  const payload = wish.payload ?? Buffer.from('{"nomre":"12-ə"}')
  const exchangeId = wish.exchangeId ?? randomUUID()
  const logged = {
    exchangeId,
    receivedAt: new Date(),
    remoteAddress: '',
    adapter: { protocol: 'mq' },
    content: {
      format: 'mq',
      properties: { headers: {} },
      from: consumer,
      recipient: 0,
      signature: 'e30..AA',
      payload,
      head: () => new Uint8Array(),
    },
    verified: {
      format: 'mq',
      contentType: 'application/json',
      text: (name: string) => (name === 'type' ? 'qeyd' : undefined),
      integer: () => undefined,
      texts: () => undefined,
      recipient: 0,
      payload,
      payloadSha256: createHash('sha256').update(payload).digest(),
      signature: { label: '', keyId: 'k', created: new Date(), value: new Uint8Array(64) },
    },
    envelope: {
      consumer,
      messageId: 'm-1',
      mode: 'body',
      purpose: 'qeydiyyat',
      caseNumber: '7/26',
    },
    route: {
      service,
      provider,
      domain: 'SENED',
      mode: 'body',
      protocol: 'mq',
      address: wish.address ?? 'amqp:in',
      pattern: wish.pattern ?? 'request-reply',
      timeLimitMs: wish.timeLimitMs ?? 20_000,
      requestBytesMax: 1 << 26,
      replyBytesMax: wish.replyBytesMax ?? 1 << 20,
      concurrentMax: 1_000,
      idempotent: false,
      providerSignature: wish.providerSignature ?? 'none',
    },
  }
  return { logged, mappingVersion: 'none', derived: undefined } as unknown as MediatedRequest
}
