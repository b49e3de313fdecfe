import type { Fault } from '../exchange/fault.js'
import type { MemberId, ServiceId } from '../exchange/identifier.js'
import type { TroubleReason } from '../registry/provider-trouble.js'

/** What happened at a service since it was last told. */
export interface HealthChange {
  readonly service: ServiceId
  /** Whether an exchange went well before the failures, or instead of any. */
  readonly wentWell: boolean
  /** Failures in a row, after that. */
  readonly failures: number
  readonly reason: TroubleReason
  /** The only member whose requests failed; undefined where they were those of several, or none did. */
  readonly member: MemberId | undefined
}

/**
 * How an exchange failed, if it says anything of the provider's system; what the provider answers, be it a fault of its
 * own, does not.
 * @param member - who owns the system that asked
 */
export function failureOf(
  service: ServiceId,
  member: MemberId,
  { code, side }: Fault,
): HealthChange | undefined {
  if (side !== 'provider') return undefined
  const once = { service, wentWell: false, failures: 1, member }
  if (code === 'PROVIDER_UNAVAILABLE') return { ...once, reason: 'unreachable' }
  if (code !== 'PROVIDER_TIMEOUT' && code !== 'PROVIDER_FAULT') return undefined
  return { ...once, reason: 'unanswered' }
}

export function successOf(service: ServiceId): HealthChange {
  return { service, wentWell: true, failures: 0, reason: 'unanswered', member: undefined }
}

/** Two changes of one service as one, `next` being the later. */
export function joinChanges(before: HealthChange | undefined, next: HealthChange): HealthChange {
  if (!before || next.wentWell) return next
  const { service, wentWell, failures, member } = before
  const isSameMember = failures === 0 || member === next.member
  return {
    ...{ service, wentWell, reason: next.reason, failures: failures + next.failures },
    member: isSameMember ? next.member : undefined,
  }
}
