import type { Fault } from '../../src/exchange/fault.js'
import { statusOf } from '../../src/http/fault-status.js'

/** The media type of a refusal (RFC 9457 §3). */
export const problemType = 'application/problem+json'

/** A fault in the form of RFC 9457, before it is signed. The title is Azerbaijani; both languages are beside it. */
export function renderFault(fault: Fault, exchangeId: string): Buffer {
  const { code, side, detail, field, places, text, remedy } = fault
  const problem = {
    type: `urn:sluice:fault:${code}`,
    title: text.az,
    status: statusOf(fault),
    detail: detail ?? text.az,
    instance: `urn:uuid:${exchangeId}`,
    code,
    side,
    ...(field !== undefined && { field }),
    ...(places.length > 0 && { places }),
    exchangeId,
    text,
    remedy,
  }
  return Buffer.from(JSON.stringify(problem))
}
