import { Fault } from './fault.js'

export interface BreakerLimits {
  /** Consecutive failures that open the breaker. */
  readonly failuresMax: number
  /** How long an open breaker refuses before it lets one probe pass, milliseconds. */
  readonly openMs: number
}

/**
 * Keeps a provider's trouble to itself: after `failuresMax` consecutive failures calls are refused
 * at once, and after `openMs` one call is let through to see whether the provider is back.
 */
export class CircuitBreaker {
  readonly #limits: BreakerLimits
  #failures = 0
  #openUntil = 0
  #probing = false

  constructor(limits: BreakerLimits) {
    this.#limits = limits
  }

  get open(): boolean {
    return this.#failures >= this.#limits.failuresMax
  }

  /** @throws Fault PROVIDER_UNAVAILABLE while open */
  enter(nowMs: number): void {
    if (!this.open) return
    if (nowMs < this.#openUntil || this.#probing) {
      throw new Fault('PROVIDER_UNAVAILABLE', {
        detail: 'The provider failed repeatedly; the bus is waiting before it tries again.',
      })
    }
    this.#probing = true
  }

  succeeded(): void {
    this.#failures = 0
    this.#probing = false
  }

  failed(nowMs: number): void {
    this.#failures += 1
    this.#probing = false
    this.#openUntil = nowMs + this.#limits.openMs
  }

  /** The call ended without saying anything about the provider's health. */
  undecided(): void {
    this.#probing = false
  }
}
