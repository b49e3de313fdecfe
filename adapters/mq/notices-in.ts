import { setTimeout as pause } from 'node:timers/promises'
import type { Channel, ChannelModel, ConsumeMessage } from 'amqplib'
import { noticesInQueue } from '../../src/broker/names.js'
import type { AdapterTools } from '../../src/exchange/adapter.js'
import { Deadline } from '../../src/exchange/deadline.js'
import type { EnvelopeReader } from '../../src/exchange/envelope.js'
import type { ReceivedRequest } from '../../src/exchange/exchange.js'
import { toFault, type Fault } from '../../src/exchange/fault.js'
import { noticesInLimits } from '../../src/limits/queues.js'
import { putAside } from './dead-letter.js'
import { checkContent, readEnvelope } from './envelope.js'
import { KeptChannel } from './kept-channel.js'
import type { Publisher } from './publisher.js'
import { readNotice } from './read-notice.js'

const { prefetch, publishMsMax, retryMsMin, retryMsMax, unforeseenAttemptsMax } = noticesInLimits

/**
 * What recipients say of their messages. A notice is acknowledged once it is durable in the message log, or among the
 * dead letters; until then the broker keeps it, whatever becomes of this worker.
 */
export class NoticesIn {
  readonly #tools: AdapterTools
  readonly #publisher: Publisher
  readonly #channel: KeptChannel<Channel>
  readonly #inHand = new Set<Promise<void>>()
  /** The last one in hand of each message: what is said of it later is taken later. */
  readonly #last = new Map<string, Promise<void>>()
  #consumer: { readonly channel: Channel; readonly tag: string } | undefined
  #gone = new AbortController()

  constructor(tools: AdapterTools, publisher: Publisher) {
    this.#tools = tools
    this.#publisher = publisher
    this.#channel = new KeptChannel({
      create: (model) => this.#create(model),
      onGone: () => this.#gone.abort(),
      warn: (event, details) => tools.warn(event, details),
    })
  }

  /** Whether notices are read. */
  get isOpen(): boolean {
    return this.#channel.current !== undefined
  }

  open(model: ChannelModel): Promise<void> {
    return this.#channel.openOrLater(model)
  }

  lost(): void {
    this.#channel.lost()
  }

  /** Takes no more; resolves when what is in hand has been taken, or goes back. */
  async stop(): Promise<void> {
    const { channel, tag } = this.#consumer ?? {}
    this.#consumer = undefined
    if (channel && tag !== undefined) await channel.cancel(tag).catch(() => undefined)
    // Those that wait for a better moment go back to the queue with the channel.
    this.#gone.abort()
    await Promise.all(this.#inHand)
    this.#channel.close()
    await channel?.close().catch(() => undefined)
  }

  async #create(model: ChannelModel): Promise<Channel> {
    const channel = await model.createChannel()
    // Without listener an error that comes while this is set up would end the process.
    channel.on('error', () => undefined)
    const gone = new AbortController()
    await channel.prefetch(prefetch)
    const { consumerTag } = await channel.consume(noticesInQueue, (message) => {
      // The broker has taken the queue away.
      if (message) this.#hold(this.#inTurn(message, channel, gone.signal))
      else channel.close().catch(() => undefined)
    })
    this.#gone = gone
    this.#consumer = { channel, tag: consumerTag }
    return channel
  }

  #hold(work: Promise<void>): void {
    this.#inHand.add(work)
    void work.finally(() => this.#inHand.delete(work))
  }

  /** MUST NOT reject. */
  #inTurn(message: ConsumeMessage, channel: Channel, gone: AbortSignal): Promise<void> {
    const key = messageOf(message)
    const before = this.#last.get(key)
    const take = (): Promise<void> => this.#take(message, channel, gone)
    const taken = before ? before.then(take) : take()
    this.#last.set(key, taken)
    void taken.finally(() => {
      if (this.#last.get(key) === taken) this.#last.delete(key)
    })
    return taken
  }

  /** MUST NOT reject. */
  async #take(message: ConsumeMessage, channel: Channel, gone: AbortSignal): Promise<void> {
    let pauseMs: number = retryMsMin
    const id = this.#tools.newExchangeId()
    for (let attempt = 1; !gone.aborted; attempt += 1) {
      try {
        await this.#settle(message, id, attempt)
        channel.ack(message)
        return
      } catch (error) {
        // The broker would count a message that is given back as poison, and hand it out again at once.
        this.#tools.warn('a notice waits', { attempt, error: String(error) })
      }
      await pause(pauseMs, undefined, { signal: gone }).catch(() => undefined)
      pauseMs = Math.min(2 * pauseMs, retryMsMax)
    }
  }

  /** @throws where it has to be tried again */
  async #settle(message: ConsumeMessage, id: string, attempt: number): Promise<void> {
    try {
      await this.#tools.messages.take(readNotice(message, this.#tools))
    } catch (error) {
      const fault = toFault(error)
      if (isPassing(fault, attempt)) throw fault
      await this.#refuse(message, id, fault)
    }
  }

  /**
   * With an entry of the refusal, and the notice among the dead letters.
   * @throws PublishError
   */
  async #refuse(message: ConsumeMessage, id: string, fault: Fault): Promise<void> {
    const tools = this.#tools
    const { exchange } = message.fields
    await tools.messages.refuse(fault, refusedNotice(message, id, tools.now()))
    const { code, field } = fault
    tools.warn('a notice is put aside', { id, code, field, exchange })
    const now = tools.now()
    const queue = noticesInQueue
    const letter = { message, queue, fault, id, exchangeId: undefined, now, isJunk: true }
    const deadline = new Deadline(publishMsMax)
    try {
      await putAside(letter, this.#publisher, deadline)
    } finally {
      deadline.clear()
    }
  }
}

/** Of what it says nothing is believed; through whose exchange it came the broker saw to. */
function refusedNotice(
  { fields, content }: ConsumeMessage,
  exchangeId: string,
  receivedAt: Date,
): ReceivedRequest {
  const reason = 'A notice that was refused.'
  return {
    ...{ exchangeId, receivedAt, adapter: noticeReader, remoteAddress: fields.exchange },
    content: { format: 'malformed', code: 'REQUEST_INVALID', reason, head: () => content },
  }
}

const noticeReader: EnvelopeReader = { protocol: 'mq', readEnvelope, checkContent }

/** By what nobody has verified yet: whoever misleads here has its own notices wait for each other. */
function messageOf({ properties, fields }: ConsumeMessage): string {
  const { correlationId } = properties as { correlationId?: unknown }
  return `${fields.exchange} ${typeof correlationId === 'string' ? correlationId : ''}`
}

function isPassing({ code }: Fault, attempt: number): boolean {
  if (code === 'AUDIT_UNAVAILABLE' || code === 'THROTTLED') return true
  return code === 'INTERNAL_ERROR' && attempt < unforeseenAttemptsMax
}
