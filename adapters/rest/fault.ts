import type { Fault, FaultCode, FaultSide } from '../../src/exchange/fault.js'
import { preferredLanguage } from '../../src/http/preferred-language.js'
import { retryAfterOf } from '../../src/http/retry-after.js'

/** A refusal in the form of RFC 9457, before it is signed. */
export interface Problem {
  readonly status: number
  readonly rawHeaders: string[]
  readonly payload: Buffer
}

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

/**
 * Renders a fault as `application/problem+json` (RFC 9457) with X-Road's `X-Road-Error`.
 * @param acceptLanguage - only chooses the title's language; may come from an unverified request
 */
export function renderFault(
  fault: Fault,
  exchangeId: string,
  acceptLanguage: string | undefined,
  now: Date,
): Problem {
  const status = statusOf(fault)
  const language = preferredLanguage(acceptLanguage)
  const rawHeaders = [
    'Content-Type',
    'application/problem+json; charset=utf-8',
    'Content-Language',
    language,
    'Cache-Control',
    'no-store',
    'X-Road-Error',
    fault.code,
    'X-Road-Request-Id',
    exchangeId,
    'Sluice-Exchange-Id',
    exchangeId,
  ]
  const retryAfter = retryAfterOf(fault, now)
  if (retryAfter !== undefined) rawHeaders.push('Retry-After', String(retryAfter))
  // RFC 9110 §15.5.2: a 401 says by which scheme to come again; RFC 9421 registers none.
  if (status === 401) rawHeaders.push('WWW-Authenticate', 'Signature realm="sluice"')
  return { status, rawHeaders, payload: payloadOf(fault, exchangeId, status, language) }
}

function payloadOf(
  { code, side, detail, field, places, repeatOf, text, remedy }: Fault,
  exchangeId: string,
  status: number,
  language: 'az' | 'en',
): Buffer {
  const problem = {
    type: `urn:sluice:fault:${code}`,
    title: text[language],
    status,
    detail: detail ?? text[language],
    instance: `urn:uuid:${exchangeId}`,
    code,
    side,
    ...(field !== undefined && { field }),
    ...(places.length > 0 && { places }),
    ...(repeatOf !== undefined && { repeatOf }),
    exchangeId,
    text,
    remedy,
  }
  return Buffer.from(JSON.stringify(problem))
}
