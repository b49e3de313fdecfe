import { describe, expect, it } from '@jest/globals'
import {
  authenticatedSample,
  faultOf,
  noon,
  portalId,
  routeOf,
  sampleContent,
  sampleMember,
  sampleService,
  sampleSubsystem,
  taxId,
  taxServiceCode,
  withService,
  type AuthoriseCase,
  verifiedAs,
} from '../../test/support/registry-samples.js'
import { parseMemberId, parseServiceId, parseSubsystemId } from '../exchange/identifier.js'
import { authorise, isOfOtherProtocol, payloadBytesMax } from './authorise.js'
import { unknownServicePayloadBytesMax } from '../limits/registry.js'
import type { RegistryContent } from './registry-content.js'
import { RegistrySnapshot } from './snapshot.js'

const v1 = `${taxServiceCode}/v1`
const v2 = `${taxServiceCode}/v2`
const parties = (
  consumer: Parameters<typeof sampleSubsystem>[1],
  provider: Parameters<typeof sampleSubsystem>[1] = {},
): Partial<RegistryContent> => ({
  subsystems: [sampleSubsystem(portalId, consumer), sampleSubsystem(taxId, provider)],
})

describe('an authorised request', () => {
  it('gets its route from the registry alone (R-002)', () => {
    expect(routeOf({})).toEqual({
      service: v1,
      provider: taxId,
      domain: 'PORTAL',
      mode: 'body',
      protocol: 'rest',
      address: 'http://127.0.0.1:9101/voen',
      timeLimitMs: 30_000,
      requestBytesMax: 1_048_576,
      replyBytesMax: 10_485_760,
      concurrentMax: 64,
      pattern: 'request-reply',
      idempotent: false,
      providerSignature: 'none',
      subjects: [],
      accessRight: {
        id: 'AR-1',
        legalBasis: 'Vergi Məcəlləsi, 30',
        purpose: 'VÖEN yoxlanışı',
        omit: [],
      },
    })
  })

  it('keeps what authentication found', () => {
    const authenticated = authenticatedSample()
    const result = authorise(
      new RegistrySnapshot(sampleContent()),
      authenticated,
      noon,
      verifiedAs(),
    )
    expect(result).toMatchObject({ ...authenticated })
  })
})

describe('the target of a request (R-031)', () => {
  it.each<[string, string, AuthoriseCase]>([
    ['TARGET_UNREGISTERED', 'unknown version', { envelope: { version: 'v9' } }],
    ['TARGET_UNREGISTERED', 'no services', { content: { services: [] } }],
    ['TARGET_SUSPENDED', 'service', { content: withService({ status: 'suspended' }) }],
    ['TARGET_SUSPENDED', 'provider', { content: parties({}, { status: 'suspended' }) }],
    [
      'TARGET_SUSPENDED',
      "provider's member",
      {
        content: {
          members: [sampleMember('AZ/GOV/DIM'), sampleMember('AZ/GOV/VN', { status: 'suspended' })],
        },
      },
    ],
    ['TARGET_LIQUIDATED', 'service', { content: withService({ status: 'liquidated' }) }],
    ['TARGET_LIQUIDATED', 'provider', { content: parties({}, { status: 'liquidated' }) }],
    [
      'IN_MAINTENANCE',
      'service',
      { content: withService({ status: 'maintenance', until: new Date(noon.getTime() + 1) }) },
    ],
  ])('is refused with %s: %s', (code, _what, each) => {
    expect(faultOf(each).code).toBe(code)
  })

  it('names the successor of a liquidated service, system or member', () => {
    const ofService = withService({ status: 'liquidated', successor: parseServiceId(v2) })
    const next = parseSubsystemId('AZ/GOV/VN/VERGI2')
    const member = parseMemberId('AZ/GOV/IN')
    expect(faultOf({ content: ofService }).detail).toBe(`The successor is ${v2}.`)
    expect(
      faultOf({ content: parties({}, { status: 'liquidated', successor: next }) }).detail,
    ).toBe(`The successor is ${next}.`)
    const members = [
      sampleMember('AZ/GOV/DIM'),
      sampleMember('AZ/GOV/VN', { status: 'liquidated', successor: member }),
    ]
    expect(faultOf({ content: { members } }).detail).toBe(`The successor is ${member}.`)
  })

  it('tells the planned end of maintenance', () => {
    const until = new Date('2026-06-15T10:00:00Z')
    const fault = faultOf({ content: withService({ status: 'maintenance', until }) })
    expect(fault.until).toEqual(until)
    expect(fault.text.en).toContain('15.06.2026 10:00 UTC')
  })

  it('is closed by announced works from their first moment on, with their planned end (R-142)', () => {
    const until = new Date('2090-01-01T00:00:00Z')
    const works = { id: '1', target: taxId, from: noon, until, isCalledOff: false }
    const content = { maintenanceWindows: [works] }
    expect(faultOf({ content })).toMatchObject({ code: 'IN_MAINTENANCE', until })
    const before = new Date(noon.getTime() - 1)
    expect(routeOf({ content, now: before }).service).toBe(v1)
    const other = { ...works, target: parseServiceId(`${taxId}/other/v1`) }
    expect(routeOf({ content: { maintenanceWindows: [other] } }).service).toBe(v1)
  })

  const from = new Date('2026-06-15T10:00:00Z')
  const until = new Date('2026-06-15T12:00:00Z')
  const inMaintenance = withService({ status: 'maintenance', from, until })

  it.each([
    ['just before it begins', new Date(from.getTime() - 1)],
    ['at its end', until],
  ])('is open %s of the maintenance window', (_when, now) => {
    expect(routeOf({ content: inMaintenance, now }).service).toBe(v1)
  })

  it.each([
    ['at the beginning', from],
    ['just before the end', new Date(until.getTime() - 1)],
  ])('is closed %s of the maintenance window', (_when, now) => {
    expect(faultOf({ content: inMaintenance, now }).code).toBe('IN_MAINTENANCE')
  })
})

describe('versions of a service (R-015)', () => {
  const both = [sampleService(v1), sampleService(v2, { address: 'http://127.0.0.1:9102/' })]

  it('live beside each other', () => {
    expect(routeOf({ content: { services: both } }).service).toBe(v1)
    expect(routeOf({ content: { services: both }, envelope: { version: 'v2' } })).toMatchObject({
      service: v2,
      address: 'http://127.0.0.1:9102/',
    })
  })

  it('keep working after they are deprecated', () => {
    const content = withService({ deprecatedFrom: new Date('2026-01-01') })
    expect(routeOf({ content }).service).toBe(v1)
  })

  it('give the default one to who names none', () => {
    const services = [sampleService(v1), sampleService(v2, { isDefault: true })]
    expect(routeOf({ content: { services }, envelope: { version: undefined } }).service).toBe(v2)
    const reversed = services.toReversed()
    expect(
      routeOf({ content: { services: reversed }, envelope: { version: undefined } }).service,
    ).toBe(v2)
  })

  it('give the only one to who names none', () => {
    const content = withService({ isDefault: false })
    expect(routeOf({ content, envelope: { version: undefined } }).service).toBe(v1)
  })

  it('are not guessed where several stand and none is the default', () => {
    const fault = faultOf({ content: { services: both }, envelope: { version: undefined } })
    expect(fault.code).toBe('TARGET_UNREGISTERED')
  })
})

describe('the sender', () => {
  it.each<[string, AuthoriseCase]>([
    ['suspended system', { content: parties({ status: 'suspended' }) }],
    ['liquidated system', { content: parties({ status: 'liquidated' }) }],
    ['unregistered system', { content: { subsystems: [sampleSubsystem(taxId)] } }],
    [
      'suspended member',
      {
        content: {
          members: [sampleMember('AZ/GOV/DIM', { status: 'suspended' }), sampleMember('AZ/GOV/VN')],
        },
      },
    ],
  ])('is refused with MEMBER_SUSPENDED: %s', (_what, each) => {
    expect(faultOf(each).code).toBe('MEMBER_SUSPENDED')
  })

  it('is the one whose certificate signed (R-081), whatever authentication let through', () => {
    const request = authenticatedSample()
    const forged = { ...request, signer: { ...request.signer, subsystem: taxId } }
    expect(() =>
      authorise(new RegistrySnapshot(sampleContent()), forged, noon, verifiedAs()),
    ).toThrow(expect.objectContaining({ code: 'CERT_SENDER_MISMATCH' }))
  })
})

describe('exchange domains (R-017)', () => {
  it.each<[string, string, AuthoriseCase]>([
    [
      'DOMAIN_MISMATCH',
      "the service's system is in another",
      { content: parties({}, { domain: 'SENED' }) },
    ],
    ['DOMAIN_MISMATCH', 'the request states another', { envelope: { domain: 'SENED' } }],
    [
      'DOMAIN_SUSPENDED',
      'suspended',
      { content: { domains: [{ code: 'PORTAL', name: undefined, status: 'suspended' }] } },
    ],
    ['DOMAIN_SUSPENDED', 'unknown', { content: { domains: [] } }],
  ])('refuse with %s: %s', (code, _what, each) => {
    expect(faultOf(each).code).toBe(code)
  })

  it('let pass a request that states its own', () => {
    expect(routeOf({ envelope: { domain: 'PORTAL' } }).domain).toBe('PORTAL')
  })
})

describe('the action that a SOAP message names outside its envelope', () => {
  const action = 'http://vn.az/IVergi/voenTap'
  const declared = withService({
    soap: { securityHeader: 'keep', xroadHeaders: 'keep', action },
  })

  it('may be the one that is registered, or none', () => {
    expect(routeOf({ content: declared, action }).soap?.action).toBe(action)
    expect(routeOf({ content: declared }).soap?.action).toBe(action)
  })

  it('is refused where it is another', () => {
    const fault = faultOf({ content: declared, action: 'http://vn.az/IVergi/hamisiniSil' })
    expect([fault.code, fault.field, fault.side]).toEqual([
      ...['REQUEST_INVALID', 'SOAPAction', 'consumer'],
    ])
  })

  it('says nothing where none is registered', () => {
    expect(routeOf({ action }).soap?.action).toBeUndefined()
  })

  it('is told to nobody who has no access right', () => {
    const content = { ...declared, accessRights: [] }
    expect(faultOf({ content, action: 'urn:x' }).code).toBe('ACCESS_DENIED')
  })
})

describe('classified data (R-018)', () => {
  it.each(['secret', 'OPEN', '', 'forserviceuse', 'open,secret'])(
    '%j is kept out',
    (classification) => {
      expect(faultOf({ envelope: { classification } }).code).toBe('CLASSIFICATION_FORBIDDEN')
    },
  )

  it.each(['open', 'forServiceUse'])('%j is carried', (classification) => {
    expect(routeOf({ envelope: { classification } }).service).toBe(v1)
  })

  it('is refused before anything else is said of the registry', () => {
    const content = parties({ status: 'suspended' })
    const fault = faultOf({ content, envelope: { classification: 'secret' } })
    expect(fault.code).toBe('CLASSIFICATION_FORBIDDEN')
  })
})

describe('payloadBytesMax', () => {
  const snapshot = new RegistrySnapshot(sampleContent())

  it('is what the service takes', () => {
    expect(payloadBytesMax(snapshot, { serviceCode: taxServiceCode, version: undefined })).toBe(
      1_048_576,
    )
  })

  it('is little for a service that does not exist', () => {
    expect(payloadBytesMax(snapshot, { serviceCode: taxServiceCode, version: 'v7' })).toBe(
      unknownServicePayloadBytesMax,
    )
  })
})

describe('isOfOtherProtocol', () => {
  const snapshot = new RegistrySnapshot(sampleContent())

  it('compares the service with the consumer’s side; of no service nothing is known', () => {
    const service = { serviceCode: taxServiceCode, version: undefined }
    expect(isOfOtherProtocol(snapshot, service, 'rest')).toBe(false)
    expect(isOfOtherProtocol(snapshot, service, 'soap')).toBe(true)
    expect(isOfOtherProtocol(snapshot, { ...service, version: 'v7' }, 'soap')).toBe(false)
  })
})
