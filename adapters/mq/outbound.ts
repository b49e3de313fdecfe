import type { ChannelModel } from 'amqplib'
import { BrokerConnection } from '../../src/broker/connection.js'
import { queueOfAddress, noticesKey } from '../../src/broker/names.js'
import type { Secret } from '../../src/config/secrets.js'
import type { AdapterTools } from '../../src/exchange/adapter.js'
import type { DeadlineSignal } from '../../src/exchange/deadline.js'
import type { MediatedRequest, ReceivedReply } from '../../src/exchange/exchange.js'
import { Fault } from '../../src/exchange/fault.js'
import { Answers } from './answers.js'
import { Delivery } from './delivery.js'
import { DeliveryMessage } from './delivery-message.js'
import { answerMetaservice } from './metaservice.js'
import { NoticesIn } from './notices-in.js'
import type { Publisher } from './publisher.js'
import { orWhenOver } from './or-when-over.js'

/** The provider-facing side: deliveries into queues, answers to them, notices of recipients. */
export class Outbound {
  readonly #tools: AdapterTools
  readonly #publisher: Publisher
  readonly #answers: Answers
  readonly #notices: NoticesIn
  readonly #connection: BrokerConnection
  #started: Promise<void> | undefined
  #settle: () => void = () => undefined
  readonly #firstAttempt = new Promise<void>((resolve) => (this.#settle = resolve))

  constructor(
    { url }: { readonly url: Secret<string> },
    tools: AdapterTools,
    publisher: Publisher,
  ) {
    this.#tools = tools
    this.#publisher = publisher
    this.#answers = new Answers(tools)
    this.#notices = new NoticesIn(tools, publisher)
    this.#connection = new BrokerConnection({
      url,
      name: 'sluice answers',
      setup: (model) => this.#open(model),
      onLost: () => {
        this.#answers.lost()
        this.#notices.lost()
        this.#settle()
      },
    })
  }

  /** What is wrong with it, for health. */
  get trouble(): string | undefined {
    return this.#connection.trouble
  }

  /** Begins to read answers and notices; deliveries begin it by themselves. Resolves at once. */
  async start(): Promise<void> {
    this.#started ??= this.#connection.start()
    await Promise.all([this.#started, this.#publisher.start()])
  }

  /**
   * Delivers one request: the consumer's own bytes, or what a mapping made of them, with the bus's signature. Resolves
   * with the provider's answer; of a one-way message, which has none, once it is in the provider's queue.
   * @throws Fault PROVIDER_UNAVAILABLE, PROVIDER_TIMEOUT, RESPONSE_INVALID, THROTTLED, MAPPING_FAILED
   */
  async send(
    mediated: MediatedRequest,
    deadline: DeadlineSignal,
    handedOver?: () => void,
  ): Promise<ReceivedReply> {
    if (deadline.aborted) throw new Fault('PROVIDER_TIMEOUT')
    const { logged } = mediated
    const { route, exchangeId, envelope } = logged
    if (route.metaservice) return answerMetaservice(route.metaservice, logged, this.#tools)
    const queue = queueOfAddress(route.provider, route.address)
    if (queue === undefined) throw noQueue()
    if (!this.#publisher.isOpen || !this.#answers.isOpen) await this.#begun(deadline)
    const isOneWay = route.pattern === 'one-way'
    const replyTo = isOneWay ? noticesKey : this.#answers.key
    const tools = this.#tools
    const order = {
      message: new DeliveryMessage(mediated, queue, replyTo, tools),
      route,
      holding: isOneWay ? undefined : tools.replyBudget.hold(exchangeId, envelope.consumer),
      deadline,
      // The channel keeps their order, and the broker theirs of one channel and queue.
      handedOver: isOneWay ? handedOver : undefined,
      publisher: this.#publisher,
      answers: this.#answers,
      clock: tools,
    }
    return new Promise((resolve, reject) => new Delivery(order, resolve, reject).begin())
  }

  /** Takes no more notices; what is being taken is taken to its end. */
  stop(): Promise<void> {
    return this.#notices.stop()
  }

  async close(): Promise<void> {
    this.#answers.close()
    await this.#notices.stop()
    await this.#connection.close()
  }

  async #open(model: ChannelModel): Promise<void> {
    await this.#answers.open(model)
    await this.#notices.open(model)
    this.#settle()
  }

  /** At the start the broker gets the time that it needs to answer at all; later nothing waits for it. */
  async #begun(deadline: DeadlineSignal): Promise<void> {
    await this.start()
    await orWhenOver(Promise.all([this.#firstAttempt, this.#publisher.firstAttempt]), deadline)
    if (deadline.aborted) throw new Fault('PROVIDER_TIMEOUT', { side: 'bus' })
  }
}

function noQueue(): Fault {
  return new Fault('PROVIDER_UNAVAILABLE', {
    side: 'bus',
    detail: "The provider's address names no queue.",
  })
}
