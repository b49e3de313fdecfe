export interface BreakerLimits {
  /** Failures in a row that open a breaker. */
  readonly failuresMax: number
  /** How long an open breaker refuses before it lets one probe pass, milliseconds. */
  readonly openMs: number
}

/**
 * After `failuresMax` failures in a row calls are refused at once, and after `openMs` one call is let
 * through to see whether all is well again.
 */
export class CircuitBreaker {
  readonly #limits: BreakerLimits
  #failures = 0
  #failedAtMs = 0
  #probing = false

  constructor(limits: BreakerLimits) {
    this.#limits = limits
  }

  get open(): boolean {
    return this.#failures >= this.#limits.failuresMax
  }

  /** When the last failure was. */
  get failedAtMs(): number {
    return this.#failedAtMs
  }

  refuses(nowMs: number): boolean {
    if (!this.open) return false
    return this.#probing || nowMs < this.#failedAtMs + this.#limits.openMs
  }

  /** Counts in a call that was not refused; while the breaker is open it is the probe. */
  enter(): void {
    this.#probing = this.open
  }

  failed(nowMs: number): void {
    this.#failures += 1
    this.#probing = false
    this.#failedAtMs = nowMs
  }

  /** The call ended and says nothing about what the breaker looks at. */
  undecided(): void {
    this.#probing = false
  }
}
