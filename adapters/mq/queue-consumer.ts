import type { Channel, ChannelModel, ConsumeMessage } from 'amqplib'
import { messageQueueOf, requestQueueOf } from '../../src/broker/names.js'
import type { SubsystemId } from '../../src/exchange/identifier.js'
import { mqLimits } from '../../src/limits/queues.js'
import type { SubsystemQueue, TakeMessage } from './arrived-message.js'
import { Lane } from './lane.js'

type Model = Pick<ChannelModel, 'createChannel'>

/**
 * Reads one queue of a subsystem, on a channel of its own: what is wrong with one queue closes no other's. A queue that
 * is not there yet, or not any more, is tried again.
 */
export class QueueConsumer implements SubsystemQueue {
  readonly name: string
  readonly owner: SubsystemId
  readonly kind: SubsystemQueue['kind']
  readonly lane = new Lane()
  readonly #take: TakeMessage
  readonly #idle: (() => void)[] = []
  readonly #breathing = new Set<() => void>()
  #model: Model | undefined
  #channel: Channel | undefined
  #consumerTag: string | undefined
  #retryMs: number = mqLimits.queueRetryMsMin
  #retry: NodeJS.Timeout | undefined
  #inProgress = 0
  #isDraining = false
  /** It has had a large message by this connection: it is read few at a time. */
  #hasLarge = false
  /** Nothing more is taken by this channel; the next one reads few at a time. */
  #isNarrowing = false
  #trouble: string | undefined

  constructor(owner: SubsystemId, kind: SubsystemQueue['kind'], take: TakeMessage) {
    this.owner = owner
    this.kind = kind
    this.name = kind === 'requests' ? requestQueueOf(owner) : messageQueueOf(owner)
    this.#take = take
  }

  /** Why it cannot be read; undefined where it is. */
  get trouble(): string | undefined {
    return this.#trouble
  }

  /** Reads by this connection from now on. */
  connect(model: Model): void {
    this.#model = model
    this.#hasLarge = false
    this.#retryMs = mqLimits.queueRetryMsMin
    void this.#open(model)
  }

  /** The connection is gone; what is in progress goes on, and comes again. */
  lost(): void {
    clearTimeout(this.#retry)
    this.#model = undefined
    this.#channel = undefined
    this.#consumerTag = undefined
  }

  /** Takes nothing more; resolves when what is in progress is settled and its channel closed. */
  async drain(): Promise<void> {
    clearTimeout(this.#retry)
    this.#isDraining = true
    this.lane.close()
    for (const go of this.#breathing) go()
    // Requests are for another worker at once. The next reader of messages begins when this one has settled all that it
    // has begun, so that none overtakes another: who closes the channel gives the queue up, with all that came meanwhile.
    if (this.kind === 'requests') await this.#cancel()
    if (this.#inProgress > 0) await new Promise<void>((resolve) => this.#idle.push(resolve))
    const channel = this.#channel
    this.#channel = undefined
    await channel?.close().catch(() => undefined)
  }

  async #cancel(): Promise<void> {
    const tag = this.#consumerTag
    if (tag !== undefined) await this.#channel?.cancel(tag).catch(() => undefined)
  }

  async #open(model: Model): Promise<void> {
    try {
      const channel = await model.createChannel()
      if (this.#model !== model || this.#isDraining) {
        await channel.close()
        return
      }
      this.#channel = channel
      this.#isNarrowing = false
      channel.on('error', (error: Error) => (this.#trouble = error.message))
      channel.on('close', () => this.#closed(channel))
      await channel.prefetch(this.#prefetch)
      const { consumerTag } = await channel.consume(this.name, (delivery) =>
        this.#arrived(channel, delivery),
      )
      this.#consumerTag = consumerTag
      this.#trouble = undefined
      this.#retryMs = mqLimits.queueRetryMsMin
    } catch (error) {
      this.#trouble = error instanceof Error ? error.message : 'unknown'
      this.#openLater(model)
    }
  }

  get #prefetch(): number {
    if (this.#hasLarge) return mqLimits.largePrefetch
    return this.kind === 'requests' ? mqLimits.requestPrefetch : mqLimits.messagePrefetch
  }

  #closed(channel: Channel): void {
    if (this.#channel !== channel) return
    this.#channel = undefined
    this.#consumerTag = undefined
    if (this.#model) this.#openLater(this.#model)
  }

  #openLater(model: Model): void {
    if (this.#model !== model || this.#isDraining) return
    clearTimeout(this.#retry)
    this.#retry = setTimeout(() => void this.#open(model), this.#retryMs)
    this.#retryMs = Math.min(2 * this.#retryMs, mqLimits.queueRetryMsMax)
  }

  #arrived(channel: Channel, delivery: ConsumeMessage | null): void {
    // The broker reads it no more to this consumer: the queue has been deleted.
    if (!delivery) {
      channel.close().catch(() => undefined)
      return
    }
    // Not acknowledged: it goes back as the channel closes, before what came after it.
    if (this.#isDraining || this.#isNarrowing) return
    this.#inProgress += 1
    if (!this.#hasLarge && delivery.content.length >= mqLimits.largeBodyBytesMin) {
      this.#hasLarge = true
      this.#isNarrowing = true
    }
    void this.#carry(channel, delivery)
  }

  async #carry(channel: Channel, delivery: ConsumeMessage): Promise<void> {
    let settlement = await this.#take({ queue: this, delivery })
    for (let pauseMs = mqLimits.pauseMsMax; settlement === 'requeue'; pauseMs *= 2) {
      await this.#breathe(Math.min(pauseMs, mqLimits.messageRetryMsMax))
      // The broker counts what is given back, and all that was handed out behind it: messages are tried again here.
      if (this.kind === 'requests' || this.#isDraining || this.#channel !== channel) break
      settlement = await this.#take({ queue: this, delivery })
    }
    this.#settle(channel, delivery, settlement === 'done')
    this.#inProgress -= 1
    if (this.#inProgress > 0) return
    for (const idle of this.#idle.splice(0)) idle()
    // What came after the large one goes back with the channel, before what came later.
    if (this.#isNarrowing && this.#channel === channel) channel.close().catch(() => undefined)
  }

  #settle(channel: Channel, delivery: ConsumeMessage, isDone: boolean): void {
    // Of a channel that is gone the broker has taken everything back.
    if (this.#channel !== channel) return
    try {
      if (isDone) channel.ack(delivery)
      else if (this.kind === 'requests') channel.nack(delivery, false, true)
    } catch {
      // It closed just now.
    }
  }

  /** What could not be carried is not to come back at once, unless another is to have it. */
  #breathe(pauseMs: number): Promise<void> {
    if (this.#isDraining) return Promise.resolve()
    return new Promise((resolve) => {
      const go = (): void => {
        clearTimeout(timer)
        this.#breathing.delete(go)
        resolve()
      }
      const timer = setTimeout(go, pauseMs)
      this.#breathing.add(go)
    })
  }
}
