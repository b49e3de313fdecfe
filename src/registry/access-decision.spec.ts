import { describe, expect, it } from '@jest/globals'
import {
  faultOf,
  portalId,
  routeOf,
  sampleMember,
  sampleRight,
  sampleSubsystem,
  taxId,
  taxServiceCode,
  withRight,
  withService,
  type AuthoriseCase,
} from '../../test/support/registry-samples.js'
import type { Envelope } from '../exchange/envelope.js'
import { parseServiceId, parseSubsystemId } from '../exchange/identifier.js'
import type { RegistryContent } from './registry-content.js'
import type { Service } from './service.js'
import type { Subsystem } from './subsystem.js'

const v1 = `${taxServiceCode}/v1`
const v2 = `${taxServiceCode}/v2`

describe('access rights', () => {
  const begin = sampleRight().from
  const end = sampleRight().until!

  it.each<[string, AuthoriseCase]>([
    ['There is no access right', { content: { accessRights: [] } }],
    ['There is no access right', { content: withRight({ consumer: taxId }) }],
    ['There is no access right', { content: withRight({ service: parseServiceId(v2) }) }],
    ['has been withdrawn', { content: withRight({ status: 'withdrawn' }) }],
    ['has expired', { now: end }],
    ['is not in force yet', { now: new Date(begin.getTime() - 1) }],
    ['is for another purpose', { envelope: { purpose: 'Marketinq' } }],
    ['does not offer this mode', { envelope: { mode: 'user', userId: 'U' } }],
    [
      'does not allow this mode',
      { content: withService({ modes: ['user', 'body'] }), envelope: { mode: 'user' } },
    ],
    ['no mode in common', { content: withService({ modes: ['user'] }) }],
  ])('deny: %s', (detail, each) => {
    const fault = faultOf(each)
    expect([fault.code, fault.detail]).toEqual(['ACCESS_DENIED', expect.stringContaining(detail)])
  })

  it.each([
    ['at their first moment', begin],
    ['just before their end', new Date(end.getTime() - 1)],
  ])('hold %s', (_when, now) => {
    expect(routeOf({ now }).accessRight?.id).toBe('AR-1')
  })

  it('without an end hold on', () => {
    const content = withRight({ until: undefined })
    expect(routeOf({ content, now: new Date('2099-01-01') }).accessRight?.id).toBe('AR-1')
  })

  it('may be for one version only', () => {
    const content = withRight({ service: parseServiceId(v1) })
    expect(routeOf({ content }).accessRight?.id).toBe('AR-1')
  })

  it('serve the purpose that is stated, in whatever Unicode form', () => {
    const content = {
      accessRights: [sampleRight({ purpose: 'Statistika' }), sampleRight({ id: 'AR-2' })],
    }
    const purpose = 'VÖEN yoxlanışı'.normalize('NFD')
    expect(routeOf({ content, envelope: { purpose } }).accessRight?.id).toBe('AR-2')
  })

  it('say what the nearest of several lacks', () => {
    const accessRights = [
      sampleRight({ id: 'AR-1', from: new Date('2030-01-01'), until: undefined }),
      sampleRight({ id: 'AR-2', status: 'withdrawn' }),
    ]
    expect(faultOf({ content: { accessRights } }).detail).toContain('not in force yet')
  })
})

/** The portal asserts its own users. */
const asserting: Partial<RegistryContent> = {
  subsystems: [sampleSubsystem(portalId, { assertsUsers: true }), sampleSubsystem(taxId)],
}

describe('the mode of a request', () => {
  const twoModes: Partial<RegistryContent> = {
    ...withService({ modes: ['user', 'body'] }),
    ...withRight({ modes: ['user', 'body'] }),
  }

  it('is the stated one', () => {
    const envelope = { mode: 'user', userId: 'AZE123' } as const
    const user = {}
    expect(routeOf({ content: { ...twoModes, ...asserting }, envelope, user }).mode).toBe('user')
    expect(routeOf({ content: twoModes, envelope: { mode: 'body' } }).mode).toBe('body')
  })

  it('has to be stated where two are allowed', () => {
    const fault = faultOf({ content: twoModes })
    expect([fault.code, fault.field]).toEqual(['REQUEST_INVALID', 'mode'])
  })

  it('is the only one that service and right have in common', () => {
    const content = withService({ modes: ['user', 'body'] })
    expect(routeOf({ content }).mode).toBe('body')
  })

  it('is found among several rights', () => {
    const accessRights = [sampleRight(), sampleRight({ id: 'AR-2', modes: ['user'], purpose: 'p' })]
    const envelope = { mode: 'user', userId: 'AZE123' } as const
    const content = { ...withService({ modes: ['user', 'body'] }), ...asserting, accessRights }
    expect(routeOf({ content, envelope, user: {} }).accessRight?.id).toBe('AR-2')
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
    const content = { ...twoModes, ...asserting }
    expect(routeOf({ content, envelope, user: {} }).mode).toBe('user')
  })
})

describe('the user of a request (R-102, R-103)', () => {
  const asked = (subsystem: Partial<Subsystem>, service: Partial<Service> = {}): AuthoriseCase => ({
    content: {
      ...withService({ modes: ['user'], ...service }),
      ...withRight({ modes: ['user'] }),
      subsystems: [
        sampleSubsystem(portalId),
        sampleSubsystem(taxId),
        sampleSubsystem(issuer, { assertsUsers: true, ...subsystem }),
      ],
      members: [sampleMember('AZ/GOV/DIM'), sampleMember('AZ/GOV/VN'), sampleMember('AZ/GOV/ID')],
    },
    user: { issuer },
  })
  const issuer = parseSubsystemId('AZ/GOV/ID/GIRIS')

  it('is asserted by a system that may, of the same domain', () => {
    expect(routeOf(asked({})).mode).toBe('user')
  })

  it.each<[string, Partial<Subsystem>]>([
    ['may not', { assertsUsers: false }],
    ['is suspended', { status: 'suspended' }],
    ['is of another domain', { domain: 'SENED' }],
  ])('is not believed of a system that %s', (_what, subsystem) => {
    const fault = faultOf(asked(subsystem))
    expect([fault.code, fault.field]).toEqual(['ASSERTION_INVALID', 'iss'])
  })

  it('has logged in as strongly as the service demands', () => {
    const strict = asked({}, { assurance: 'e-signature' })
    expect(faultOf(strict).code).toBe('ASSURANCE_TOO_LOW')
    expect(routeOf({ ...strict, user: { issuer, assurance: 'e-signature' } }).mode).toBe('user')
    expect(routeOf(asked({}, { assurance: 'code-password' })).mode).toBe('user')
  })

  it('is none where an agency asks: an assertion has no place there', () => {
    const fault = faultOf({ envelope: { assertion: 'a.b.c' }, user: {} })
    expect([fault.code, fault.field]).toEqual(['REQUEST_INVALID', 'assertion'])
  })
})
