import type { Fault } from './fault.js'
import type { ServiceId, SubsystemId } from './identifier.js'

/**
 * What all workers and nodes know together of the providers' services (R-147). A worker's own breakers are quicker, and know
 * only what it has seen itself (service-breakers.ts).
 */
export interface ProviderHealth {
  /** Why a service is closed for this consumer, one public sentence; undefined where it is open. */
  closed(service: ServiceId, consumer: SubsystemId, nowMs: number): string | undefined
  /** An exchange goes to the provider: where that is faulty, as the one that tries it. */
  entered(service: ServiceId, consumer: SubsystemId, nowMs: number): void
  succeeded(service: ServiceId): void
  failed(service: ServiceId, consumer: SubsystemId, fault: Fault): void
}
