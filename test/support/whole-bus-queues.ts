import { randomUUID } from 'node:crypto'
import { EventEmitter, once } from 'node:events'
import { connect, type Channel, type ChannelModel, type ConsumeMessage } from 'amqplib'
import {
  answersExchangeOf,
  inQueueOf,
  messageKey,
  outExchangeOf,
  repliesQueueOf,
  requestKey,
} from '../../src/broker/names.js'
import { Topology } from '../../src/broker/topology.js'
import { parseSubsystemId, type SubsystemId } from '../../src/exchange/identifier.js'
import { mqRequest } from './mq-signing.js'
import type { TestIdentity } from './pki.js'
import { signAssertion } from './user-assertion.js'

/** On which a system asks of its own accord. */
const ground = { mode: 'body', legalBasis: 'Vergi Məcəlləsi, maddə 30', issue: 'IS-1' }

/** Makes what these subsystems have at the broker, as a node does; for a bus that runs without one. */
export async function declareQueues(url: string, subsystems: readonly string[]): Promise<void> {
  const model = await connect(url)
  try {
    const owners = subsystems.map((id) => ({
      id: parseSubsystemId(id),
      isActive: true,
      furtherQueues: [],
    }))
    const [trouble] = await new Topology(model).declare(owners)
    if (trouble) throw new Error(`${trouble.name}: ${trouble.why}`)
  } finally {
    await model.close()
  }
}

/** What the bus put into a consumer's queue of replies. */
export interface QueueAnswer {
  /** `reply`, or `fault` for a refusal. */
  readonly kind: string
  readonly status: number
  readonly contentType: string
  readonly payload: Buffer
  readonly exchangeId: string
}

export interface QueueDelivery {
  readonly contentType: string
  readonly payload: Buffer
  readonly headers: Readonly<Record<string, unknown>>
}

export interface QueueProviderAnswer {
  readonly status?: number
  readonly payload?: Buffer
}

/** An agency's system at its own queues, as consumer or provider. */
export class TestQueueSystem {
  /** What came to it as a provider. */
  readonly deliveries: QueueDelivery[] = []
  /** What it answers; the same body at first. */
  answer: (delivery: QueueDelivery) => QueueProviderAnswer = ({ payload }) => ({ payload })
  readonly #model: ChannelModel
  readonly #channel: Channel
  readonly #subsystem: SubsystemId
  readonly #credentials: TestIdentity
  readonly #waiting = new Map<string, (answer: QueueAnswer) => void>()
  readonly #arrivals = new EventEmitter()

  private constructor(
    model: ChannelModel,
    channel: Channel,
    subsystem: SubsystemId,
    credentials: TestIdentity,
  ) {
    this.#model = model
    this.#channel = channel
    this.#subsystem = subsystem
    this.#credentials = credentials
  }

  static async open(
    url: string,
    subsystem: string,
    credentials: TestIdentity,
  ): Promise<TestQueueSystem> {
    const model = await connect(url, { noDelay: true })
    model.on('error', () => undefined)
    const channel = await model.createChannel()
    const id = parseSubsystemId(subsystem)
    const system = new TestQueueSystem(model, channel, id, credentials)
    await channel.consume(repliesQueueOf(id), (message) => message && system.#replied(message))
    await channel.consume(inQueueOf(id), (message) => message && system.#asked(message))
    return system
  }

  /** Sends a signed request and resolves with what comes back. */
  ask(
    service: string,
    body: string,
    { user, ...rest }: { readonly type?: string; readonly user?: object } = {},
  ): Promise<QueueAnswer> {
    const id = randomUUID()
    const more = { ...rest, ...(user && this.#asUser(service, id, user)) }
    const answered = new Promise<QueueAnswer>((resolve) => this.#waiting.set(id, resolve))
    this.#publish(requestKey, { service, id, body, more })
    return answered
  }

  /** Sends a signed one-way message. */
  tell(service: string, body: string): void {
    this.#publish(messageKey, { service, id: randomUUID(), body, more: {} })
  }

  /** Resolves with what comes to it next as a provider. */
  async nextDelivery(): Promise<QueueDelivery> {
    const [delivery] = (await once(this.#arrivals, 'delivery')) as [QueueDelivery]
    return delivery
  }

  async close(): Promise<void> {
    await this.#model.close()
  }

  /** What a request on behalf of a user says in place of the agency's ground. */
  #asUser(service: string, messageId: string, sub: object): Readonly<Record<string, unknown>> {
    const issuer = { subsystem: this.#subsystem, ...this.#credentials }
    const asked = { client: this.#subsystem, service, messageId }
    const assertion = signAssertion(issuer, asked, { claims: { sub } })
    return { mode: 'user', legalBasis: undefined, issue: undefined, assertion }
  }

  #publish(
    routingKey: string,
    {
      service,
      id,
      body,
      more,
    }: Readonly<Record<'service' | 'id' | 'body', string>> & {
      readonly more: Readonly<Record<string, unknown>>
    },
  ): void {
    const { properties, payload } = mqRequest(this.#credentials, {
      envelope: { client: this.#subsystem, service, id, ...ground, ...more },
      payload: Buffer.from(body),
    })
    const { contentType = '', messageId = '', type, headers } = properties
    const options = {
      ...{ contentType, messageId, headers, persistent: true, mandatory: true },
      ...(type !== undefined && { type }),
    }
    this.#channel.publish(outExchangeOf(this.#subsystem), routingKey, payload, options)
  }

  #replied({ content, properties, ...message }: ConsumeMessage): void {
    this.#channel.ack({ content, properties, ...message })
    const id = String(properties.correlationId)
    this.#waiting.get(id)?.({
      kind: String(properties.type),
      status: Number(properties.headers?.['sluice-status']),
      contentType: String(properties.contentType),
      payload: content,
      exchangeId: String(properties.messageId),
    })
    this.#waiting.delete(id)
  }

  #asked(message: ConsumeMessage): void {
    const { content: payload, properties } = message
    this.#channel.ack(message)
    const contentType = String(properties.contentType)
    const delivery = { contentType, payload, headers: properties.headers ?? {} }
    this.deliveries.push(delivery)
    this.#arrivals.emit('delivery', delivery)
    if (delivery.headers['sluice-pattern'] === 'one-way') return
    const { status = 200, payload: body = Buffer.alloc(0) } = this.answer(delivery)
    this.#channel.publish(answersExchangeOf(this.#subsystem), String(properties.replyTo), body, {
      contentType: 'application/json',
      correlationId: String(properties.correlationId),
      headers: { 'sluice-status': status },
      mandatory: true,
    })
  }
}
