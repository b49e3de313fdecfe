import { describe, expect, it } from '@jest/globals'
import {
  authenticatedSample,
  noon,
  portalId,
  sampleContent,
  sampleMember,
  sampleRight,
  sampleService,
  sampleSubsystem,
  taxId,
  taxServiceCode,
} from '../../test/support/registry-samples.js'
import type { Envelope } from '../exchange/exchange.js'
import { Fault } from '../exchange/fault.js'
import { parseMemberId, parseServiceId, parseSubsystemId } from '../exchange/identifier.js'
import { authorise, payloadBytesMax } from './authorise.js'
import { unknownServicePayloadBytesMax } from './limits.js'
import type { RegistryContent } from './registry-content.js'
import type { Service } from './service.js'
import { RegistrySnapshot } from './snapshot.js'

interface Case {
  readonly content?: Partial<RegistryContent>
  readonly envelope?: Partial<Envelope>
  readonly now?: Date
}

function decide({ content, envelope, now = noon }: Case): ReturnType<typeof authorise>['route'] {
  const snapshot = new RegistrySnapshot(sampleContent(content))
  return authorise(snapshot, authenticatedSample(envelope), now).route
}

function faultOf(each: Case): Fault {
  try {
    decide(each)
  } catch (error) {
    if (error instanceof Fault) return error
    throw error
  }
  throw new Error('was authorised')
}

const v1 = `${taxServiceCode}/v1`
const v2 = `${taxServiceCode}/v2`
const service = (rest: Partial<Service>): Partial<RegistryContent> => ({
  services: [sampleService(v1, { isDefault: true, ...rest })],
})
const parties = (
  consumer: Parameters<typeof sampleSubsystem>[1],
  provider: Parameters<typeof sampleSubsystem>[1] = {},
): Partial<RegistryContent> => ({
  subsystems: [sampleSubsystem(portalId, consumer), sampleSubsystem(taxId, provider)],
})
const right = (rest: Parameters<typeof sampleRight>[0]): Partial<RegistryContent> => ({
  accessRights: [sampleRight(rest)],
})

describe('an authorised request', () => {
  it('gets its route from the registry alone (R-002)', () => {
    expect(decide({})).toEqual({
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
      idempotent: false,
      providerSignature: 'none',
      accessRight: { id: 'AR-1', legalBasis: 'Vergi Məcəlləsi, 30', purpose: 'VÖEN yoxlanışı' },
    })
  })

  it('keeps what authentication found', () => {
    const authenticated = authenticatedSample()
    const result = authorise(new RegistrySnapshot(sampleContent()), authenticated, noon)
    expect(result).toMatchObject({ ...authenticated })
  })
})

describe('the target of a request (R-031)', () => {
  it.each<[string, string, Case]>([
    ['TARGET_UNREGISTERED', 'unknown version', { envelope: { version: 'v9' } }],
    ['TARGET_UNREGISTERED', 'no services', { content: { services: [] } }],
    ['TARGET_SUSPENDED', 'service', { content: service({ status: 'suspended' }) }],
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
    ['TARGET_LIQUIDATED', 'service', { content: service({ status: 'liquidated' }) }],
    ['TARGET_LIQUIDATED', 'provider', { content: parties({}, { status: 'liquidated' }) }],
    [
      'IN_MAINTENANCE',
      'service',
      { content: service({ status: 'maintenance', until: new Date(noon.getTime() + 1) }) },
    ],
  ])('is refused with %s: %s', (code, _what, each) => {
    expect(faultOf(each).code).toBe(code)
  })

  it('names the successor of a liquidated service, system or member', () => {
    const ofService = service({ status: 'liquidated', successor: parseServiceId(v2) })
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
    const fault = faultOf({ content: service({ status: 'maintenance', until }) })
    expect(fault.until).toEqual(until)
    expect(fault.text.en).toContain('15.06.2026 10:00 UTC')
  })

  const from = new Date('2026-06-15T10:00:00Z')
  const until = new Date('2026-06-15T12:00:00Z')
  const inMaintenance = service({ status: 'maintenance', from, until })

  it.each([
    ['just before it begins', new Date(from.getTime() - 1)],
    ['at its end', until],
  ])('is open %s of the maintenance window', (_when, now) => {
    expect(decide({ content: inMaintenance, now }).service).toBe(v1)
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
    expect(decide({ content: { services: both } }).service).toBe(v1)
    expect(decide({ content: { services: both }, envelope: { version: 'v2' } })).toMatchObject({
      service: v2,
      address: 'http://127.0.0.1:9102/',
    })
  })

  it('keep working after they are deprecated', () => {
    const content = service({ deprecatedFrom: new Date('2026-01-01') })
    expect(decide({ content }).service).toBe(v1)
  })

  it('give the default one to who names none', () => {
    const services = [sampleService(v1), sampleService(v2, { isDefault: true })]
    expect(decide({ content: { services }, envelope: { version: undefined } }).service).toBe(v2)
    const reversed = services.toReversed()
    expect(
      decide({ content: { services: reversed }, envelope: { version: undefined } }).service,
    ).toBe(v2)
  })

  it('give the only one to who names none', () => {
    const content = service({ isDefault: false })
    expect(decide({ content, envelope: { version: undefined } }).service).toBe(v1)
  })

  it('are not guessed where several stand and none is the default', () => {
    const fault = faultOf({ content: { services: both }, envelope: { version: undefined } })
    expect(fault.code).toBe('TARGET_UNREGISTERED')
  })
})

describe('the sender', () => {
  it.each<[string, Case]>([
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
    expect(() => authorise(new RegistrySnapshot(sampleContent()), forged, noon)).toThrow(
      expect.objectContaining({ code: 'CERT_SENDER_MISMATCH' }),
    )
  })
})

describe('exchange domains (R-017)', () => {
  it.each<[string, string, Case]>([
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
    expect(decide({ envelope: { domain: 'PORTAL' } }).domain).toBe('PORTAL')
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
    expect(decide({ envelope: { classification } }).service).toBe(v1)
  })

  it('is refused before anything else is said of the registry', () => {
    const content = parties({ status: 'suspended' })
    const fault = faultOf({ content, envelope: { classification: 'secret' } })
    expect(fault.code).toBe('CLASSIFICATION_FORBIDDEN')
  })
})

describe('access rights', () => {
  const begin = sampleRight().from
  const end = sampleRight().until!

  it.each<[string, Case]>([
    ['There is no access right', { content: { accessRights: [] } }],
    ['There is no access right', { content: right({ consumer: taxId }) }],
    ['There is no access right', { content: right({ service: parseServiceId(v2) }) }],
    ['has been withdrawn', { content: right({ status: 'withdrawn' }) }],
    ['has expired', { now: end }],
    ['is not in force yet', { now: new Date(begin.getTime() - 1) }],
    ['is for another purpose', { envelope: { purpose: 'Marketinq' } }],
    ['does not offer this mode', { envelope: { mode: 'user', userId: 'U' } }],
    [
      'does not allow this mode',
      { content: service({ modes: ['user', 'body'] }), envelope: { mode: 'user' } },
    ],
    ['no mode in common', { content: service({ modes: ['user'] }) }],
  ])('deny: %s', (detail, each) => {
    const fault = faultOf(each)
    expect([fault.code, fault.detail]).toEqual(['ACCESS_DENIED', expect.stringContaining(detail)])
  })

  it.each([
    ['at their first moment', begin],
    ['just before their end', new Date(end.getTime() - 1)],
  ])('hold %s', (_when, now) => {
    expect(decide({ now }).accessRight.id).toBe('AR-1')
  })

  it('without an end hold on', () => {
    const content = right({ until: undefined })
    expect(decide({ content, now: new Date('2099-01-01') }).accessRight.id).toBe('AR-1')
  })

  it('may be for one version only', () => {
    const content = right({ service: parseServiceId(v1) })
    expect(decide({ content }).accessRight.id).toBe('AR-1')
  })

  it('serve the purpose that is stated, in whatever Unicode form', () => {
    const content = {
      accessRights: [sampleRight({ purpose: 'Statistika' }), sampleRight({ id: 'AR-2' })],
    }
    const purpose = 'VÖEN yoxlanışı'.normalize('NFD')
    expect(decide({ content, envelope: { purpose } }).accessRight.id).toBe('AR-2')
  })

  it('say what the nearest of several lacks', () => {
    const accessRights = [
      sampleRight({ id: 'AR-1', from: new Date('2030-01-01'), until: undefined }),
      sampleRight({ id: 'AR-2', status: 'withdrawn' }),
    ]
    expect(faultOf({ content: { accessRights } }).detail).toContain('not in force yet')
  })
})

describe('the mode of a request', () => {
  const twoModes: Partial<RegistryContent> = {
    ...service({ modes: ['user', 'body'] }),
    ...right({ modes: ['user', 'body'] }),
  }

  it('is the stated one', () => {
    const envelope = { mode: 'user', userId: 'AZE123' } as const
    expect(decide({ content: twoModes, envelope }).mode).toBe('user')
    expect(decide({ content: twoModes, envelope: { mode: 'body' } }).mode).toBe('body')
  })

  it('has to be stated where two are allowed', () => {
    const fault = faultOf({ content: twoModes })
    expect([fault.code, fault.field]).toEqual(['REQUEST_INVALID', 'mode'])
  })

  it('is the only one that service and right have in common', () => {
    const content = service({ modes: ['user', 'body'] })
    expect(decide({ content }).mode).toBe('body')
  })

  it('is found among several rights', () => {
    const accessRights = [sampleRight(), sampleRight({ id: 'AR-2', modes: ['user'], purpose: 'p' })]
    const envelope = { mode: 'user', userId: 'AZE123' } as const
    const content = { ...service({ modes: ['user', 'body'] }), accessRights }
    expect(decide({ content, envelope }).accessRight.id).toBe('AR-2')
  })

  it.each<[string, Partial<Envelope>]>([
    ['legalBasis', { legalBasis: undefined }],
    ['legalBasis', { legalBasis: '' }],
    ['caseNumber', { caseNumber: undefined }],
  ])('body needs legal basis and case number (R-104): %s', (field, envelope) => {
    const fault = faultOf({ envelope })
    expect([fault.code, fault.field]).toEqual(['LEGAL_BASIS_REQUIRED', field])
  })

  it('user needs a user', () => {
    const fault = faultOf({ content: twoModes, envelope: { mode: 'user' } })
    expect(fault.code).toBe('ASSERTION_INVALID')
  })

  it('user needs no case', () => {
    const envelope = {
      mode: 'user',
      userId: 'U',
      legalBasis: undefined,
      caseNumber: undefined,
    } as const
    expect(decide({ content: twoModes, envelope }).mode).toBe('user')
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
