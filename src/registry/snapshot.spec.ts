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
import { parseServiceCode, parseSubsystemId } from '../exchange/identifier.js'
import type { AccessRight } from './access-right.js'
import type { Authority } from './authority.js'
import { emptyRegistry, type RegistryContent } from './registry-content.js'
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
