import type { IncomingMessage } from 'node:http'
import { RequestRate } from '../request-rate.js'
import type { AdminLimits } from './limits.js'
import { Problem } from './problem.js'

/** Stands before the admin API and lets pass what it can bear. */
export class Gate {
  readonly #limits: AdminLimits
  readonly #rate: RequestRate
  #inFlight = 0

  constructor(limits: AdminLimits, nowMs?: () => number) {
    this.#limits = limits
    this.#rate = new RequestRate(limits, nowMs)
  }

  /**
   * Takes a place for a request.
   * @returns gives it back
   * @throws Problem ADDRESS_TOO_LONG, TOO_MANY, UNAVAILABLE
   */
  enter({ url = '', socket }: IncomingMessage): () => void {
    if (url.length > this.#limits.targetCharsMax) throw new Problem('ADDRESS_TOO_LONG')
    if (!this.#rate.allows(socket.remoteAddress ?? '')) throw new Problem('TOO_MANY')
    if (this.#inFlight >= this.#limits.requestsInFlightMax) throw new Problem('UNAVAILABLE')
    this.#inFlight += 1
    return () => (this.#inFlight -= 1)
  }
}
