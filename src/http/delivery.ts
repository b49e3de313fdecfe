import type { Dispatcher } from 'undici'
import type { Holding } from '../exchange/adapter.js'
import type { DeadlineSignal } from '../exchange/deadline.js'
import { Fault, toFault } from '../exchange/fault.js'
import type { ReceivedReply } from '../exchange/exchange.js'
import { isInMemory, type ByteSource, type Payload, type SpoolWriter } from '../exchange/payload.js'
import type { HttpReplyContent, HttpRequestContent, RawHeaders } from '../exchange/http-content.js'
import {
  faultOf,
  noRoomForAnswer,
  providerFault,
  replyTooLarge,
  unsignableAnswer,
} from './delivery-fault.js'
import { firstValue, headBytes, unsignableField } from './headers.js'
import { PayloadCollector, type BodyCollector } from './payload.js'
import type { ProviderPool } from './provider-pools.js'
import { SpoolingCollector } from './spooling-collector.js'
import { payloadStepBytes, spoolAboveBytes } from '../limits/http.js'

/** What came back from a provider over HTTP. */
export interface HttpAnswer<Body extends Payload = Uint8Array> extends Omit<
  ReceivedReply,
  'content'
> {
  readonly content: HttpAnswerContent<Body>
}

/** A provider's answer; its payload is on the spool only where the order lets it. */
export interface HttpAnswerContent<Body extends Payload = Uint8Array> extends Omit<
  HttpReplyContent,
  'payload'
> {
  readonly payload: Body
}

/** An answer that nobody let on the spool. */
export function heldAnswer(answer: HttpAnswer<Payload>): HttpAnswer {
  if (isInMemory(answer.content.payload)) return answer as HttpAnswer
  throw new TypeError('an answer on the spool that nobody asked for there')
}

export interface DeliveryOrder {
  readonly pool: ProviderPool
  readonly delivered: HttpRequestContent
  readonly replyBytesMax: number
  /** Counts the answer's bytes; what a delivery that fails had taken is given back at once. */
  readonly holding: Holding
  /** For large answers in parts; undefined where every answer stays in memory. */
  readonly openSpool: ((announced: number | undefined) => SpoolWriter) | undefined
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
  readonly #resolve: (reply: HttpAnswer<Payload>) => void
  readonly #reject: (fault: Fault) => void
  #abort: ((error?: Error) => void) | undefined
  #deliveredAt: Date | undefined
  #head: AnswerHead | undefined
  /** Has undici go on after `onData` has said false. */
  #resume: (() => void) | undefined
  #payload: BodyCollector<Payload> | undefined
  #settled = false
  /** Why the body could not be read that was to be sent. */
  #bodyTrouble: unknown

  /** @throws Fault THROTTLED where there is no room for an answer; nothing has been sent then */
  constructor(
    order: DeliveryOrder,
    resolve: (reply: HttpAnswer<Payload>) => void,
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

  /** A body that undici reads piece by piece; that it cannot be read is not the provider's trouble. */
  async *watched(payload: ByteSource): AsyncGenerator<Uint8Array, void> {
    try {
      yield* payload.pieces()
    } catch (error) {
      this.#bodyTrouble = error
      throw error
    }
  }

  onHeaders(status: number, headers: Buffer[], resume: () => void, statusText: string): boolean {
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
    this.#resume = resume
    this.#startPayload(status, announcedBytes(rawHeaders))
    return true
  }

  #startPayload(status: number, announced: number | undefined): void {
    const { delivered, replyBytesMax, holding } = this.#order
    const isBodyless = delivered.method === 'HEAD' || status === 204 || status === 304
    try {
      const openSpool = isBodyless || this.#settled ? undefined : this.#spoolOf(announced)
      if (!isBodyless && announced !== undefined) {
        if (announced > replyBytesMax) throw replyTooLarge(replyBytesMax)
        if (!openSpool) holding.assertRoom(announced)
      }
      this.#payload = openSpool
        ? new SpoolingCollector(announced, holding, openSpool)
        : new PayloadCollector(announced, replyBytesMax, holding)
    } catch (error) {
      this.#fail(noRoomForAnswer(error))
    }
  }

  /** Undefined where the answer stays in memory. */
  #spoolOf(announced: number | undefined): DeliveryOrder['openSpool'] {
    const type = firstValue(this.#head?.rawHeaders ?? [], 'content-type') ?? ''
    const isSmall = announced !== undefined && announced <= spoolAboveBytes
    return isSmall || !/^\s*multipart\//i.test(type) ? undefined : this.#order.openSpool
  }

  onData(chunk: Buffer): boolean {
    const payload = this.#payload
    if (!payload || this.#settled) return true
    const { replyBytesMax } = this.#order
    try {
      if (payload.bytes + chunk.length > replyBytesMax) throw replyTooLarge(replyBytesMax)
      const behind = payload.add(chunk)
      if (!behind) return true
      behind.then(
        () => this.#resume?.(),
        (error: unknown) => this.#fail(noRoomForAnswer(error)),
      )
      return false
    } catch (error) {
      this.#fail(noRoomForAnswer(error))
    }
    return true
  }

  onComplete(): void {
    this.#order.pool.inProgress -= 1
    this.#answer()
  }

  #answer(): void {
    if (this.#settled || !this.#head || !this.#payload || !this.#deliveredAt) return
    const taken = this.#payload.take()
    if (taken instanceof Promise) {
      taken.then(
        (payload) => this.#answerWith(payload),
        (error: unknown) => this.#fail(noRoomForAnswer(error)),
      )
    } else {
      this.#answerWith(taken)
    }
  }

  #answerWith(payload: Payload): void {
    if (this.#settled || !this.#head || !this.#deliveredAt) return
    this.#settle()
    this.#resolve({
      content: new ProviderAnswer(this.#head, payload),
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
    this.#giveUp(
      this.#bodyTrouble === undefined
        ? faultOf(error, this.#deliveredAt !== undefined)
        : toFault(this.#bodyTrouble),
    )
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

class ProviderAnswer implements HttpAnswerContent<Payload> {
  readonly format = 'http'
  readonly status: number
  readonly rawHeaders: RawHeaders
  readonly payload: Payload
  readonly #statusText: string

  constructor({ status, statusText, rawHeaders }: AnswerHead, payload: Payload) {
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
