import type { Fault, FaultCode, FaultSide } from '../../src/exchange/fault.js'

/** The media type of a refusal (RFC 9457 §3). */
export const problemType = 'application/problem+json'

/** Every fault's status, as on HTTP, where the fault lies with its usual side. Never 200, never 500. */
const statusByCode: Record<FaultCode, number> = {
  SIGNATURE_MISSING: 401,
  SIGNATURE_INVALID: 401,
  CERT_UNKNOWN: 401,
  CERT_EXPIRED: 401,
  CERT_REVOKED: 401,
  CERT_SENDER_MISMATCH: 403,
  ALGORITHM_FORBIDDEN: 401,
  CLOCK_SKEW: 401,
  ZONE_FORBIDDEN: 403,
  MEMBER_SUSPENDED: 403,
  TARGET_UNREGISTERED: 404,
  TARGET_SUSPENDED: 503,
  TARGET_LIQUIDATED: 404,
  IN_MAINTENANCE: 503,
  DOMAIN_MISMATCH: 403,
  DOMAIN_SUSPENDED: 503,
  CLASSIFICATION_FORBIDDEN: 403,
  ACCESS_DENIED: 403,
  LEGAL_BASIS_REQUIRED: 422,
  ASSERTION_INVALID: 403,
  ASSURANCE_TOO_LOW: 403,
  NOT_DATA_SUBJECT: 403,
  REQUEST_INVALID: 400,
  RESPONSE_INVALID: 502,
  RESPONSE_SUBJECT_MISMATCH: 502,
  MAPPING_FAILED: 502,
  DUPLICATE_MESSAGE: 409,
  PROVIDER_UNAVAILABLE: 503,
  PROVIDER_TIMEOUT: 504,
  PROVIDER_FAULT: 502,
  THROTTLED: 429,
  PAYLOAD_TOO_LARGE: 413,
  PAYLOAD_UNSAFE: 400,
  AUDIT_UNAVAILABLE: 503,
  INTERNAL_ERROR: 503,
}

/** As on HTTP: a status of the 4xx class blames the consumer, so a fault of another side is one of the 5xx class. */
export function statusOf(fault: { readonly code: FaultCode; readonly side: FaultSide }): number {
  const status = statusByCode[fault.code]
  if (status >= 500 || fault.side === 'consumer') return status
  return fault.code !== 'THROTTLED' && fault.side === 'provider' ? 502 : 503
}

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
