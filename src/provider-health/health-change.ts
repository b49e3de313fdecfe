import type { Fault } from '../exchange/fault.js'
import type { ServiceId, SubsystemId } from '../exchange/identifier.js'
import type { TroubleReason } from '../registry/provider-trouble.js'

/** What happened at a service since it was last told. */
export interface HealthChange {
  readonly service: ServiceId
  /** Whether an exchange went well before the failures, or instead of any. */
  readonly wentWell: boolean
  /** Failures in a row, after that. */
  readonly failures: number
  readonly reason: TroubleReason
  /** The only consumer whose requests failed; undefined where that was nobody's doing but the provider's. */
  readonly consumer: SubsystemId | undefined
}

/**
 * How an exchange failed, if it says anything of the provider's system; what the provider answers, be it a fault of its
 * own, does not. As the breakers see it (service-breakers.ts): that no connection can be made is the provider's doing;
 * no answer, or one that breaks off, may be the request's.
 */
export function failureOf(
  service: ServiceId,
  consumer: SubsystemId,
  { code, side }: Fault,
): HealthChange | undefined {
  if (side !== 'provider') return undefined
  const once = { service, wentWell: false, failures: 1 }
  if (code === 'PROVIDER_UNAVAILABLE') {
    return { ...once, reason: 'unreachable', consumer: undefined }
  }
  if (code !== 'PROVIDER_TIMEOUT' && code !== 'PROVIDER_FAULT') return undefined
  return { ...once, reason: 'unanswered', consumer }
}

export function successOf(service: ServiceId): HealthChange {
  return { service, wentWell: true, failures: 0, reason: 'unanswered', consumer: undefined }
}

/** Two changes of one service as one, `next` being the later. */
export function joinChanges(before: HealthChange | undefined, next: HealthChange): HealthChange {
  if (!before || next.wentWell) return next
  const { service, wentWell, failures, consumer } = before
  const isSameConsumer = failures === 0 || consumer === next.consumer
  return {
    ...{ service, wentWell, reason: next.reason, failures: failures + next.failures },
    consumer: isSameConsumer ? next.consumer : undefined,
  }
}
