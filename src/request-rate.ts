export interface RequestRateLimits {
  readonly requestsPerSecondMax: number
  /** Of them, those from one address. */
  readonly requestsPerAddressSecondMax: number
}

/** How many requests a second are heard, of all and of one address. */
export class RequestRate {
  readonly #limits: RequestRateLimits
  readonly #nowMs: () => number
  #second = 0
  #inSecond = 0
  /** Cleared every second, so it never has more than a second's requests. */
  readonly #byAddress = new Map<string, number>()

  constructor(limits: RequestRateLimits, nowMs: () => number = () => performance.now()) {
    this.#limits = limits
    this.#nowMs = nowMs
  }

  /** Counts one request, and says whether it is heard. */
  allows(address: string): boolean {
    const second = Math.floor(this.#nowMs() / 1_000)
    if (second !== this.#second) {
      this.#second = second
      this.#inSecond = 0
      this.#byAddress.clear()
    }
    if (this.#inSecond >= this.#limits.requestsPerSecondMax) return false
    this.#inSecond += 1
    const count = (this.#byAddress.get(address) ?? 0) + 1
    this.#byAddress.set(address, count)
    return count <= this.#limits.requestsPerAddressSecondMax
  }
}
