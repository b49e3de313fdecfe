import type { LoggedRequest } from '../exchange/exchange.js'
import { isInMemory } from '../exchange/payload.js'
import { outboxLimits } from '../limits/one-way.js'

/**
 * Messages that this worker accepted a moment ago, with their content: those of them that it delivers itself need not
 * be read back, decrypted and verified once more. A few, and for the first attempt only.
 */
export class FreshMessages {
  readonly #messages = new Map<string, LoggedRequest>()
  #bytes = 0

  /** Notes one, unless there is no room, or its payload is somewhere else than in memory. */
  add(logged: LoggedRequest): void {
    const { payload } = logged.verified
    if (!isInMemory(payload)) return
    const { freshMessagesMax, freshBytesMax } = outboxLimits
    if (this.#messages.size >= freshMessagesMax) return
    if (this.#bytes + payload.length > freshBytesMax) return
    this.#messages.set(logged.exchangeId, logged)
    this.#bytes += payload.length
  }

  /** Gives one up. */
  take(exchangeId: string): LoggedRequest | undefined {
    const logged = this.#messages.get(exchangeId)
    if (!logged) return undefined
    this.#messages.delete(exchangeId)
    this.#bytes -= logged.verified.payload.length
    return logged
  }

  /** Gives up all of a lane's: its first message waits, and by then all may have changed. */
  forget(isOf: (logged: LoggedRequest) => boolean): void {
    for (const [exchangeId, logged] of this.#messages) if (isOf(logged)) this.take(exchangeId)
  }
}
