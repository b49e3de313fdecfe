import type { FaultCode, FaultSide } from '../exchange/fault.js'

/** Every fault's HTTP status where the fault lies with its usual side. Never 200, never 500. */
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

/**
 * A status of the 4xx class blames the consumer, so a fault that lies with another side is one of
 * the 5xx class: 502 for a bad answer of the provider (its signature, say), 503 for overload.
 */
export function statusOf(fault: { readonly code: FaultCode; readonly side: FaultSide }): number {
  const status = statusByCode[fault.code]
  if (status >= 500 || fault.side === 'consumer') return status
  return fault.code !== 'THROTTLED' && fault.side === 'provider' ? 502 : 503
}
