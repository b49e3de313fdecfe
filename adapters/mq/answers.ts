import { randomUUID } from 'node:crypto'
import type { Channel, ChannelModel, ConsumeMessage } from 'amqplib'
import { answersExchange } from '../../src/broker/names.js'
import type { AdapterTools } from '../../src/exchange/adapter.js'
import { answerQueueBytesMax, droppedAnswersToldEveryMs } from '../../src/limits/queues.js'
import { KeptChannel } from './kept-channel.js'
import { textOf } from './simple-headers.js'

/** Who waits for an answer. */
export interface AnswerListener {
  /** The exchange through which alone the provider can publish, and nobody else. */
  readonly answersFrom: string
  answered(message: ConsumeMessage): void
}

type Dropped = 'late' | 'foreign'

/**
 * The answers to this worker's deliveries. They come to a queue that is the worker's alone and goes with its connection;
 * its key stays the same for the worker's life, so that an answer that is given after the connection came back arrives.
 * One given in between has no queue to go to: its provider can see that (`mandatory`), and its exchange ends by its time
 * limit.
 */
export class Answers {
  /** Routing key of the worker's answers: what providers read as `reply_to`. */
  readonly key = `w-${randomUUID()}`
  readonly #settings: Pick<AdapterTools, 'now' | 'warn'>
  readonly #channel: KeptChannel<Channel>
  // Deliveries in progress only, so admission bounds it.
  readonly #waiting = new Map<string, AnswerListener>()
  #dropped: Record<Dropped, number> = { late: 0, foreign: 0 }
  #toldAtMs = 0

  constructor(settings: Pick<AdapterTools, 'now' | 'warn'>) {
    this.#settings = settings
    this.#channel = new KeptChannel({
      create: (model) => this.#create(model),
      warn: (event, details) => settings.warn(event, details),
    })
  }

  /** Whether answers arrive. */
  get isOpen(): boolean {
    return this.#channel.current !== undefined
  }

  get waiting(): number {
    return this.#waiting.size
  }

  open(model: ChannelModel): Promise<void> {
    return this.#channel.open(model)
  }

  lost(): void {
    this.#channel.lost()
  }

  /** For good. */
  close(): void {
    this.#channel.close()
  }

  /** From now on the answer to this exchange, if it comes, is for this listener; the first one is. */
  expect(exchangeId: string, listener: AnswerListener): void {
    this.#waiting.set(exchangeId, listener)
  }

  forget(exchangeId: string, listener: AnswerListener): void {
    if (this.#waiting.get(exchangeId) === listener) this.#waiting.delete(exchangeId)
  }

  async #create(model: ChannelModel): Promise<Channel> {
    const channel = await model.createChannel()
    // Without listener an error that comes while this is set up would end the process.
    channel.on('error', () => undefined)
    const { queue } = await channel.assertQueue('', {
      exclusive: true,
      durable: false,
      arguments: { 'x-max-length-bytes': answerQueueBytesMax, 'x-overflow': 'reject-publish' },
    })
    await channel.bindQueue(queue, answersExchange, this.key)
    const take = (message: ConsumeMessage | null): void => {
      // The broker has taken the queue away.
      if (message) this.#take(message)
      else channel.close().catch(() => undefined)
    }
    // An answer is taken when it is here: there is nothing to acknowledge to a queue that ends with its connection.
    await channel.consume(queue, take, { noAck: true, exclusive: true })
    return channel
  }

  #take(message: ConsumeMessage): void {
    const exchangeId = textOf(message.properties.correlationId)
    const listener = exchangeId === undefined ? undefined : this.#waiting.get(exchangeId)
    if (exchangeId === undefined || !listener) {
      this.#drop('late', message)
      return
    }
    if (message.fields.exchange !== listener.answersFrom) {
      this.#drop('foreign', message)
      return
    }
    this.#waiting.delete(exchangeId)
    listener.answered(message)
  }

  /** Told of together: a provider that floods the queue must not flood the system log. */
  #drop(why: Dropped, { fields }: ConsumeMessage): void {
    this.#dropped[why] += 1
    const nowMs = this.#settings.now().getTime()
    if (nowMs - this.#toldAtMs < droppedAnswersToldEveryMs) return
    this.#toldAtMs = nowMs
    const { late, foreign } = this.#dropped
    // Nobody else may write to an exchange of answers, so its name says whose the last one was.
    this.#settings.warn('answers dropped', { late, foreign, last: fields.exchange })
    this.#dropped = { late: 0, foreign: 0 }
  }
}
