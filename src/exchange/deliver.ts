import type { ProtocolAdapter } from './adapter.js'
import { CircuitBreaker, type BreakerLimits } from './circuit-breaker.js'
import type { MediatedRequest, ReceivedReply, Route } from './exchange.js'
import { Fault, toFault } from './fault.js'
import type { SubsystemId } from './identifier.js'

export interface DeliverSettings {
  readonly adapters: ReadonlyMap<string, ProtocolAdapter>
  readonly breaker: BreakerLimits
  /** Deliveries of one request in all, where its contract calls it idempotent. */
  readonly attemptsMax: number
  readonly now: () => Date
}

/** A provider's circuit breaker and the number of deliveries in progress to it. */
interface Lane {
  readonly breaker: CircuitBreaker
  inProgress: number
}

/**
 * Step 6: delivers a request within its time limit. Each provider has a lane of its own, so that
 * one that hangs holds neither the others' connections nor the bus's slots (R-011).
 */
export class Deliver {
  readonly #settings: DeliverSettings
  readonly #lanes = new Map<SubsystemId, Lane>()

  constructor(settings: DeliverSettings) {
    this.#settings = settings
  }

  /** Providers whose breaker is open, for health and metrics. */
  get failingProviders(): SubsystemId[] {
    return [...this.#lanes].filter(([, lane]) => lane.breaker.open).map(([provider]) => provider)
  }

  /** @throws Fault PROVIDER_UNAVAILABLE, PROVIDER_TIMEOUT, PROVIDER_FAULT, RESPONSE_INVALID */
  async deliver(mediated: MediatedRequest): Promise<ReceivedReply> {
    const { route } = mediated.logged
    const adapter = this.#settings.adapters.get(route.protocol)
    if (!adapter?.send) {
      throw new Fault('PROVIDER_UNAVAILABLE', {
        side: 'bus',
        detail: 'The bus has no adapter for the protocol of this provider.',
      })
    }
    const lane = this.#laneOf(route)
    const deadline = new AbortController()
    const timer = setTimeout(() => deadline.abort(), route.timeLimitMs)
    lane.inProgress += 1
    try {
      return await this.#attempt(mediated, adapter.send.bind(adapter), lane, deadline.signal)
    } finally {
      lane.inProgress -= 1
      clearTimeout(timer)
    }
  }

  async #attempt(
    mediated: MediatedRequest,
    send: NonNullable<ProtocolAdapter['send']>,
    lane: Lane,
    signal: AbortSignal,
  ): Promise<ReceivedReply> {
    const attemptsMax = mediated.logged.route.idempotent ? this.#settings.attemptsMax : 1
    for (let attempt = 1; ; attempt += 1) {
      lane.breaker.enter(this.#nowMs())
      try {
        const reply = await send(mediated, signal)
        lane.breaker.succeeded()
        return reply
      } catch (error) {
        const fault = signal.aborted
          ? new Fault('PROVIDER_TIMEOUT', { cause: error })
          : toFault(error)
        if (isProviderTrouble(fault)) lane.breaker.failed(this.#nowMs())
        else lane.breaker.undecided()
        // An open breaker would only hide what went wrong.
        const isLast = attempt >= attemptsMax || lane.breaker.open
        if (isLast || !isWorthRetrying(fault)) throw fault
      }
    }
  }

  #laneOf(route: Route): Lane {
    let lane = this.#lanes.get(route.provider)
    if (!lane) {
      lane = { breaker: new CircuitBreaker(this.#settings.breaker), inProgress: 0 }
      this.#lanes.set(route.provider, lane)
    }
    if (lane.inProgress >= route.concurrentMax) {
      throw new Fault('THROTTLED', {
        side: 'provider',
        detail: 'The provider has too many exchanges in progress.',
      })
    }
    return lane
  }

  #nowMs(): number {
    return this.#settings.now().getTime()
  }
}

function isProviderTrouble(fault: Fault): boolean {
  return (
    fault.code === 'PROVIDER_UNAVAILABLE' ||
    fault.code === 'PROVIDER_TIMEOUT' ||
    fault.code === 'PROVIDER_FAULT'
  )
}

function isWorthRetrying(fault: Fault): boolean {
  return fault.code === 'PROVIDER_UNAVAILABLE' || fault.code === 'PROVIDER_FAULT'
}
