import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import type { TestIdentity } from '../support/pki.js'
import { expectAnswered, expectRefused } from '../support/whole-bus-expect.js'
import { TestProvider } from '../support/whole-bus-provider.js'
import { sampleMember, sampleRight, sampleService } from '../support/whole-bus-sample.js'
import { services, subsystems } from '../support/whole-bus-sample.js'
import { startWholeBus, type WholeBus } from '../support/whole-bus.js'

let bus: WholeBus
let archive: TestIdentity

const documents = 'AZ/GOV/MK/SENED'
const archiveId = 'AZ/GOV/MAİ/ARXİV'

beforeAll(async () => {
  bus = await startWholeBus()
  archive = await bus.authority.issue({ subject: 'Arxiv' })
  const { address } = bus.providers.taxes
  await bus.registry.apply({
    members: [
      sampleMember(documents, {
        domain: 'SENED',
        services: [sampleService('senedGonder', address)],
      }),
      sampleMember(archiveId, { domain: 'SENED', certificates: [{ pem: archive.pem }] }),
    ],
    accessRights: [sampleRight(archiveId, `${documents}/senedGonder/v1`)],
  })
})

afterAll(() => bus.close())

beforeEach(() => bus.providers.taxes.reset())

describe('R-002: a consumer names a service, and the registry supplies the address', () => {
  it('the next call of an unchanged consumer reaches the new address', async () => {
    const moved = await TestProvider.start()
    try {
      expect((await bus.portal.call()).status).toBe(200)
      await bus.registry.change(services.taxes, { address: moved.address })
      expect((await bus.portal.call()).status).toBe(200)
      expect([bus.providers.taxes.count, moved.count]).toEqual([1, 1])
    } finally {
      await bus.registry.change(services.taxes, { address: bus.providers.taxes.address })
      await moved.close()
    }
  })

  it('an address that the consumer sends along reaches nobody', async () => {
    const headers = { 'X-Forwarded-Host': 'evil.example', Forwarded: 'host=evil.example' }
    const answer = await bus.portal.call({
      rest: '/http://evil.example/x?url=http://evil.example',
      headers,
    })
    expect(answer.status).toBe(200)
    const { target, header } = bus.providers.taxes.latest
    expect(target).toBe('/xidmet/http://evil.example/x?url=http://evil.example')
    expect(header('host')).toBe(new URL(bus.providers.taxes.address).host)
    expect(header('forwarded')).toBeUndefined()
  })

  it('a path that reads as another host behind a bare address is refused', async () => {
    const { count } = bus.providers.taxes
    expect((await bus.portal.call({ rest: '//evil.example/x' })).status).toBe(400)
    expect(bus.providers.taxes.count).toBe(count)
  })
})

describe('R-015: versions of a service live beside each other', () => {
  const [one, two] = ['v1', 'v2'].map((version) => services.taxes.replace('v1', version))
  const withoutVersion = services.taxes.replace('/v1', '')

  const deliveredTo = async (service: string): Promise<string> => {
    const answer = await bus.portal.call({ service })
    const [request] = await expectAnswered(bus, answer)
    expect(answer.signed('x-road-service')).toBe(request.service)
    return `${request.service?.slice(-2) ?? ''} ${bus.providers.taxes.latest.target}`
  }

  const makeDefault = (version: 'v1' | 'v2'): Promise<void> => {
    const { address } = bus.providers.taxes
    const isDefault = (each: string): { default: boolean } => ({ default: each === version })
    const [first, second] = [
      { code: 'voenTap', version: 'v1', ...isDefault('v1') },
      sampleService('voenTap', `${address}-2`, { version: 'v2', ...isDefault('v2') }),
    ]
    return bus.registry.change(subsystems.taxes, { services: [first, second] })
  }

  it('a new version does not break users of the old one, and none is the default by chance', async () => {
    expect(await deliveredTo(withoutVersion)).toBe('v1 /xidmet')
    await makeDefault('v1')
    expect(await deliveredTo(one ?? '')).toBe('v1 /xidmet')
    expect(await deliveredTo(two ?? '')).toBe('v2 /xidmet-2')
    expect(await deliveredTo(withoutVersion)).toBe('v1 /xidmet')
    await makeDefault('v2')
    expect(await deliveredTo(withoutVersion)).toBe('v2 /xidmet-2')
    expect(await deliveredTo(one ?? '')).toBe('v1 /xidmet')
  })

  it('two versions of which none is the default have to be named', async () => {
    await bus.registry.change(two ?? '', { default: false })
    const answer = await bus.portal.call({ service: withoutVersion })
    await expectRefused(bus, answer, 'TARGET_UNREGISTERED', { status: 404 })
  })
})

describe('R-017: exchange domains are separate', () => {
  const service = `${documents}/senedGonder/v1`

  it('a SENED service called with a PORTAL certificate: DOMAIN_MISMATCH', async () => {
    const answer = await bus.portal.call({ service })
    const entry = await expectRefused(bus, answer, 'DOMAIN_MISMATCH', { status: 403 })
    expect(entry.service).toBe(service)
    expect(bus.providers.taxes.count).toBe(0)
  })

  it('a request that states another domain than its sender belongs to: DOMAIN_MISMATCH', async () => {
    const answer = await bus.portal.call({ headers: { 'Sluice-Domain': 'SENED' } })
    await expectRefused(bus, answer, 'DOMAIN_MISMATCH')
    expect(bus.providers.taxes.count).toBe(0)
  })

  it('within its own domain it is served, and its entries say so', async () => {
    const answer = await bus.consumer(archiveId, archive).call({ service })
    const entries = await expectAnswered(bus, answer)
    expect(entries.map(({ domain }) => domain)).toEqual(['SENED', 'SENED'])
  })

  it('no access right crosses', async () => {
    const crossing = { accessRights: [sampleRight(subsystems.portal, service)] }
    await expect(bus.registry.apply(crossing)).rejects.toThrow('would cross from domain')
  })
})

describe('R-018: state secrets and confidential documents are kept out', () => {
  it.each(['mexfi', 'tamMexfi', 'secret', 'OPEN', 'top.secret'])(
    'a message classified %s is refused, and its payload is stored nowhere',
    async (classification) => {
      const headers = { 'Sluice-Classification': classification }
      const answer = await bus.portal.call({ headers, payload: '{"sirr":"gizli"}' })
      const entry = await expectRefused(bus, answer, 'CLASSIFICATION_FORBIDDEN', { status: 403 })
      expect(entry.payloadDigest).toBeUndefined()
      expect(await bus.log.rows('message_log_payload', answer.exchangeId)).toBe(0)
      expect(await bus.log.rows('message_log_message_id', answer.exchangeId)).toBe(0)
      expect(bus.providers.taxes.count).toBe(0)
    },
  )

  it.each(['open', 'forServiceUse'])('a message classified %s passes', async (classification) => {
    const answer = await bus.portal.call({ headers: { 'Sluice-Classification': classification } })
    const [request] = await expectAnswered(bus, answer)
    expect(request.classification).toBe(classification)
  })

  it('a service for secret data is not registered', async () => {
    const secret = { classification: 'secret' }
    await expect(bus.registry.change(services.taxes, secret)).rejects.toThrow('may carry')
  })
})

// Four targets, four faults: test/exchange/control-plane.
describe('R-031: every request is checked against the registry', () => {
  it.each([
    ['the provider’s system', subsystems.education, 'suspended', 'TARGET_SUSPENDED'],
    ['the provider’s agency', 'AZ/GOV/TN', 'suspended', 'TARGET_SUSPENDED'],
  ])('%s %s: %s, and served again once it is back', async (_who, id, status, fault) => {
    const service = services.education
    await bus.registry.change(id, { status })
    const refused = await bus.portal.call({ service })
    await expectRefused(bus, refused, fault, { side: 'provider' })
    await bus.registry.change(id, { status: 'active' })
    await expectAnswered(bus, await bus.portal.call({ service }))
  })

  it.each([
    ['the system', subsystems.portal],
    ['the agency', 'AZ/GOV/RITN'],
  ])('a consumer whose %s is suspended: MEMBER_SUSPENDED', async (_who, id) => {
    await bus.registry.change(id, { status: 'suspended' })
    await expectRefused(bus, await bus.portal.call(), 'MEMBER_SUSPENDED', { status: 403 })
    await bus.registry.change(id, { status: 'active' })
    await expectAnswered(bus, await bus.portal.call())
    expect(bus.providers.taxes.count).toBe(1)
  })

  it.each([
    ['none', {}, 'There is no access right'],
    ['one that has ended', { until: '2021-01-01' }, 'has expired'],
    ['one that begins later', { from: '2099-01-01' }, 'not in force yet'],
    ['one that was withdrawn', { status: 'withdrawn' }, 'withdrawn'],
  ])('ACCESS_DENIED for an access right: %s', async (name, rest, detail) => {
    const service = `${subsystems.taxes}/huquq${name.length}/v1`
    const declared = sampleService(`huquq${name.length}`, bus.providers.taxes.address)
    await bus.registry.change(subsystems.taxes, { services: [declared] })
    const right = sampleRight(subsystems.portal, service, rest)
    if (Object.keys(rest).length > 0) await bus.registry.apply({ accessRights: [right] })
    const answer = await bus.portal.call({ service })
    await expectRefused(bus, answer, 'ACCESS_DENIED', { status: 403 })
    expect(answer.problem?.detail).toContain(detail)
    expect(bus.providers.taxes.count).toBe(0)
  })
})
