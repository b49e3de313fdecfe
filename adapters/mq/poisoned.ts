import type { Channel, ChannelModel, ConsumeMessage } from 'amqplib'
import { messageQueueOf, poisonedQueue, requestQueueOf } from '../../src/broker/names.js'
import type { AdapterTools } from '../../src/exchange/adapter.js'
import { Deadline } from '../../src/exchange/deadline.js'
import { mqLimits } from '../../src/limits/queues.js'
import type { ArrivedMessage, SubsystemQueue, TakeMessage } from './arrived-message.js'
import { putAside } from './dead-letter.js'
import { KeptChannel } from './kept-channel.js'
import { Lane } from './lane.js'
import { latestDeathOf } from './latest-death.js'
import type { Publisher } from './publisher.js'
import { textOf } from './simple-headers.js'
import { tellSender } from './undelivered.js'

/**
 * What the broker took out of a queue, since it was handed out again and again, or somebody would not have it. A message
 * of a consumer is refused as any other: its refusal is in the log, and its sender is told. So is the sender of a message
 * that its recipient does not take. All of them are letters then, with the queue they were in.
 */
export class Poisoned {
  readonly #tools: AdapterTools
  readonly #publisher: Publisher
  readonly #refuse: TakeMessage
  readonly #channel: KeptChannel<Channel>
  readonly #inHand = new Set<Promise<void>>()
  #isStopping = false

  /** @param refuse - brings a consumer's message to its end */
  constructor(tools: AdapterTools, publisher: Publisher, refuse: TakeMessage) {
    this.#tools = tools
    this.#publisher = publisher
    this.#refuse = refuse
    this.#channel = new KeptChannel({
      create: (model) => this.#create(model),
      warn: (event, details) => tools.warn(event, details),
    })
  }

  open(model: ChannelModel): Promise<void> {
    return this.#channel.openOrLater(model)
  }

  lost(): void {
    this.#channel.lost()
  }

  /** Takes no more; resolves when what is in hand is settled. */
  async stop(): Promise<void> {
    this.#isStopping = true
    await Promise.all(this.#inHand)
    const channel = this.#channel.current
    this.#channel.close()
    await channel?.close().catch(() => undefined)
  }

  async #create(model: ChannelModel): Promise<Channel> {
    const channel = await model.createChannel()
    // Without listener an error that comes while this is set up would end the process.
    channel.on('error', () => undefined)
    await channel.prefetch(mqLimits.poisonedPrefetch)
    await channel.consume(poisonedQueue, (message) => {
      // The broker has taken the queue away.
      if (!message) channel.close().catch(() => undefined)
      else if (!this.#isStopping) this.#hold(this.#settle(message, channel))
    })
    return channel
  }

  #hold(work: Promise<void>): void {
    this.#inHand.add(work)
    void work.finally(() => this.#inHand.delete(work))
  }

  /** MUST NOT reject. */
  async #settle(message: ConsumeMessage, channel: Channel): Promise<void> {
    let isDone = await this.#take(message)
    // It is not given back for another try: the broker counts that, and puts it away at last with nobody told.
    while (!isDone && this.#reads(channel)) {
      await breathe()
      if (this.#reads(channel)) isDone = await this.#take(message)
    }
    // Of a channel that is gone the broker has taken everything back.
    if (this.#channel.current !== channel) return
    try {
      if (isDone) channel.ack(message)
      else channel.nack(message, false, true)
    } catch {
      // It closed just now.
    }
  }

  #reads(channel: Channel): boolean {
    return !this.#isStopping && this.#channel.current === channel
  }

  /** @returns whether it is settled. MUST NOT reject. */
  async #take(message: ConsumeMessage): Promise<boolean> {
    const queue = this.#originOf(message)
    if (queue) {
      const arrived: ArrivedMessage = { queue, delivery: message }
      this.#tools.warn('a message was taken up again and again', { queue: queue.name })
      return (await this.#refuse(arrived)) === 'done'
    }
    return this.#putAside(message)
  }

  /** The consumer's queue that it came from; undefined for another. */
  #originOf(message: ConsumeMessage): SubsystemQueue | undefined {
    const name = latestDeathOf(message)?.queue
    for (const owner of this.#tools.queueOwners.list()) {
      if (name === requestQueueOf(owner)) return { name, owner, kind: 'requests', lane: new Lane() }
      if (name === messageQueueOf(owner)) return { name, owner, kind: 'messages', lane: new Lane() }
    }
    return undefined
  }

  async #putAside(message: ConsumeMessage): Promise<boolean> {
    const tools = this.#tools
    const { properties } = message
    const { queue = '', reason = '' } = latestDeathOf(message) ?? {}
    const code = reason.toUpperCase()
    // What is in a queue that a subsystem reads was put there by the bus, and has it for its own id or in its headers.
    const exchangeId =
      textOf(properties.headers?.['sluice-exchange-id']) ?? textOf(properties.messageId)
    const id = tools.newExchangeId()
    const deadline = new Deadline(mqLimits.confirmTimeoutMs)
    try {
      const isTold = await tellSender({ exchangeId, queue, reason }, tools.messages)
      tools.warn('a message was put aside', { id, code, queue, exchangeId, isTold })
      const letter = { message, queue, fault: { code }, id, exchangeId, isTold, now: tools.now() }
      await putAside(letter, this.#publisher, deadline)
      return true
    } catch (error) {
      tools.warn('a dead letter could not be put aside', { exchangeId, error: String(error) })
      return false
    } finally {
      deadline.clear()
    }
  }
}

function breathe(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, mqLimits.pauseMsMax))
}
