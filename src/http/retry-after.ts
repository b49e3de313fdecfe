import type { Fault, FaultCode } from '../exchange/fault.js'

/** What a fault names that came up when the provider had the request already. */
export const answerField = 'answer'

/** When to come back where nothing better is known, seconds. */
const retryAfterSeconds: Partial<Record<FaultCode, number>> = {
  THROTTLED: 1,
  PROVIDER_UNAVAILABLE: 5,
  AUDIT_UNAVAILABLE: 5,
}

/**
 * `Retry-After` of a refusal (RFC 9110 §10.2.3), seconds: a maintenance window, and a quota, says itself when it ends.
 * @returns undefined where coming back later is not known to help
 */
export function retryAfterOf(
  fault: Pick<Fault, 'code' | 'field' | 'until'>,
  now: Date,
): number | undefined {
  if ((fault.code === 'IN_MAINTENANCE' || fault.code === 'THROTTLED') && fault.until) {
    return Math.max(1, Math.ceil((fault.until.getTime() - now.getTime()) / 1_000))
  }
  // The provider has acted on the request: to send another is for the consumer to decide.
  if (fault.field === answerField) return undefined
  return retryAfterSeconds[fault.code]
}
