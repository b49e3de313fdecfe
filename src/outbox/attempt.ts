import type { ProtocolAdapter } from '../exchange/adapter.js'
import { deliverStored, refuseStored, type DeliveryOutcome } from '../exchange/deliver-stored.js'
import type { StoredRequest } from '../exchange/exchange.js'
import { Fault, type FaultCode } from '../exchange/fault.js'
import { faultTexts } from '../exchange/fault-text.js'
import type { DeliveryBus } from '../exchange/ports.js'
import { outboxLimits } from '../limits.js'
import type { KeptEntry } from '../message-log/stored-requests.store.js'
import { ByteGate } from './byte-gate.js'
import type { FreshMessages } from './fresh-messages.js'
import type { OutboxMessage } from './outbox-message.js'
import { freshRequest, recallRequest } from './recall.js'

export interface AttemptParts {
  readonly bus: DeliveryBus
  readonly adapters: ReadonlyMap<string, ProtocolAdapter>
  readonly readStored: (exchangeId: string) => Promise<KeptEntry | undefined>
  readonly fresh: FreshMessages
  /** Gives back what an adapter holds of a recipient's answer. */
  readonly releaseReply: (exchangeId: string) => void
  readonly warn: (event: string, details: Readonly<Record<string, unknown>>) => void
}

/** One attempt at one message: reads it back, delivers it or ends it. */
export class Attempts {
  readonly #parts: AttemptParts
  readonly #room = new ByteGate(outboxLimits.recalledBytesMax)
  /** Since the start. */
  count = 0

  constructor(parts: AttemptParts) {
    this.#parts = parts
  }

  /** Resolves always. */
  async at(message: OutboxMessage): Promise<DeliveryOutcome> {
    const { exchangeId, payloadBytes } = message
    this.count += 1
    await this.#room.enter(payloadBytes)
    try {
      const stored = await this.#request(message)
      return await this.#end(message, stored)
    } catch (error) {
      this.#parts.warn('outbox.message_not_read', { exchangeId, error: String(error) })
      return { outcome: 'waiting', fault: new Fault('INTERNAL_ERROR', { cause: error }) }
    } finally {
      this.#room.leave(payloadBytes)
      this.#parts.releaseReply(exchangeId)
    }
  }

  #request(message: OutboxMessage): StoredRequest | Promise<StoredRequest> {
    const { fresh, adapters, readStored: read } = this.#parts
    const logged = fresh.take(message.exchangeId)
    // The registry is asked again either way; only the bytes are what they were.
    if (logged && message.attempts === 0) return freshRequest(message, logged)
    return recallRequest(message, { adapters, read })
  }

  #end(message: OutboxMessage, stored: StoredRequest): Promise<DeliveryOutcome> {
    const { bus } = this.#parts
    const { dropGround, lastFault, expiresAt } = message
    if (dropGround === undefined && bus.now() < expiresAt) return deliverStored(stored, bus)
    const ground = dropGround === undefined ? undefined : groundOf(dropGround)
    return refuseStored(stored, faultNamed(lastFault), ground, bus)
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
