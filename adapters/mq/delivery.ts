import type { ConsumeMessage } from 'amqplib'
import { answersExchangeOf } from '../../src/broker/names.js'
import type { Holding } from '../../src/exchange/adapter.js'
import type { DeadlineListener, DeadlineSignal } from '../../src/exchange/deadline.js'
import type { ReceivedReply } from '../../src/exchange/exchange.js'
import type { MqReplyContent } from '../../src/exchange/mq-content.js'
import type { Route } from '../../src/exchange/route.js'
import { Fault, toFault } from '../../src/exchange/fault.js'
import { noRoomForAnswer, replyTooLarge } from '../../src/http/delivery-fault.js'
import { payloadStepBytes } from '../../src/limits/http.js'
import { MadeMqReply } from '../../src/made-mq-reply.js'
import type { AnswerListener, Answers } from './answers.js'
import { deliveryFault } from './delivery-fault.js'
import type { DeliveryMessage } from './delivery-message.js'
import { ProviderAnswer } from './provider-answer.js'
import { PublishError } from './publish-error.js'
import type { PublicationListener, Publisher } from './publisher.js'

export interface DeliveryOrder {
  readonly message: DeliveryMessage
  readonly route: Route
  /** Counts the answer's bytes; undefined where none is waited for. */
  readonly holding: Holding | undefined
  readonly deadline: DeadlineSignal
  /** Told once the message is on its way, behind those before it. */
  readonly handedOver: (() => void) | undefined
  readonly publisher: Publisher
  readonly answers: Answers
  readonly clock: { now(): Date }
}

const nothing = new Uint8Array()

/** One request on its way into a provider's queue, and the wait for its answer where there will be one. */
export class Delivery implements PublicationListener, AnswerListener, DeadlineListener {
  readonly answersFrom: string
  readonly #order: DeliveryOrder
  readonly #resolve: (reply: ReceivedReply) => void
  readonly #reject: (fault: Fault) => void
  readonly #deliveredAt: Date
  #isConfirmed = false
  #isSettled = false

  constructor(
    order: DeliveryOrder,
    resolve: (reply: ReceivedReply) => void,
    reject: (fault: Fault) => void,
  ) {
    this.answersFrom = answersExchangeOf(order.route.provider)
    this.#order = order
    this.#resolve = resolve
    this.#reject = reject
    this.#deliveredAt = order.clock.now()
  }

  begin(): void {
    const { message, route, holding, deadline, handedOver, publisher, answers } = this.#order
    deadline.addEventListener('abort', this)
    try {
      if (holding) {
        if (!answers.isOpen) throw new PublishError('away')
        // The provider acts on what it gets, so a small answer must not find the room gone.
        holding.resize(Math.min(payloadStepBytes, route.replyBytesMax))
        answers.expect(message.properties.messageId, this)
      }
      publisher.publish(message, this)
      handedOver?.()
    } catch (error) {
      this.#fail(error instanceof PublishError ? deliveryFault(error) : toFault(error))
    }
  }

  /** The message is in the provider's queue, durably. A message that nobody answers is delivered with that. */
  confirmed(): void {
    this.#isConfirmed = true
    if (!this.#order.holding) this.#answer(new MadeMqReply(202, undefined, nothing))
  }

  refused(error: PublishError): void {
    this.#fail(deliveryFault(error))
  }

  answered(message: ConsumeMessage): void {
    const { route, holding } = this.#order
    try {
      const { length } = message.content
      if (length > route.replyBytesMax) throw replyTooLarge(route.replyBytesMax)
      holding?.resize(length)
      this.#answer(new ProviderAnswer(message))
    } catch (error) {
      this.#fail(noRoomForAnswer(error))
    }
  }

  /** Time is up. An answer that comes after it is nobody's. */
  handleEvent(): void {
    this.#fail(
      this.#isConfirmed
        ? new Fault('PROVIDER_TIMEOUT')
        : deliveryFault(new PublishError('unconfirmed')),
    )
  }

  #answer(content: MqReplyContent): void {
    if (this.#isSettled) return
    this.#settle()
    const { message, clock } = this.#order
    this.#resolve({
      content,
      delivered: message,
      deliveredAt: this.#deliveredAt,
      receivedAt: clock.now(),
    })
  }

  #fail(fault: Fault): void {
    if (this.#isSettled) return
    this.#settle()
    this.#order.holding?.resize(0)
    this.#reject(fault)
  }

  #settle(): void {
    this.#isSettled = true
    const { message, deadline, answers } = this.#order
    deadline.removeEventListener('abort', this)
    answers.forget(message.properties.messageId, this)
  }
}
