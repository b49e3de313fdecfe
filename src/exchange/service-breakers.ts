import { CircuitBreaker, type BreakerLimits } from './circuit-breaker.js'
import { Fault } from './fault.js'
import type { ServiceId, SubsystemId } from './identifier.js'

export interface ServiceBreakersLimits extends BreakerLimits {
  /** Breakers kept; above that the one whose last failure is longest ago is forgotten. */
  readonly breakersMax: number
  /** A breaker without a further failure is forgotten after this, milliseconds. */
  readonly forgetMs: number
}

/** A breaker, and the service it belongs to. */
interface Failing {
  readonly service: ServiceId
  readonly breaker: CircuitBreaker
}

/**
 * Keeps a service's trouble to itself. What closes a service, and for whom:
 *
 * - no connection can be made: that is the provider's doing, and closes the service for everybody;
 * - no answer in time, or one that breaks off: that may be the request's doing, and closes the service
 *   for the consumer who asked, so that no consumer can close it for others;
 * - anything else says nothing about the provider.
 *
 * Only what fails is kept: a success forgets, so the exchange path of a bus that is well looks nowhere.
 */
export class ServiceBreakers {
  readonly #limits: ServiceBreakersLimits
  // In the order of their last failures.
  readonly #failing = new Map<string, Failing>()

  constructor(limits: ServiceBreakersLimits) {
    this.#limits = limits
  }

  /** Services with an open breaker, be it for one consumer. */
  failing(nowMs: number): ServiceId[] {
    this.#forget(nowMs)
    const services = new Set<ServiceId>()
    for (const { service, breaker } of this.#failing.values())
      if (breaker.open) services.add(service)
    return [...services]
  }

  /** Why the service is closed for this consumer, one public sentence; undefined where it is open. */
  closed(service: ServiceId, consumer: SubsystemId, nowMs: number): string | undefined {
    if (this.#failing.size === 0) return undefined
    if (this.#failing.get(service)?.breaker.refuses(nowMs)) {
      return 'The provider could not be reached repeatedly; the bus is waiting before it tries again.'
    }
    if (this.#failing.get(pairOf(service, consumer))?.breaker.refuses(nowMs)) {
      return "This consumer's requests failed repeatedly; the bus is waiting before it tries again."
    }
    return undefined
  }

  /** @throws Fault PROVIDER_UNAVAILABLE while the service is closed for this consumer */
  enter(service: ServiceId, consumer: SubsystemId, nowMs: number): void {
    if (this.#failing.size === 0) return
    const detail = this.closed(service, consumer, nowMs)
    if (detail !== undefined) throw new Fault('PROVIDER_UNAVAILABLE', { detail })
    this.#failing.get(service)?.breaker.enter()
    this.#failing.get(pairOf(service, consumer))?.breaker.enter()
  }

  succeeded(service: ServiceId, consumer: SubsystemId): void {
    if (this.#failing.size === 0) return
    this.#failing.delete(service)
    this.#failing.delete(pairOf(service, consumer))
  }

  failed(service: ServiceId, consumer: SubsystemId, fault: Fault, nowMs: number): void {
    const closedFor = closesFor(fault)
    const pair = pairOf(service, consumer)
    if (closedFor === 'everybody') this.#count(service, service, nowMs)
    else this.#failing.get(service)?.breaker.undecided()
    if (closedFor === 'consumer') this.#count(pair, service, nowMs)
    else this.#failing.get(pair)?.breaker.undecided()
  }

  #count(key: string, service: ServiceId, nowMs: number): void {
    this.#forget(nowMs)
    const failing = this.#failing.get(key) ?? { service, breaker: new CircuitBreaker(this.#limits) }
    failing.breaker.failed(nowMs)
    this.#failing.delete(key)
    this.#failing.set(key, failing)
    if (this.#failing.size <= this.#limits.breakersMax) return
    for (const oldest of this.#failing.keys()) {
      this.#failing.delete(oldest)
      break
    }
  }

  #forget(nowMs: number): void {
    const { openMs, forgetMs } = this.#limits
    for (const [key, { breaker }] of this.#failing) {
      if (nowMs <= breaker.failedAtMs + openMs + forgetMs) break
      this.#failing.delete(key)
    }
  }
}

// No identifier holds a line feed.
function pairOf(service: ServiceId, consumer: SubsystemId): string {
  return `${service}\n${consumer}`
}

function closesFor({ code, side }: Fault): 'everybody' | 'consumer' | undefined {
  // An address that the bus may not connect to, say, is not the provider's trouble.
  if (side !== 'provider') return undefined
  if (code === 'PROVIDER_UNAVAILABLE') return 'everybody'
  return code === 'PROVIDER_TIMEOUT' || code === 'PROVIDER_FAULT' ? 'consumer' : undefined
}
