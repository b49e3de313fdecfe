import type { ProtocolAdapter } from '../exchange/adapter.js'
import {
  deliverStored,
  refuseStored,
  type DeliveryOutcome,
  type DeliveryProgress,
} from '../exchange/deliver-stored.js'
import type { StoredRequest } from '../exchange/stored-request.js'
import { Fault, type FaultCode } from '../exchange/fault.js'
import { faultTexts } from '../exchange/fault-text.js'
import type { DeliveryBus } from '../exchange/ports.js'
import { outboxLimits } from '../limits/one-way.js'
import type { KeptEntries } from '../message-log/stored-requests.store.js'
import { ByteGate } from './byte-gate.js'
import type { FreshMessages } from './fresh-messages.js'
import type { OutboxMessage } from './outbox-message.js'
import { freshRequest, NotInLog, recallRequest } from './recall.js'
import { StoredReader } from './stored-reader.js'

export interface AttemptParts {
  readonly bus: DeliveryBus
  readonly adapters: ReadonlyMap<string, ProtocolAdapter>
  readonly readStored: (exchangeIds: readonly string[]) => Promise<KeptEntries>
  readonly fresh: FreshMessages
  /** Gives back what an adapter holds of a recipient's answer. */
  readonly releaseReply: (exchangeId: string) => void
  readonly warn: (event: string, details: Readonly<Record<string, unknown>>) => void
}

/** How an attempt ended; `lost`: no entry of the log can end the message, and its time is over. */
export type AttemptOutcome = DeliveryOutcome | { readonly outcome: 'lost' }

/** A message that is being read back. */
export interface RecalledMessage {
  readonly message: OutboxMessage
  readonly stored: Promise<StoredRequest>
}

/** Attempts at messages: each is read back, and delivered or ended. */
export class Attempts {
  readonly #parts: AttemptParts
  readonly #reader: StoredReader
  readonly #room = new ByteGate(outboxLimits.recalledBytesMax)
  /** Since the start. */
  count = 0

  constructor(parts: AttemptParts) {
    this.#parts = parts
    this.#reader = new StoredReader(parts.readStored)
  }

  /** Has a message read back, as soon as there is room; `at` or `leave` MUST follow. */
  recall(message: OutboxMessage): RecalledMessage {
    const stored = this.#stored(message)
    // Who asks for it hears of its trouble; until then nobody does.
    stored.catch(() => undefined)
    return { message, stored }
  }

  /** It is not tried after all. */
  async leave({ message, stored }: RecalledMessage): Promise<void> {
    await stored.catch(() => undefined)
    this.#room.leave(message.payloadBytes)
  }

  /** Resolves always. */
  async at(recalled: RecalledMessage, progress: DeliveryProgress): Promise<AttemptOutcome> {
    const { message, stored } = recalled
    const { exchangeId, payloadBytes } = message
    this.count += 1
    try {
      return await this.#end(message, await stored, progress)
    } catch (error) {
      return this.#unread(message, error)
    } finally {
      this.#room.leave(payloadBytes)
      this.#parts.releaseReply(exchangeId)
    }
  }

  async #stored(message: OutboxMessage): Promise<StoredRequest> {
    const { fresh, adapters } = this.#parts
    await this.#room.enter(message.payloadBytes)
    const logged = fresh.take(message.exchangeId)
    // The registry is asked again either way; only the bytes are what they were.
    if (logged && message.attempts === 0) return freshRequest(message, logged)
    return recallRequest(message, { adapters, read: (id) => this.#reader.read(id) })
  }

  #end(
    message: OutboxMessage,
    stored: StoredRequest,
    progress: DeliveryProgress,
  ): Promise<DeliveryOutcome> {
    const { bus } = this.#parts
    const { dropGround, lastFault } = message
    if (!this.#isOver(message)) return deliverStored(stored, bus, progress)
    const ground = dropGround === undefined ? undefined : groundOf(dropGround)
    return refuseStored(stored, faultNamed(lastFault), ground, bus)
  }

  /** Its time is over, or an operator drops it. */
  #isOver({ dropGround, expiresAt }: OutboxMessage): boolean {
    return dropGround !== undefined || this.#parts.bus.now() >= expiresAt
  }

  #unread(message: OutboxMessage, error: unknown): AttemptOutcome {
    const { exchangeId } = message
    const isLost = error instanceof NotInLog && this.#isOver(message)
    const event = isLost ? 'outbox.message_lost' : 'outbox.message_not_read'
    this.#parts.warn(event, { exchangeId, error: String(error) })
    if (isLost) return { outcome: 'lost' }
    return { outcome: 'waiting', fault: new Fault('INTERNAL_ERROR', { cause: error }) }
  }
}

/** The operator's words, in whatever language. */
function groundOf(words: string): { code: undefined; az: string; en: string } {
  return { code: undefined, az: words, en: words }
}

/** What a message ends with that was not delivered in its time: what its last attempt failed of. */
function faultNamed(code: string | undefined): Fault {
  const isKnown = code !== undefined && Object.hasOwn(faultTexts, code)
  return new Fault(isKnown ? (code as FaultCode) : 'PROVIDER_UNAVAILABLE', {
    detail: 'The message was not delivered in its time.',
  })
}
