import type { AdapterTools, HandleExchange } from '../../src/exchange/adapter.js'
import { Deadline } from '../../src/exchange/deadline.js'
import type { Reply } from '../../src/exchange/exchange.js'
import { Fault } from '../../src/exchange/fault.js'
import { mqLimits } from '../../src/limits/queues.js'
import type { ArrivedMessage, Settlement, SubsystemQueue } from './arrived-message.js'
import { CarriedMessage } from './carried-message.js'
import { putAside, type DeadLetter } from './dead-letter.js'
import { FirstOutcome } from './first-outcome.js'
import { poisoned, readMessage, type InboundMessage } from './inbound-message.js'
import { Places } from './places.js'
import type { Publisher } from './publisher.js'
import { ReplyDelivery } from './reply-delivery.js'
import { renderReply } from './reply.js'
import type { MqSettings } from './settings.js'

export interface InboundParts {
  readonly settings: Pick<MqSettings, 'payloadBytesMax'>
  readonly tools: AdapterTools
  readonly publisher: Publisher
  readonly handle: HandleExchange
}

interface UnderWay {
  readonly payload: Uint8Array
  readonly settled: Promise<Settlement>
}

/** Carries messages of consumers to their end: through the line, and their replies into the queues of who sent them. */
export class Inbound {
  readonly #parts: InboundParts
  readonly #replies: ReplyDelivery
  readonly #firstOutcome: FirstOutcome
  readonly #places: Readonly<Record<SubsystemQueue['kind'], Places>> = {
    requests: new Places(mqLimits.requestsInProgressMax),
    messages: new Places(mqLimits.messagesInProgressMax),
  }
  /** By queue and signature. */
  readonly #underWay = new Map<string, UnderWay>()
  #isClosing = false

  constructor(parts: InboundParts) {
    this.#parts = parts
    this.#replies = new ReplyDelivery(parts.publisher, parts.tools)
    this.#firstOutcome = new FirstOutcome(parts.tools)
  }

  /**
   * Carries one message to its end. The same one again while it is under way, as the broker hands it over after a
   * connection broke, has the same end. Never rejects.
   */
  take(arrived: ArrivedMessage): Promise<Settlement> {
    const { queue, delivery } = arrived
    const content = readMessage(delivery, queue, this.#parts.settings.payloadBytesMax)
    if (content.format === 'malformed' || content.signature === undefined) {
      return this.#carry(arrived, content)
    }
    const key = `${queue.name} ${content.signature}`
    const first = this.#underWay.get(key)
    if (first) {
      return isSame(first, content) ? first.settled : this.#carry(arrived, content)
    }
    const settled = this.#carry(arrived, content).finally(() => this.#underWay.delete(key))
    this.#underWay.set(key, { payload: content.payload, settled })
    return settled
  }

  /** One that was taken up again and again: it is refused without a look at it, whatever it is. Never rejects. */
  takePoisoned(arrived: ArrivedMessage): Promise<Settlement> {
    return this.#carry(arrived, poisoned(arrived.delivery), false)
  }

  /** What has not begun goes back to its queue; what has is carried to its end. */
  close(): void {
    this.#isClosing = true
    this.#replies.close()
    this.#firstOutcome.close()
  }

  async #carry(
    arrived: ArrivedMessage,
    content: ReturnType<typeof readMessage>,
    isJunk = true,
  ): Promise<Settlement> {
    const { tools, handle } = this.#parts
    const message = new CarriedMessage(arrived, content, tools, handle)
    try {
      if (!(await this.#passes(arrived, message))) return 'requeue'
      return await this.#tell(arrived, message, isJunk)
    } catch (error) {
      // Nobody foresaw it: it must not come again and again, nor be lost.
      tools.warn('a message could not be carried', { error: String(error) })
      const fault = new Fault('INTERNAL_ERROR', { cause: error })
      return (await this.#putAside(arrived, fault, undefined)) ? 'done' : 'requeue'
    } finally {
      message.release()
    }
  }

  /** @returns whether the line has had it; otherwise its queue is read by another soon */
  async #passes({ queue }: ArrivedMessage, message: CarriedMessage): Promise<boolean> {
    const { lane, kind } = queue
    const places = this.#places[kind]
    const place = lane.join()
    while (this.#reads(queue)) {
      if (lane.isHeld) await lane.turn(place)
      const free = places.take()
      if (free) await free
      let isThrough = false
      try {
        // Another of its queue may have begun to wait meanwhile.
        if (lane.isHeld || !this.#reads(queue)) continue
        const attempt = message.attempt()
        if (message.isInTurn) lane.stop(place)
        isThrough = await attempt
      } finally {
        places.give()
        lane.letGo(place)
      }
      if (isThrough) {
        lane.flows()
        return true
      }
      await lane.hold(place)
    }
    return false
  }

  #reads({ lane }: SubsystemQueue): boolean {
    return !this.#isClosing && lane.isOpen
  }

  async #tell(
    arrived: ArrivedMessage,
    message: CarriedMessage,
    isJunk: boolean,
  ): Promise<Settlement> {
    for (const reply of message.replies) {
      const repeatOf = repeatedBy(reply)
      if (repeatOf !== undefined) {
        // A one-way message that the bus has already: its sender is told of the first.
        if (arrived.queue.kind === 'messages') continue
        const isAgain = arrived.delivery.fields.redelivered
        if (isAgain && !(await this.#firstOutcome.settled(repeatOf))) return 'requeue'
      }
      const publication = renderReply(reply, arrived, this.#parts.tools)
      if (!publication) continue
      const told = await this.#replies.deliver(publication, arrived.queue)
      if (told === 'given up') return 'requeue'
      if (told === 'undeliverable' && !(await this.#putAsideReply(arrived, reply))) return 'requeue'
    }
    const [first] = message.replies
    if (!message.isMalformed || first?.outcome !== 'refused') return 'done'
    const isThere = await this.#putAside(arrived, first.fault, first.exchangeId, { isJunk })
    return isThere ? 'done' : 'requeue'
  }

  /** The log has the answer; what it was is not for whoever looks into dead letters. */
  #putAsideReply(arrived: ArrivedMessage, reply: Reply): Promise<boolean> {
    const fault = new Fault('REQUEST_INVALID', {
      field: 'replyTo',
      detail: 'The queue for the reply takes none.',
    })
    return this.#putAside(arrived, fault, reply.exchangeId, { isJunk: true, isHeadOnly: true })
  }

  async #putAside(
    { queue, delivery: message }: ArrivedMessage,
    fault: Fault,
    exchangeId: string | undefined,
    how: Pick<DeadLetter, 'isJunk' | 'isHeadOnly'> = {},
  ): Promise<boolean> {
    const { tools, publisher } = this.#parts
    const deadline = new Deadline(mqLimits.confirmTimeoutMs)
    const id = tools.newExchangeId()
    const now = tools.now()
    const letter = { message, queue: queue.name, fault, id, exchangeId, now, ...how }
    try {
      await putAside(letter, publisher, deadline)
      return true
    } catch (error) {
      tools.warn('a dead letter could not be put aside', { exchangeId, error: String(error) })
      return false
    } finally {
      deadline.clear()
    }
  }
}

/** The exchange that this very message, signature and all, began before. */
function repeatedBy(reply: Reply): string | undefined {
  return reply.outcome === 'refused' ? reply.fault.repeatOf : undefined
}

function isSame(first: UnderWay, { payload }: InboundMessage): boolean {
  return Buffer.compare(first.payload, payload) === 0
}
