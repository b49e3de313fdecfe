import type { AdapterTools } from '../../src/exchange/adapter.js'
import { mqLimits } from '../../src/limits/queues.js'

/**
 * A request that the broker handed to another worker, since the connection of the first one broke, is in the log
 * already: it is executed once, and the first worker answers it when it can. Its consumer is to get that answer before
 * it is told of a duplicate, not after.
 */
export class FirstOutcome {
  readonly #tools: Pick<AdapterTools, 'messages' | 'warn' | 'now'>
  readonly #waiting = new Set<() => void>()
  #isClosing = false

  constructor(tools: Pick<AdapterTools, 'messages' | 'warn' | 'now'>) {
    this.#tools = tools
  }

  /**
   * Resolves when the exchange has its outcome and who carried it had time to answer, or nobody will any more.
   * @returns false where the bus closes before that
   */
  async settled(exchangeId: string): Promise<boolean> {
    const until = this.#tools.now().getTime() + mqLimits.firstOutcomeMsMax
    for (let pauseMs: number = mqLimits.pauseMsMin; this.#tools.now().getTime() < until;) {
      const isThere = await this.#isThere(exchangeId)
      await this.#pause(pauseMs)
      if (this.#isClosing) return false
      if (isThere) return true
      pauseMs = Math.min(2 * pauseMs, mqLimits.firstOutcomePauseMsMax)
    }
    return true
  }

  /** Who waits waits no more. */
  close(): void {
    this.#isClosing = true
    for (const wake of this.#waiting) wake()
  }

  async #isThere(exchangeId: string): Promise<boolean> {
    try {
      return await this.#tools.messages.hasOutcome(exchangeId)
    } catch (error) {
      this.#tools.warn('an outcome could not be looked up', { exchangeId, error: String(error) })
      return false
    }
  }

  #pause(ms: number): Promise<void> {
    if (this.#isClosing) return Promise.resolve()
    return new Promise((resolve) => {
      const wake = (): void => {
        clearTimeout(timer)
        this.#waiting.delete(wake)
        resolve()
      }
      const timer = setTimeout(wake, ms)
      this.#waiting.add(wake)
    })
  }
}
