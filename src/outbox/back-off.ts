import type { Fault } from '../exchange/fault.js'
import { outboxLimits } from '../limits/one-way.js'

/**
 * When a message is tried again: after 1 s, doubling to 5 min, less up to half of it at random, so that lanes that
 * failed together do not come back together. A maintenance window is waited out. Never after the message expires.
 * @param attempts - so far, the last one counted
 */
export function nextAttempt(
  fault: Fault,
  attempts: number,
  { now, expiresAt }: { readonly now: Date; readonly expiresAt: Date },
): Date {
  const again = now.getTime() + pauseAfter(attempts)
  const until = fault.code === 'IN_MAINTENANCE' ? (fault.until?.getTime() ?? again) : again
  return new Date(Math.min(Math.max(until, again), expiresAt.getTime()))
}

/**
 * Until whatever failed is tried again, milliseconds: 1 s, doubling to 5 min, less up to half of it at random.
 * @param attempts - so far, the last one counted
 */
export function pauseAfter(attempts: number): number {
  const { retryMsMin, retryMsMax } = outboxLimits
  const pauseMs = Math.min(retryMsMin * 2 ** Math.min(attempts - 1, 30), retryMsMax)
  return pauseMs * (0.5 + Math.random() / 2)
}
