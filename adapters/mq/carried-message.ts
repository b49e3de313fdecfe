import type { AdapterTools, HandleExchange } from '../../src/exchange/adapter.js'
import type { Envelope, EnvelopeReader } from '../../src/exchange/envelope.js'
import type { Reply } from '../../src/exchange/exchange.js'
import type { VerifiedMqHead } from '../../src/exchange/mq-content.js'
import type { MalformedContent } from '../../src/exchange/signed-content.js'
import { Fault } from '../../src/exchange/fault.js'
import type { ArrivedMessage } from './arrived-message.js'
import { checkContent, readEnvelope } from './envelope.js'
import type { InboundMessage } from './inbound-message.js'

type Refused = Extract<Reply, { readonly outcome: 'refused' }>

/**
 * One message on its way through the line: one exchange for each of its recipients, and those again that the bus could
 * not take.
 */
export class CarriedMessage {
  readonly #arrived: ArrivedMessage
  readonly #content: InboundMessage | MalformedContent
  readonly #tools: AdapterTools
  readonly #handle: HandleExchange
  readonly #receivedAt: Date
  /** What the room that its payload takes is counted by. */
  readonly #holdingId: string
  /** One a recipient; undefined until it is final. */
  readonly #replies: (Reply | undefined)[] = []
  /** What could not be taken when it was tried before, by exchange id. */
  #earlier: Map<string, Refused> | undefined
  #isInTurn = false

  constructor(
    arrived: ArrivedMessage,
    content: InboundMessage | MalformedContent,
    tools: AdapterTools,
    handle: HandleExchange,
  ) {
    this.#arrived = arrived
    this.#content = content
    this.#tools = tools
    this.#handle = handle
    this.#receivedAt = tools.now()
    this.#holdingId = tools.newExchangeId()
  }

  /** Whether it could not be read at all. */
  get isMalformed(): boolean {
    return this.#content.format === 'malformed'
  }

  /** The outcomes, one a recipient, once all are final. */
  get replies(): readonly Reply[] {
    return this.#replies.filter((reply) => reply !== undefined)
  }

  /**
   * Whether nothing of its queue may go ahead until the attempt that was begun last has ended, as it found no place or no
   * room, or goes into the line one recipient after the other; known as soon as it was begun.
   */
  get isInTurn(): boolean {
    return this.#isInTurn
  }

  /**
   * Hands it to the line: at once, so that messages go into the line in the order in which they came. Of several
   * recipients the first takes the message's id, and the others go when it has.
   * @returns whether all its outcomes are final
   */
  async attempt(): Promise<boolean> {
    this.#isInTurn = !this.#hasPlace() || !this.#takesRoom()
    if (this.#isInTurn) return false
    const first = this.#replies[0] ? undefined : this.#hand(0)
    this.#isInTurn = this.#replies.length > 1
    if (first) this.#settle(0, await first)
    if (this.#replies[0] && this.#replies.length > 1) await this.#handOthers()
    return this.#replies.every((reply) => reply !== undefined)
  }

  /** Gives back what it holds. */
  release(): void {
    this.#tools.requestBudget.release(this.#holdingId)
    for (const reply of this.#replies) {
      if (!reply) continue
      this.#tools.replyBudget.release(reply.exchangeId)
      this.#tools.replySpool.release(reply.exchangeId)
    }
  }

  /** Asked before: a refusal of the line would be logged with each try, and what came after it would go ahead meanwhile. */
  #hasPlace(): boolean {
    return this.#tools.hasPlaceFor(this.#arrived.queue.owner)
  }

  /** A payload above the limit is not counted: nothing is done with it but to refuse it. */
  #takesRoom(): boolean {
    const content = this.#content
    if (content.format === 'malformed') return true
    const { owner } = this.#arrived.queue
    try {
      this.#tools.requestBudget.hold(this.#holdingId, owner).resize(content.payload.length)
      return true
    } catch (error) {
      if (error instanceof Fault && error.code === 'THROTTLED') return false
      throw error
    }
  }

  #hand(recipient: number): Promise<Reply> {
    const content = this.#content
    if (content.format === 'malformed') {
      this.#await(1)
      return this.#ask(content, plainReader)
    }
    if (recipient > 0) {
      const reader = hasForeignId(this.#replies[0]) ? refusingReader : plainReader
      return this.#ask(content.for(recipient), reader)
    }
    const reader = new RecipientsReader()
    const asked = this.#ask(content, reader)
    // The line reads the envelope of a verified message before it waits for anything.
    this.#await(reader.recipients)
    return asked
  }

  /** So many replies there will be. */
  #await(recipients: number): void {
    while (this.#replies.length < recipients) this.#replies.push(undefined)
  }

  async #handOthers(): Promise<void> {
    const asked: Promise<void>[] = []
    for (let recipient = 1; recipient < this.#replies.length; recipient += 1) {
      if (this.#replies[recipient]) continue
      if (!this.#hasPlace()) break
      asked.push(this.#hand(recipient).then((reply) => this.#settle(recipient, reply)))
    }
    await Promise.all(asked)
  }

  /** Whatever happens, there is a reply. */
  async #ask(content: InboundMessage | MalformedContent, adapter: EnvelopeReader): Promise<Reply> {
    const exchangeId = this.#tools.newExchangeId()
    const receivedAt = this.#receivedAt
    try {
      return await this.#handle({ exchangeId, receivedAt, adapter, content, remoteAddress: '' })
    } catch (error) {
      this.#tools.warn('the bus failed', { exchangeId, error: String(error) })
      const fault = new Fault('INTERNAL_ERROR', { cause: error })
      return { outcome: 'refused', exchangeId, fault, ...nothingKnown }
    }
  }

  #settle(recipient: number, reply: Reply): void {
    if (reply.outcome !== 'refused') {
      this.#replies[recipient] = reply
      return
    }
    const { repeatOf } = reply.fault
    const earlier = repeatOf === undefined ? undefined : this.#earlier?.get(repeatOf)
    if (earlier && this.#arrived.queue.kind === 'requests') {
      // It had got as far as the log the time before: what became of it then is what there is to tell.
      this.#replies[recipient] = earlier
    } else if (isPassing(reply.fault)) {
      this.#earlier ??= new Map()
      this.#earlier.set(reply.exchangeId, reply)
    } else {
      this.#replies[recipient] = reply
    }
  }
}

const nothingKnown = { signer: undefined, verified: undefined, entry: undefined }

/**
 * What lies with the bus, or with how much this consumer asks of it at one time, passes: the message waits. A quota that is
 * used up says until when, and the queue would stand still for as long.
 */
function isPassing({ code, side, until }: Fault): boolean {
  if (code === 'AUDIT_UNAVAILABLE') return true
  return code === 'THROTTLED' && side !== 'provider' && until === undefined
}

/** Whether its id was taken by another message: then it is refused to all its recipients. */
function hasForeignId(first: Reply | undefined): boolean {
  if (first?.outcome !== 'refused') return false
  const { code, repeatOf } = first.fault
  return code === 'DUPLICATE_MESSAGE' && repeatOf === undefined
}

const plainReader: EnvelopeReader = { protocol: 'mq', readEnvelope, checkContent }

/** For the other recipients of such a message: each has a refusal with an entry. */
const refusingReader: EnvelopeReader = {
  protocol: 'mq',
  readEnvelope,
  checkContent: () => {
    throw new Fault('DUPLICATE_MESSAGE')
  },
}

/** Learns, as the line reads a verified envelope, for how many recipients the message is. */
class RecipientsReader implements EnvelopeReader {
  readonly protocol = 'mq'
  readonly checkContent = checkContent
  recipients = 1

  readEnvelope(verified: VerifiedMqHead): Envelope {
    const envelope = readEnvelope(verified)
    this.recipients = verified.texts('to')?.length ?? 1
    return envelope
  }
}
