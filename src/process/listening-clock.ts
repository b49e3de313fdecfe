/**
 * Milliseconds in which this process could hear others. Where its own looks are late, it got no time itself (a
 * paused or starved machine) and has not read yet what was said meanwhile: that is nobody's silence.
 */
export class ListeningClock {
  readonly #lookEveryMs: number
  readonly #realMs: () => number
  #lookedAtMs: number
  #deafMs = 0

  constructor(lookEveryMs: number, realMs: () => number = () => performance.now()) {
    this.#lookEveryMs = lookEveryMs
    this.#realMs = realMs
    this.#lookedAtMs = realMs()
  }

  get nowMs(): number {
    return this.#realMs() - this.#deafMs
  }

  /** To be called every lookEveryMs. */
  look(): number {
    const realMs = this.#realMs()
    this.#deafMs += Math.max(0, realMs - this.#lookedAtMs - 2 * this.#lookEveryMs)
    this.#lookedAtMs = realMs
    return this.nowMs
  }
}
