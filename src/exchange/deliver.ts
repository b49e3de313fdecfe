import type { ProtocolAdapter } from './adapter.js'
import { Deadline, type DeadlineSignal } from './deadline.js'
import type { MediatedRequest, ReceivedReply } from './exchange.js'
import type { Route } from './route.js'
import { Fault, toFault } from './fault.js'
import type { ServiceId, SubsystemId } from './identifier.js'
import type { ProviderHealth } from './provider-health.js'
import { ServiceBreakers, type ServiceBreakersLimits } from './service-breakers.js'

export interface DeliverSettings {
  readonly adapters: ReadonlyMap<string, ProtocolAdapter>
  readonly breakers: ServiceBreakersLimits
  /** What all nodes know of the providers; without it a worker knows what it has seen. */
  readonly health?: ProviderHealth
  /** Deliveries of one request in all, where its contract calls it idempotent. */
  readonly attemptsMax: number
  readonly now: () => Date
}

/**
 * Step 6: delivers a request within its time limit. Each version of a service has places and breakers
 * of its own, so that one that hangs holds neither the bus's places nor those of the provider's other
 * services.
 */
export class Deliver {
  readonly #settings: DeliverSettings
  readonly #breakers: ServiceBreakers
  // Only services with deliveries in progress are here, so admission bounds it.
  readonly #inProgress = new Map<ServiceId, number>()

  constructor(settings: DeliverSettings) {
    this.#settings = settings
    this.#breakers = new ServiceBreakers(settings.breakers)
  }

  /** Services with an open breaker, for health and metrics. */
  get failingServices(): ServiceId[] {
    return this.#breakers.failing(this.#nowMs())
  }

  /**
   * @param handedOver - see {@link ProtocolAdapter.send}
   * @throws Fault PROVIDER_UNAVAILABLE, PROVIDER_TIMEOUT, PROVIDER_FAULT, RESPONSE_INVALID, THROTTLED
   */
  async deliver(mediated: MediatedRequest, handedOver?: () => void): Promise<ReceivedReply> {
    const { route } = mediated.logged
    const adapter = this.#settings.adapters.get(route.protocol)
    if (!adapter?.send) {
      throw new Fault('PROVIDER_UNAVAILABLE', {
        side: 'bus',
        detail: 'The bus has no adapter for the protocol of this provider.',
      })
    }
    const isQueued = goesIntoQueue(route)
    // A queue has no work with what lies in it: what it may be sent at one time is the broker's to say.
    if (!isQueued) this.#enter(route)
    const deadline = new Deadline(route.timeLimitMs)
    try {
      return await this.#attempt(mediated, adapter.send.bind(adapter), deadline, handedOver)
    } finally {
      if (!isQueued) this.#leave(route.service)
      deadline.clear()
    }
  }

  async #attempt(
    mediated: MediatedRequest,
    send: NonNullable<ProtocolAdapter['send']>,
    deadline: DeadlineSignal,
    handedOver?: () => void,
  ): Promise<ReceivedReply> {
    const { route, envelope } = mediated.logged
    const { service, idempotent, pattern } = route
    // A one-way message is tried again by the outbox, in its order.
    const isRetried = idempotent && pattern !== 'one-way'
    const attemptsMax = isRetried ? this.#settings.attemptsMax : 1
    for (let attempt = 1; ; attempt += 1) {
      this.#begin(route, envelope.consumer)
      try {
        const reply = await send(mediated, deadline, handedOver)
        this.#breakers.succeeded(service, envelope.consumer)
        if (isWatched(route)) this.#settings.health?.succeeded(service)
        return reply
      } catch (error) {
        const fault = deadline.aborted ? timeoutOf(error) : toFault(error)
        const nowMs = this.#nowMs()
        this.#breakers.failed(service, envelope.consumer, fault, nowMs)
        if (isWatched(route)) this.#settings.health?.failed(service, envelope.consumer, fault)
        // An open breaker would only hide what went wrong.
        const isClosed = this.#breakers.closed(service, envelope.consumer, nowMs) !== undefined
        if (attempt >= attemptsMax || isClosed || !isWorthRetrying(fault)) throw fault
      }
    }
  }

  /** @throws Fault PROVIDER_UNAVAILABLE while the service is closed for this consumer, here or on all nodes */
  #begin(route: Route, consumer: SubsystemId): void {
    const { service } = route
    const nowMs = this.#nowMs()
    const health = isWatched(route) ? this.#settings.health : undefined
    const detail = health?.closed(service, consumer, nowMs)
    if (detail !== undefined) throw new Fault('PROVIDER_UNAVAILABLE', { detail })
    this.#breakers.enter(service, consumer, nowMs)
    health?.entered(service, consumer, nowMs)
  }

  /** @throws Fault THROTTLED */
  #enter({ service, concurrentMax }: Route): void {
    const inProgress = this.#inProgress.get(service) ?? 0
    if (inProgress >= concurrentMax) {
      throw new Fault('THROTTLED', {
        side: 'provider',
        detail: 'The service has too many exchanges in progress.',
      })
    }
    this.#inProgress.set(service, inProgress + 1)
  }

  #leave(service: ServiceId): void {
    const inProgress = (this.#inProgress.get(service) ?? 1) - 1
    if (inProgress === 0) this.#inProgress.delete(service)
    else this.#inProgress.set(service, inProgress)
  }

  #nowMs(): number {
    return this.#settings.now().getTime()
  }
}

function goesIntoQueue({ pattern, protocol }: Route): boolean {
  return pattern === 'one-way' && protocol === 'mq'
}

/** What lies in a queue says nothing of who reads it, nor does what the bus answers itself. */
function isWatched(route: Route): boolean {
  return route.metaservice === undefined && !goesIntoQueue(route)
}

function isWorthRetrying(fault: Fault): boolean {
  return fault.code === 'PROVIDER_UNAVAILABLE' || fault.code === 'PROVIDER_FAULT'
}

/** Whatever was the last that came up when time was out; an adapter may know more of it. */
function timeoutOf(error: unknown): Fault {
  const fault = toFault(error)
  return fault.code === 'PROVIDER_TIMEOUT' ? fault : new Fault('PROVIDER_TIMEOUT', { cause: error })
}
