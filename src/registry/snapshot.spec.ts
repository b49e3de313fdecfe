import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import {
  portalId,
  sampleContent,
  sampleMember,
  sampleRight,
  sampleService,
  sampleSubsystem,
  taxId,
  taxServiceCode,
} from '../../test/support/registry-samples.js'
import { parseServiceCode, parseServiceId, parseSubsystemId } from '../exchange/identifier.js'
import type { AccessRight } from './access-right.js'
import type { MaintenanceWindow } from './maintenance-window.js'
import type { Authority } from './authority.js'
import { emptyRegistry, type RegistryContent } from './registry-content.js'
import type { ProviderTrouble } from './provider-trouble.js'
import { RegistrySnapshot } from './snapshot.js'

const bytes = (n: number): Uint8Array => Uint8Array.of(n)

function authority(name: string, rest: Partial<Authority> = {}): Authority {
  return {
    name,
    thumbprint: name,
    der: bytes(1),
    role: 'anchor',
    revocation: 'crl',
    crl: 'x',
    ocsp: undefined,
    unreachable: 'refuse',
    status: 'accepted',
    ...rest,
  }
}

const changes = (generation: number, rest: Partial<RegistryContent>): RegistryContent => ({
  ...emptyRegistry,
  generation,
  ...rest,
})

describe('RegistrySnapshot as trust material', () => {
  const snapshot = new RegistrySnapshot(
    sampleContent({
      certificates: [{ thumbprint: 't', der: bytes(9), subsystem: taxId, status: 'revoked' }],
      authorities: [
        authority('accepted'),
        authority('silent', { revocation: 'none', crl: undefined }),
        authority('removed', { status: 'removed' }),
      ],
      revocationLists: ['accepted', 'silent', 'removed', 'gone'].map((name, n) => ({
        authority: name,
        digest: name,
        der: bytes(n),
      })),
    }),
  )

  it('has certificates with their subsystem and status', () => {
    expect(snapshot.certificate('t')).toMatchObject({ subsystem: taxId, status: 'revoked' })
    expect(snapshot.certificate('u')).toBeUndefined()
  })

  it('has accepted authorities only, and the lists of those that publish one', () => {
    expect(snapshot.authorities.map(({ name }) => name)).toEqual(['accepted', 'silent'])
    expect(snapshot.revocationLists).toEqual([bytes(0)])
  })
})

describe('announced works and faulty services', () => {
  const v1 = parseServiceId(`${taxServiceCode}/v1`)
  const year = (n: number): Date => new Date(`${n}-01-01T00:00:00Z`)
  const works = (rest: Partial<MaintenanceWindow> = {}): MaintenanceWindow => ({
    ...{ id: '1', target: taxId, from: year(2090), until: year(2091), isCalledOff: false },
    ...rest,
  })
  const closedIn = (snapshot: RegistrySnapshot): number[][] =>
    snapshot
      .offer(taxServiceCode, 'v1')!
      .closed.map(({ fromMs, untilMs }) =>
        [fromMs, untilMs].map((ms) => new Date(ms).getUTCFullYear()),
      )

  it('close a service by its own windows and those of its system, which may change and be called off', () => {
    const own = works({ id: '2', target: v1, from: year(2091), until: year(2092) })
    const of = sampleContent({ maintenanceWindows: [works(), own] })
    const before = new RegistrySnapshot(of)
    expect(closedIn(before)).toEqual([[2090, 2092]])
    const moved = works({ from: year(2095), until: year(2096) })
    const after = new RegistrySnapshot(changes(2, { maintenanceWindows: [moved] }), before)
    expect(closedIn(after)).toEqual([
      [2091, 2092],
      [2095, 2096],
    ])
    const off = {
      maintenanceWindows: [works({ isCalledOff: true }), { ...own, isCalledOff: true }],
    }
    expect(closedIn(new RegistrySnapshot(changes(3, off), after))).toEqual([])
    expect(closedIn(before)).toEqual([[2090, 2092]])
  })

  it('are kept as long as they matter', () => {
    const over = works({ from: year(2001), until: year(2002) })
    expect(closedIn(new RegistrySnapshot(sampleContent({ maintenanceWindows: [over] })))).toEqual(
      [],
    )
    const trouble: ProviderTrouble = {
      service: v1,
      isFaulty: true,
      reason: 'unreachable',
      member: undefined,
      probe: 'connection',
      since: year(2026),
    }
    const before = new RegistrySnapshot(sampleContent({ providerTroubles: [trouble] }))
    expect([...before.troubles.keys()]).toEqual([v1])
    const restored = { providerTroubles: [{ ...trouble, isFaulty: false }] }
    const after = new RegistrySnapshot(changes(2, restored), before)
    expect([after.troubles.size, before.troubles.size]).toEqual([0, 1])
  })
})

describe('a snapshot made from the one before', () => {
  const before = new RegistrySnapshot(sampleContent())

  it('shares what did not change, and leaves the old one as it was', () => {
    const suspended = sampleSubsystem(taxId, { status: 'suspended' })
    const after = new RegistrySnapshot(changes(2, { subsystems: [suspended] }), before)
    expect(after.generation).toBe(2)
    expect(after.services).toBe(before.services)
    expect(after.party(taxId)?.subsystem.status).toBe('suspended')
    expect(after.offer(taxServiceCode, 'v1')?.provider?.subsystem.status).toBe('suspended')
    expect(before.party(taxId)?.subsystem.status).toBe('active')
    expect(before.offer(taxServiceCode, 'v1')?.provider?.subsystem.status).toBe('active')
  })

  it('takes in a member, a domain and a new version', () => {
    const after = new RegistrySnapshot(
      changes(3, {
        members: [sampleMember('AZ/GOV/VN', { status: 'liquidated' })],
        domains: [{ code: 'PORTAL', name: undefined, status: 'suspended' }],
        services: [
          sampleService(`${taxServiceCode}/v1`),
          sampleService(`${taxServiceCode}/v2`, { isDefault: true }),
        ],
      }),
      before,
    )
    expect(after.party(taxId)).toMatchObject({
      member: { status: 'liquidated' },
      domain: { status: 'suspended' },
    })
    expect(after.service(taxServiceCode, undefined)?.id).toBe(`${taxServiceCode}/v2`)
    expect(before.service(taxServiceCode, undefined)?.id).toBe(`${taxServiceCode}/v1`)
  })

  it('moves a right whose parties were changed by hand', () => {
    const moved = sampleRight({ consumer: taxId })
    const after = new RegistrySnapshot(changes(4, { accessRights: [moved] }), before)
    expect(after.party(portalId)?.rights.get(taxServiceCode)).toEqual([])
    expect(after.party(taxId)?.rights.get(taxServiceCode)).toEqual([moved])
    expect(before.party(portalId)?.rights.get(taxServiceCode)).toHaveLength(1)
  })

  it('is after any number of changes what a whole reading gives', () => {
    const consumers = [portalId, taxId, parseSubsystemId('AZ/GOV/VN/B')]
    const codes = ['a', 'b'].map((code) => parseServiceCode(`${taxId}/${code}`))
    const right = fc.record({
      id: fc.constantFrom('1', '2', '3', '4'),
      consumer: fc.constantFrom(...consumers),
      service: fc.constantFrom(...codes),
      purpose: fc.string({ maxLength: 3 }),
    })
    const unique = (rights: readonly AccessRight[]): AccessRight[] => [
      ...new Map(rights.map((each) => [each.id, each])).values(),
    ]
    const steps = fc.array(fc.array(right, { maxLength: 4 }), { maxLength: 6 })
    fc.assert(
      fc.property(steps, (all) => {
        const batches = all.map((batch) => unique(batch.map((each) => sampleRight(each))))
        const subsystems = consumers.map((id) => sampleSubsystem(id))
        let stepped = new RegistrySnapshot(changes(0, { subsystems }))
        for (const [n, accessRights] of batches.entries()) {
          stepped = new RegistrySnapshot(changes(n + 1, { accessRights }), stepped)
        }
        const accessRights = unique(batches.flat())
        const whole = new RegistrySnapshot(changes(9, { subsystems, accessRights }))
        for (const consumer of consumers) {
          for (const code of codes) {
            const [a, b] = [stepped, whole].map(
              (each) => each.party(consumer)?.rights.get(code) ?? [],
            )
            expect(a).toEqual(b)
          }
        }
      }),
      { numRuns: 300 },
    )
  })
})
