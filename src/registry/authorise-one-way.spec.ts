import { describe, expect, it } from '@jest/globals'
import {
  faultOf,
  noon,
  portalId,
  routeOf,
  sampleMember,
  sampleSubsystem,
  taxId,
  taxServiceCode,
  withService,
  type AuthoriseCase,
} from '../../test/support/registry-samples.js'
import { parseServiceCode } from '../exchange/identifier.js'
import { messageExpiryMsMax } from '../limits/one-way.js'
import { authoriseDelivery } from './authorise.js'
import type { RegistryContent } from './registry-content.js'

const v1 = `${taxServiceCode}/v1`
const parties = (
  consumer: Parameters<typeof sampleSubsystem>[1],
  provider: Parameters<typeof sampleSubsystem>[1] = {},
): Partial<RegistryContent> => ({
  subsystems: [sampleSubsystem(portalId, consumer), sampleSubsystem(taxId, provider)],
})

describe('a one-way message', () => {
  const until = new Date(noon.getTime() + 1)
  const oneWay = (rest: Parameters<typeof withService>[0] = {}): Partial<RegistryContent> =>
    withService({ ...rest, pattern: 'one-way' })
  const works = {
    ...{ id: '1', target: taxId, isCalledOff: false },
    ...{ from: noon, until: new Date('2090-01-01T00:00:00Z') },
  }
  const suspendedMember = [
    sampleMember('AZ/GOV/DIM'),
    sampleMember('AZ/GOV/VN', { status: 'suspended' }),
  ]

  it.each<[string, string, Partial<RegistryContent>]>([
    ['TARGET_SUSPENDED', 'service', oneWay({ status: 'suspended' })],
    ['TARGET_SUSPENDED', 'provider', { ...oneWay(), ...parties({}, { status: 'suspended' }) }],
    ['TARGET_SUSPENDED', "provider's member", { ...oneWay(), members: suspendedMember }],
    ['IN_MAINTENANCE', 'service', oneWay({ status: 'maintenance', until })],
    ['IN_MAINTENANCE', 'works on the system', { ...oneWay(), maintenanceWindows: [works] }],
  ])('is taken and not delivered while there is %s: %s', (code, _what, content) => {
    expect(routeOf({ content }).pattern).toBe('one-way')
    expect(faultOf({ content }, authoriseDelivery).code).toBe(code)
  })

  it('is delivered where nothing is in the way', () => {
    expect(routeOf({ content: oneWay() }, authoriseDelivery)).toEqual(
      routeOf({ content: oneWay() }),
    )
  })

  it.each<[string, AuthoriseCase]>([
    ['TARGET_LIQUIDATED', { content: oneWay({ status: 'liquidated' }) }],
    ['TARGET_LIQUIDATED', { content: { ...oneWay(), ...parties({}, { status: 'liquidated' }) } }],
    ['DOMAIN_MISMATCH', { content: { ...oneWay(), ...parties({}, { domain: 'SENED' }) } }],
    ['DOMAIN_MISMATCH', { content: oneWay(), envelope: { domain: 'SENED' } }],
    ['ACCESS_DENIED', { content: { ...oneWay(), accessRights: [] } }],
    ['LEGAL_BASIS_REQUIRED', { content: oneWay(), envelope: { legalBasis: undefined } }],
    ['CLASSIFICATION_FORBIDDEN', { content: oneWay(), envelope: { classification: 'secret' } }],
    ['MEMBER_SUSPENDED', { content: { ...oneWay(), ...parties({ status: 'suspended' }) } }],
  ])('is refused when it comes and when it would go: %s', (code, each) => {
    expect(faultOf(each).code).toBe(code)
    expect(faultOf(each, authoriseDelivery).code).toBe(code)
  })
})

describe('a message that expires', () => {
  const after = (ms: number): Date => new Date(noon.getTime() + ms)
  const content = withService({ pattern: 'one-way' })

  it.each([1, messageExpiryMsMax])('is taken before: %d ms', (ms) => {
    expect(routeOf({ content, envelope: { expiresAt: after(ms) } }).pattern).toBe('one-way')
  })

  it.each([0, -1, messageExpiryMsMax + 1])('is refused: %d ms', (ms) => {
    const fault = faultOf({ content, envelope: { expiresAt: after(ms) } })
    expect([fault.code, fault.field]).toEqual(['REQUEST_INVALID', 'expires'])
  })

  it('is refused at its delivery by whoever delivers it, with the reason why it had to wait', () => {
    expect(
      routeOf({ content, envelope: { expiresAt: after(-1) } }, authoriseDelivery).service,
    ).toBe(v1)
  })
})

describe('what became of a message', () => {
  const asked = (name: string, of: string): AuthoriseCase => ({
    envelope: { serviceCode: parseServiceCode(`${of}/${name}`), version: undefined },
  })

  it('its sender asks under its own code', () => {
    const route = routeOf(asked('messageStatus', portalId))
    expect([route.metaservice, route.provider]).toEqual(['messageStatus', portalId])
    expect(route.accessRight).toBeUndefined()
  })

  it('is told to nobody else', () => {
    expect(faultOf(asked('messageStatus', taxId)).code).toBe('TARGET_UNREGISTERED')
  })

  it("its recipient says under the sender's code", () => {
    expect(routeOf(asked('messageNotice', taxId)).metaservice).toBe('messageNotice')
  })
})
