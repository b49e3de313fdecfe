import { describe, expect, it } from '@jest/globals'
import { Fault, toFault, type FaultCode } from './fault.js'
import { faultTexts } from './fault-text.js'

const codes = Object.keys(faultTexts) as FaultCode[]

describe('the closed list of faults (requirements 3.5)', () => {
  it('has every code of the list, and the two that the bus itself needs', () => {
    expect([...codes].sort()).toEqual(
      [
        ...[
          'SIGNATURE_MISSING',
          'SIGNATURE_INVALID',
          'CERT_UNKNOWN',
          'CERT_EXPIRED',
          'CERT_REVOKED',
        ],
        ...['CERT_SENDER_MISMATCH', 'ALGORITHM_FORBIDDEN', 'CLOCK_SKEW', 'ZONE_FORBIDDEN'],
        ...['MEMBER_SUSPENDED', 'TARGET_UNREGISTERED', 'TARGET_SUSPENDED', 'TARGET_LIQUIDATED'],
        ...['IN_MAINTENANCE', 'DOMAIN_MISMATCH', 'DOMAIN_SUSPENDED', 'CLASSIFICATION_FORBIDDEN'],
        ...['ACCESS_DENIED', 'LEGAL_BASIS_REQUIRED', 'ASSERTION_INVALID', 'ASSURANCE_TOO_LOW'],
        ...['NOT_DATA_SUBJECT', 'REQUEST_INVALID', 'RESPONSE_INVALID', 'RESPONSE_SUBJECT_MISMATCH'],
        ...['MAPPING_FAILED', 'DUPLICATE_MESSAGE', 'PROVIDER_UNAVAILABLE', 'PROVIDER_TIMEOUT'],
        ...['PROVIDER_FAULT', 'THROTTLED', 'PAYLOAD_TOO_LARGE', 'PAYLOAD_UNSAFE'],
        ...['AUDIT_UNAVAILABLE', 'INTERNAL_ERROR'],
      ].sort(),
    )
  })

  it.each(codes)('%s has text and remedy in both languages, and they differ', (code) => {
    const fault = new Fault(code)
    for (const { az, en } of [fault.text, fault.remedy]) {
      expect(az.length).toBeGreaterThan(5)
      expect(en.length).toBeGreaterThan(5)
      expect(az).not.toBe(en)
      expect(az).toBe(az.normalize('NFC'))
    }
    expect(['consumer', 'bus', 'provider']).toContain(fault.side)
  })

  it.each(codes)('%s leaves no placeholder unfilled', (code) => {
    const details = { field: 'X-Road-Id', until: new Date('2013-02-05T14:30:00Z') }
    for (const { az, en } of [new Fault(code).text, new Fault(code, details).text]) {
      expect(az + en).not.toMatch(/[{}]/)
    }
  })
})

describe('what a fault says', () => {
  it('REQUEST_INVALID names the field', () => {
    const { az, en } = new Fault('REQUEST_INVALID', { field: 'X-Road-Id' }).text
    expect(az).toBe('Sorğu xidmətin təsvirinə uyğun deyil: X-Road-Id')
    expect(en).toBe('Request breaks the contract: X-Road-Id')
  })

  it('IN_MAINTENANCE names the planned end, day first, with the zone', () => {
    const until = new Date('2013-02-05T04:03:59Z')
    expect(new Fault('IN_MAINTENANCE', { until }).text.az).toContain('05.02.2013 04:03 UTC')
  })

  it('a field may hold what a replacement pattern would read', () => {
    const { en } = new Fault('REQUEST_INVALID', { field: "$&$'" }).text
    expect(en).toBe("Request breaks the contract: $&$'")
  })

  it('the side that has to act may differ from the usual one, and so does the remedy', () => {
    const usual = new Fault('SIGNATURE_INVALID')
    const provider = new Fault('SIGNATURE_INVALID', { side: 'provider' })
    const bus = new Fault('CERT_UNKNOWN', { side: 'bus' })
    expect(usual.side).toBe('consumer')
    expect(provider.remedy).not.toEqual(usual.remedy)
    expect(provider.remedy.en).toContain('provider')
    expect(bus.remedy.en).toContain('operator')
    expect(provider.text).toEqual(usual.text)
  })

  it('an overload asks for patience, whoever is overloaded', () => {
    for (const side of ['bus', 'provider'] as const) {
      expect(new Fault('THROTTLED', { side }).remedy.en).toBe('Try again later.')
    }
  })

  it('where the answer is at fault, the text does not speak of the request', () => {
    expect(new Fault('SIGNATURE_MISSING', { side: 'provider' }).text.az).toBe('Cavab imzalanmayıb')
    expect(new Fault('CLOCK_SKEW', { side: 'provider' }).text.az).toMatch(/^Cavabın vaxtı/)
  })
})

describe('any error becomes a fault', () => {
  it('a fault stays itself', () => {
    const fault = new Fault('ACCESS_DENIED')
    expect(toFault(fault)).toBe(fault)
  })

  it.each([new Error('password=1'), 'text', undefined, null])('%p is mute outside', (error) => {
    const fault = toFault(error)
    expect(fault).toMatchObject({ code: 'INTERNAL_ERROR', side: 'bus', cause: error })
    expect(fault.detail).toBeUndefined()
    expect(JSON.stringify([fault.message, fault.text, fault.remedy])).not.toContain('password')
  })
})
