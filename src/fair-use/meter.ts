import type { Granted } from './fair-use.store.js'
import { fairUseLimits } from './limits.js'

/** What one exchange got. */
export type Taken = { readonly day: string | undefined } | 'used up'

interface Waiting {
  readonly resolve: (taken: Taken) => void
  readonly reject: (error: unknown) => void
}

export interface MeterSettings {
  /** Asks the database for so many. */
  readonly ask: (count: number) => Promise<Granted>
  /** Monotonic, milliseconds. */
  readonly nowMs: () => number
  /** There is nothing that this meter has to remember. */
  readonly onForgotten: () => void
}

/**
 * What one worker asks of one limit. There is one question to the database at a time: who comes meanwhile is asked for
 * together with the others who did. Nothing is held in store, so that the sum over all workers is exact, and a worker
 * that dies takes nothing with it. What has just been said to be used up is not asked for again, so that a flood costs the
 * database nothing.
 */
export class Meter {
  readonly #settings: MeterSettings
  #waiting: Waiting[] = []
  #isAsking = false
  #emptyUntilMs = -Infinity

  constructor(settings: MeterSettings) {
    this.#settings = settings
  }

  /** Rejects with the error of the database where that cannot answer. */
  take(): Promise<Taken> {
    if (this.#settings.nowMs() < this.#emptyUntilMs) return Promise.resolve('used up')
    return new Promise((resolve, reject) => {
      this.#waiting.push({ resolve, reject })
      if (!this.#isAsking) void this.#askForAll()
    })
  }

  async #askForAll(): Promise<void> {
    this.#isAsking = true
    while (this.#waiting.length > 0) {
      await this.#askFor(this.#waiting.splice(0, fairUseLimits.roundMax))
    }
    this.#isAsking = false
    const emptyMs = this.#emptyUntilMs - this.#settings.nowMs()
    if (emptyMs <= 0) this.#settings.onForgotten()
    else setTimeout(() => this.#forget(), Math.ceil(emptyMs) + 1).unref()
  }

  async #askFor(round: readonly Waiting[]): Promise<void> {
    try {
      const { count, emptyMs, day } = await this.#settings.ask(round.length)
      for (const { resolve } of round.slice(0, count)) resolve({ day })
      const refused = round.slice(count)
      if (refused.length === 0) return
      this.#emptyUntilMs = this.#settings.nowMs() + Math.min(emptyMs, fairUseLimits.emptyMsMax)
      // Who came while it was asked would be told the same.
      for (const { resolve } of [...refused, ...this.#waiting.splice(0)]) resolve('used up')
    } catch (error) {
      for (const { reject } of [...round, ...this.#waiting.splice(0)]) reject(error)
    }
  }

  #forget(): void {
    if (this.#isAsking || this.#settings.nowMs() < this.#emptyUntilMs) return
    this.#settings.onForgotten()
  }
}
