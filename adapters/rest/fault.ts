import type { Fault } from '../../src/exchange/fault.js'
import { statusOf } from '../../src/http/fault-status.js'
import { preferredLanguage } from '../../src/http/preferred-language.js'
import { retryAfterOf } from '../../src/http/retry-after.js'

/** A refusal in the form of RFC 9457, before it is signed. */
export interface Problem {
  readonly status: number
  readonly rawHeaders: string[]
  readonly payload: Buffer
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
