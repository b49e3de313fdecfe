import type { AuthorisedRequest } from '../exchange/exchange.js'
import { Fault } from '../exchange/fault.js'
import type { Limits } from '../limits/default-limits.js'

/**
 * How old a one-way message may be that comes out of a queue, milliseconds. Its id is kept for the replay window from when
 * it came, which is at the earliest as long before its signed time as clocks may differ: a second one that is let in is
 * always recognised.
 */
export function queuedAgeMsMax({
  replayWindowMs,
  freshnessMs,
}: Pick<Limits, 'replayWindowMs' | 'freshnessMs'>): number {
  return replayWindowMs - freshnessMs
}

/**
 * Only what nobody waits for may have waited in a queue: whose service turns out to answer has to be fresh, through
 * whichever queue it came.
 * @throws Fault CLOCK_SKEW
 */
export function checkWait<Request extends AuthorisedRequest>(
  authorised: Request,
  freshnessMs: number,
): Request {
  const { verified, route, receivedAt } = authorised
  if (verified.format !== 'mq' || route.pattern === 'one-way') return authorised
  if (receivedAt.getTime() - verified.signature.created.getTime() <= freshnessMs) return authorised
  throw new Fault('CLOCK_SKEW', {
    field: 'iat',
    detail: 'A request whose answer is waited for must be signed anew: it waited in a queue.',
  })
}
