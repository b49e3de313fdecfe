import type { Dispatcher } from 'undici'
import type { Holding } from '../exchange/adapter.js'
import type { DeadlineSignal } from '../exchange/deadline.js'
import { Fault, toFault } from '../exchange/fault.js'
import type { ReceivedReply } from '../exchange/exchange.js'
import type {
  HttpReplyContent,
  HttpRequestContent,
  RawHeaders,
} from '../exchange/signed-content.js'
import { faultOf, providerFault, replyTooLarge, unsignableAnswer } from './delivery-fault.js'
import { firstValue, headBytes, unsignableField } from './headers.js'
import { PayloadCollector } from './payload.js'
import type { ProviderPool } from './provider-pools.js'
import { payloadStepBytes } from '../limits.js'

/** What came back from a provider over HTTP. */
export interface HttpAnswer extends ReceivedReply {
  readonly content: HttpReplyContent
}

export interface DeliveryOrder {
  readonly pool: ProviderPool
  readonly delivered: HttpRequestContent
  readonly replyBytesMax: number
  /** Counts the answer's bytes; what a delivery that fails had taken is given back at once. */
  readonly holding: Holding
  readonly deadline: DeadlineSignal
  readonly clock: { now(): Date }
}

/** The head of a provider's answer, as undici's parser gives it. */
interface AnswerHead {
  readonly status: number
  readonly statusText: string
  readonly rawHeaders: RawHeaders
}

/**
 * One request on its way to a provider. It is undici's handler itself, in the callbacks that undici
 * calls without wrapping: the newer ones build a header object for every answer.
 */
export class Delivery implements Dispatcher.DispatchHandler {
  readonly #order: DeliveryOrder
  readonly #resolve: (reply: HttpAnswer) => void
  readonly #reject: (fault: Fault) => void
  #abort: ((error?: Error) => void) | undefined
  #deliveredAt: Date | undefined
  #head: AnswerHead | undefined
  #payload: PayloadCollector | undefined
  #settled = false

  /** @throws Fault THROTTLED where there is no room for an answer; nothing has been sent then */
  constructor(
    order: DeliveryOrder,
    resolve: (reply: HttpAnswer) => void,
    reject: (fault: Fault) => void,
  ) {
    this.#order = order
    this.#resolve = resolve
    this.#reject = reject
    // The provider acts on what it gets, so a small answer must not find the room gone.
    order.holding.resize(Math.min(payloadStepBytes, order.replyBytesMax))
    order.pool.inProgress += 1
    order.deadline.addEventListener('abort', this)
  }

  /** Time is up. */
  handleEvent(): void {
    this.#fail(new Fault('PROVIDER_TIMEOUT'))
  }

  /** From here on the request is being written. */
  onConnect(abort: (error?: Error) => void): void {
    // Given up while it waited: thrown here, undici forgets it and keeps the connection.
    if (this.#settled) throw new Error('given up while waiting for a connection')
    this.#abort = abort
    this.#deliveredAt = this.#order.clock.now()
  }

  onHeaders(status: number, headers: Buffer[], _resume: () => void, statusText: string): boolean {
    if (status < 200) return true
    if (status > 599) {
      this.#fail(providerFault(new Error('status out of range')))
      return true
    }
    const rawHeaders = headers.map((text) => text.toString('latin1'))
    this.#head = { status, statusText, rawHeaders }
    // Found now, the log says of the exchange what its consumer is told.
    const unsignable = unsignableField(rawHeaders)
    if (unsignable !== undefined) this.#fail(unsignableAnswer(unsignable))
    this.#startPayload(status, announcedBytes(rawHeaders))
    return true
  }

  #startPayload(status: number, announced: number | undefined): void {
    const { delivered, replyBytesMax, holding } = this.#order
    const isBodyless = delivered.method === 'HEAD' || status === 204 || status === 304
    try {
      if (!isBodyless && announced !== undefined) {
        if (announced > replyBytesMax) throw replyTooLarge(replyBytesMax)
        holding.assertRoom(announced)
      }
    } catch (error) {
      this.#fail(toFault(error))
    }
    this.#payload = new PayloadCollector(announced, replyBytesMax, holding)
  }

  onData(chunk: Buffer): boolean {
    const payload = this.#payload
    if (!payload || this.#settled) return true
    const { replyBytesMax } = this.#order
    try {
      if (payload.bytes + chunk.length > replyBytesMax) throw replyTooLarge(replyBytesMax)
      payload.add(chunk)
    } catch (error) {
      this.#fail(toFault(error))
    }
    return true
  }

  onComplete(): void {
    this.#order.pool.inProgress -= 1
    this.#answer()
  }

  #answer(): void {
    if (this.#settled || !this.#head || !this.#payload || !this.#deliveredAt) return
    this.#settle()
    this.#resolve({
      content: new ProviderAnswer(this.#head, this.#payload.take()),
      delivered: this.#order.delivered,
      deliveredAt: this.#deliveredAt,
      receivedAt: this.#order.clock.now(),
    })
  }

  /** Called exactly once where `onComplete` is not, also after `#fail` has aborted. */
  onError(error: Error): void {
    this.#order.pool.inProgress -= 1
    if (this.#settled) return
    if (this.#isWholeAllTheSame(error)) {
      this.#answer()
      return
    }
    this.#giveUp(faultOf(error, this.#deliveredAt !== undefined))
  }

  // A 204 or 304 ends with its head, whatever length it names (RFC 9112 §6.3); undici waits for it.
  #isWholeAllTheSame(error: Error): boolean {
    const status = this.#head?.status
    return (
      (status === 204 || status === 304) &&
      (error as { readonly code?: unknown }).code === 'UND_ERR_RES_CONTENT_LENGTH_MISMATCH'
    )
  }

  #fail(fault: Fault): void {
    if (this.#settled) return
    this.#giveUp(fault)
    this.#abort?.(fault)
  }

  #giveUp(fault: Fault): void {
    this.#settle()
    this.#payload?.drop()
    this.#order.holding.resize(0)
    this.#reject(fault)
  }

  #settle(): void {
    this.#settled = true
    this.#order.deadline.removeEventListener('abort', this)
  }
}

class ProviderAnswer implements HttpReplyContent {
  readonly format = 'http'
  readonly status: number
  readonly rawHeaders: RawHeaders
  readonly payload: Uint8Array
  readonly #statusText: string

  constructor({ status, statusText, rawHeaders }: AnswerHead, payload: Uint8Array) {
    this.status = status
    this.rawHeaders = rawHeaders
    this.payload = payload
    this.#statusText = statusText
  }

  head(): Uint8Array {
    return headBytes(`HTTP/1.1 ${this.status} ${this.#statusText}`, this.rawHeaders)
  }
}

function announcedBytes(rawHeaders: RawHeaders): number | undefined {
  const value = firstValue(rawHeaders, 'content-length')
  return value !== undefined && /^\d{1,15}$/.test(value) ? Number(value) : undefined
}
