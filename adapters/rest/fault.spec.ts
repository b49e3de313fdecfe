import { describe, expect, it } from '@jest/globals'
import { Fault, type FaultCode } from '../../src/exchange/fault.js'
import { faultTexts } from '../../src/exchange/fault-text.js'
import { preferredLanguage } from '../../src/http/preferred-language.js'
import { statusOf } from '../../src/http/fault-status.js'
import { renderFault } from './fault.js'

const codes = Object.keys(faultTexts) as FaultCode[]
const exchangeId = '0190a2b0-0000-7000-8000-000000000001'
const now = new Date('2026-11-23T10:00:00Z')

const render = (fault: Fault, language?: string) => {
  const { status, rawHeaders, payload } = renderFault(fault, exchangeId, language, now)
  const headers: Record<string, string> = {}
  for (let i = 0; i < rawHeaders.length; i += 2) headers[rawHeaders[i]!] = rawHeaders[i + 1]!
  return { status, headers, problem: JSON.parse(payload.toString()) as Record<string, unknown> }
}

describe('HTTP status of a fault (protocols §1: never 200, never 500)', () => {
  it.each(codes)('%s', (code) => {
    for (const side of ['consumer', 'bus', 'provider'] as const) {
      const status = statusOf(new Fault(code, { side }))
      expect([400, 401, 403, 404, 409, 413, 422, 429, 502, 503, 504]).toContain(status)
      if (side !== 'consumer') expect(status).toBeGreaterThan(500)
    }
  })

  it.each([
    ['SIGNATURE_MISSING', undefined, 401],
    ['CERT_SENDER_MISMATCH', undefined, 403],
    ['TARGET_UNREGISTERED', undefined, 404],
    ['DUPLICATE_MESSAGE', undefined, 409],
    ['PAYLOAD_TOO_LARGE', undefined, 413],
    ['LEGAL_BASIS_REQUIRED', undefined, 422],
    ['THROTTLED', undefined, 429],
    ['THROTTLED', 'bus', 503],
    ['THROTTLED', 'provider', 503],
    ['SIGNATURE_INVALID', 'provider', 502],
    ['CERT_REVOKED', 'provider', 502],
    ['PROVIDER_TIMEOUT', undefined, 504],
    ['PROVIDER_UNAVAILABLE', 'bus', 503],
    ['INTERNAL_ERROR', undefined, 503],
  ] as const)('%s of side %s is %d', (code, side, status) => {
    expect(statusOf(new Fault(code, side ? { side } : {}))).toBe(status)
  })
})

describe('problem details (RFC 9457)', () => {
  it.each(codes)('%s carries code, side, both texts, remedy and exchange id', (code) => {
    const { status, headers, problem } = render(new Fault(code, { field: 'x', until: now }))
    expect(problem).toMatchObject({
      type: `urn:sluice:fault:${code}`,
      status,
      instance: `urn:uuid:${exchangeId}`,
      code,
      field: 'x',
      exchangeId,
      text: { az: expect.any(String), en: expect.any(String) },
      remedy: { az: expect.any(String), en: expect.any(String) },
    })
    expect(headers).toMatchObject({
      'Content-Type': 'application/problem+json; charset=utf-8',
      'Cache-Control': 'no-store',
      'X-Road-Error': code,
      'Sluice-Exchange-Id': exchangeId,
    })
    expect(headers['WWW-Authenticate'] !== undefined).toBe(status === 401)
  })

  it('never shows the cause', () => {
    const { problem } = render(new Fault('INTERNAL_ERROR', { cause: new Error('password=1') }))
    expect(JSON.stringify(problem)).not.toContain('password')
  })

  it('names the places at which a message breaks its contract, in both languages', () => {
    const text = { az: 'Sahə təkrarlanır', en: 'The field is repeated' }
    const places = [
      { path: '/illər[2]/"ad"', text },
      { path: '/fin', text },
    ]
    const { problem } = render(new Fault('REQUEST_INVALID', { field: '/illər[2]/"ad"', places }))
    expect(problem).toMatchObject({ field: '/illər[2]/"ad"', places })
    expect(render(new Fault('REQUEST_INVALID')).problem).not.toHaveProperty('places')
  })

  it('has our public sentence as detail, or else the text', () => {
    expect(render(new Fault('THROTTLED', { detail: 'Too fast.' })).problem['detail']).toBe(
      'Too fast.',
    )
    expect(render(new Fault('ACCESS_DENIED')).problem['detail']).toBe(
      'Bu xidmət üzrə giriş icazəsi yoxdur',
    )
  })

  it.each([
    [new Fault('IN_MAINTENANCE', { until: new Date('2026-11-23T10:02:00Z') }), '120'],
    [new Fault('IN_MAINTENANCE', { until: new Date('2026-11-23T09:00:00Z') }), '1'],
    [new Fault('IN_MAINTENANCE'), undefined],
    [new Fault('THROTTLED'), '1'],
    [new Fault('AUDIT_UNAVAILABLE'), '5'],
    [new Fault('ACCESS_DENIED'), undefined],
  ])('%s: Retry-After %s', (fault, seconds) => {
    expect(render(fault).headers['Retry-After']).toBe(seconds)
  })
})

describe('language of the title (RFC 9110 §12.5.4)', () => {
  it.each([
    [undefined, 'az'],
    ['', 'az'],
    ['en', 'en'],
    ['en-GB,en;q=0.9', 'en'],
    ['az,en;q=0.9', 'az'],
    ['en;q=0.5, az;q=0.8', 'az'],
    ['fr, en;q=0.3', 'en'],
    ['*', 'az'],
    ['en;q=0', 'az'],
    ['en;q=high', 'az'],
    [`en${','.repeat(300)}`, 'az'],
  ])('%p is %s', (header, language) => {
    expect(preferredLanguage(header)).toBe(language)
    expect(render(new Fault('ACCESS_DENIED'), header).headers['Content-Language']).toBe(language)
  })
})
