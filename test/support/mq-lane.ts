import {
  connect,
  type Channel,
  type ChannelModel,
  type ConfirmChannel,
  type ConsumeMessage,
} from 'amqplib'
import { createHash, randomUUID } from 'node:crypto'
import { createAdapter } from '../../adapters/mq/adapter.js'
import {
  deadQueue,
  messageKey,
  noticesQueueOf,
  outExchangeOf,
  repliesQueueOf,
  requestKey,
  unroutableQueue,
} from '../../src/broker/names.js'
import { Topology } from '../../src/broker/topology.js'
import { Secret } from '../../src/config/secrets.js'
import type { HandleExchange, Listening, ProtocolAdapter } from '../../src/exchange/adapter.js'
import type {
  AuthenticatedRequest,
  LoggedRequest,
  ReceivedRequest,
  Reply,
  RequestStage,
} from '../../src/exchange/exchange.js'
import type { LoggedEntry } from '../../src/exchange/logged-entry.js'
import type { MqReplyContent } from '../../src/exchange/mq-content.js'
import { Fault, toFault } from '../../src/exchange/fault.js'
import { parseSubsystemId, type SubsystemId } from '../../src/exchange/identifier.js'
import { createAuthenticate } from '../../src/trust/authenticate.js'
import { createMqSigner } from '../../src/trust/jws/sign-message.js'
import type { TestBroker } from './broker.js'
import type { MqMessage } from './mq-signing.js'
import { toolsStub, type ToolsStub } from './rest-lane.js'
import { directoryOf, fiveMinutesMs, testSigner, type TestSigner } from './signing.js'

/** The consumer-facing side of the MQ lane on a real broker: real signatures, and of the rest of the bus what a test wants. */

export const sender = parseSubsystemId('AZ/GOV/VN/SC')
export const otherSender = parseSubsystemId('AZ/GOV/DIN/GCQ')

/** What becomes of a request whose signature proved right. */
export type Carry = (authenticated: AuthenticatedRequest) => Promise<Reply>

export const entry: LoggedEntry = {
  leafHash: new Uint8Array(32).fill(7),
  recordedAt: new Date(),
  log: 'domain/SENED',
  receipt: 'qebz.e30.AA',
}

/** Steps 1 of the line by the real verifier, the others by `carry`; faults become refusals. */
export function lineOf(signers: readonly TestSigner[], carry: Carry): HandleExchange {
  const step = createAuthenticate({
    signers: directoryOf(...signers),
    now: () => new Date(),
    freshnessMs: fiveMinutesMs,
    payloadBytesMax: () => 1 << 20,
    isCarriedOver: () => false,
  })
  return async (received) => {
    let reached: RequestStage = received
    try {
      const signed = (reached = step.verifyHead(received))
      const identified = (reached = step.identify(signed))
      const authenticated = (reached = await step.authenticate(identified))
      return await carry(authenticated)
    } catch (error) {
      const signer = 'signer' in reached ? reached.signer : undefined
      const verified = 'verified' in reached ? reached.verified : undefined
      const { exchangeId } = received
      return { outcome: 'refused', exchangeId, fault: toFault(error), signer, verified, entry }
    }
  }
}

/** The provider's answer, or the request's own body. */
export function answeredWith(
  authenticated: AuthenticatedRequest,
  content?: Partial<MqReplyContent>,
): Reply {
  const { exchangeId, verified } = authenticated
  if (verified.format !== 'mq') throw new Error('of another protocol')
  const given: MqReplyContent = {
    format: 'mq',
    status: 200,
    properties: { contentType: verified.contentType, headers: {} },
    signature: undefined,
    payload: verified.payload,
    head: () => new Uint8Array(),
    ...content,
  }
  const request = {
    ...authenticated,
    route: { accessRight: undefined },
  } as unknown as LoggedRequest
  return { outcome: 'answered', exchangeId, request, content: given, entry }
}

export function acceptedOf(authenticated: AuthenticatedRequest): Reply {
  const request = authenticated as unknown as LoggedRequest
  return { outcome: 'accepted', exchangeId: authenticated.exchangeId, request, entry }
}

export interface MqLaneWish {
  readonly owners?: readonly SubsystemId[]
  /** Subsystems whose queues are at the broker; by default those of the owners. */
  readonly declared?: readonly SubsystemId[]
}

/** The bus's key in these tests. */
export const busKey = testSigner('p256', 'AZ/GOV/RITN/SLUICE')

export class MqLane {
  readonly tools: ToolsStub
  readonly received: ReceivedRequest[] = []
  readonly #broker: TestBroker
  readonly #models: ChannelModel[] = []
  readonly #listening: Listening[] = []
  readonly #adapters: ProtocolAdapter[] = []
  readonly #listeners = new Set<() => void>()
  #owners: readonly SubsystemId[]

  constructor(broker: TestBroker, { owners = [sender] }: MqLaneWish = {}) {
    this.#broker = broker
    this.#owners = owners
    const { privateKey, thumbprint: certificateThumbprint } = busKey
    const mqSigner = createMqSigner({ privateKey, certificateThumbprint, now: () => new Date() })
    const stub = toolsStub()
    this.tools = {
      ...stub,
      mqSigner,
      replySigner: (consumer, claimsRsa) => ({
        ...stub.replySigner(consumer, claimsRsa),
        mq: mqSigner,
      }),
      queueOwners: {
        list: () => this.#owners,
        senders: () => this.#owners,
        onChange: (listener) => {
          this.#listeners.add(listener)
          return () => this.#listeners.delete(listener)
        },
      },
    }
  }

  /** What the registry says from now on. */
  changeOwners(owners: readonly SubsystemId[]): void {
    this.#owners = owners
    for (const listener of this.#listeners) listener()
  }

  /** Exchanges and queues, as the bus declares them. */
  async declare(...subsystems: readonly SubsystemId[]): Promise<void> {
    const model = await this.#connect()
    const owners = subsystems.map((id) => ({ id, isActive: true, furtherQueues: [] }))
    const troubles = await new Topology(model).declare(owners)
    if (troubles.length > 0) throw new Error(JSON.stringify(troubles))
  }

  /** One more worker. */
  async listen(handle: HandleExchange): Promise<Listening & { readonly adapter: ProtocolAdapter }> {
    const adapter = createAdapter({ url: new Secret(this.#broker.url), limits: {} }, this.tools)
    this.#adapters.push(adapter)
    const listening = await adapter.listen!((received) => {
      this.received.push(received)
      return handle(received)
    })
    this.#listening.push(listening)
    return { ...listening, adapter }
  }

  /** A subsystem's own client. */
  async client(id: SubsystemId = sender): Promise<MqClient> {
    const client = new MqClient(await this.#connect(), id)
    await client.open()
    return client
  }

  async close(): Promise<void> {
    for (const listening of this.#listening) await listening.close()
    for (const adapter of this.#adapters) await adapter.close?.()
    for (const model of this.#models) await model.close().catch(() => undefined)
  }

  async #connect(): Promise<ChannelModel> {
    const model = await connect(this.#broker.url, { noDelay: true })
    model.on('error', () => undefined)
    this.#models.push(model)
    return model
  }
}

export class MqClient {
  readonly #model: ChannelModel
  readonly id: SubsystemId
  readonly #inbox = new Map<string, Inbox>()
  #channel: ConfirmChannel | undefined

  constructor(model: ChannelModel, id: SubsystemId) {
    this.#model = model
    this.id = id
  }

  async open(): Promise<void> {
    this.#channel = await this.#model.createConfirmChannel()
    this.#channel.on('error', () => undefined)
    const own = [repliesQueueOf(this.id), noticesQueueOf(this.id)]
    for (const name of [...own, deadQueue, unroutableQueue]) await this.#read(name)
  }

  /** A channel beside its own: what is on it goes back when it closes. */
  another(): Promise<Channel> {
    return this.#model.createChannel()
  }

  get channel(): ConfirmChannel {
    if (!this.#channel) throw new Error('not open')
    return this.#channel
  }

  /** A temporary reply queue of its own. */
  async temporaryQueue(suffix: string): Promise<string> {
    const name = `${repliesQueueOf(this.id)}.${suffix}`
    await this.channel.assertQueue(name, { exclusive: true })
    await this.#read(name)
    return name
  }

  request(message: MqMessage, changes: object = {}): Promise<void> {
    return this.publish(requestKey, message, changes)
  }

  message(message: MqMessage, changes: object = {}): Promise<void> {
    return this.publish(messageKey, message, changes)
  }

  publish(key: string, { properties, payload }: MqMessage, changes: object = {}): Promise<void> {
    const { headers, ...own } = properties
    const options = { ...own, headers: { ...headers }, persistent: true, ...changes } as object
    return new Promise((resolve, reject) => {
      this.channel.publish(outExchangeOf(this.id), key, payload, options, (error: unknown) => {
        if (error) reject(error instanceof Error ? error : new Error('not taken'))
        else resolve()
      })
    })
  }

  reply(queue = repliesQueueOf(this.id)): Promise<ConsumeMessage> {
    return this.#of(queue).next()
  }

  notice(): Promise<ConsumeMessage> {
    return this.#of(noticesQueueOf(this.id)).next()
  }

  dead(): Promise<ConsumeMessage> {
    return this.#of(deadQueue).next()
  }

  unroutable(): Promise<ConsumeMessage> {
    return this.#of(unroutableQueue).next()
  }

  /** Messages that came and that nobody asked for yet. */
  get unread(): number {
    return [...this.#inbox.values()].reduce((sum, { waiting }) => sum + waiting, 0)
  }

  #of(queue: string): Inbox {
    const inbox = this.#inbox.get(queue)
    if (!inbox) throw new Error(`${queue} is not read`)
    return inbox
  }

  async #read(queue: string): Promise<void> {
    const inbox = new Inbox()
    this.#inbox.set(queue, inbox)
    await this.channel.consume(queue, (message) => message && inbox.put(message), { noAck: true })
  }
}

class Inbox {
  readonly #messages: ConsumeMessage[] = []
  readonly #asking: ((message: ConsumeMessage) => void)[] = []

  get waiting(): number {
    return this.#messages.length
  }

  put(message: ConsumeMessage): void {
    const asking = this.#asking.shift()
    if (asking) asking(message)
    else this.#messages.push(message)
  }

  next(): Promise<ConsumeMessage> {
    const message = this.#messages.shift()
    return message ? Promise.resolve(message) : new Promise((take) => this.#asking.push(take))
  }
}

/** A message log as far as order and repeats go: who was taken, under which message id, with which signature. */
export class TakenMessages {
  readonly ids: string[] = []
  readonly #first = new Map<string, { readonly exchangeId: string; readonly digest: string }>()

  /** @throws Fault DUPLICATE_MESSAGE, with the first exchange where the message is the very same */
  take({ envelope, verified, exchangeId }: AuthenticatedRequest): void {
    const id = `${envelope.consumer} ${envelope.messageId} ${envelope.copy ?? 0}`
    const digest = createHash('sha256').update(verified.signature.value).digest('hex')
    const first = this.#first.get(id)
    if (first) {
      const repeatOf = first.digest === digest ? { repeatOf: first.exchangeId } : {}
      throw new Fault('DUPLICATE_MESSAGE', repeatOf)
    }
    this.#first.set(id, { exchangeId, digest })
    this.ids.push(envelope.messageId)
  }
}

export function problemOf({ content }: ConsumeMessage): Record<string, unknown> {
  return JSON.parse(content.toString('utf8')) as Record<string, unknown>
}

export const newId = (): string => randomUUID()

/** What may be waited for until somebody opens it. */
export function gateOf(): { readonly passed: Promise<void>; readonly open: () => void } {
  let open: () => void = () => undefined
  const passed = new Promise<void>((resolve) => (open = resolve))
  return { passed, open }
}
