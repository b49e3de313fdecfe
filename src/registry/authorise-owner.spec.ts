import { describe, expect, it } from '@jest/globals'
import {
  faultOf,
  noon,
  portalId,
  routeOf,
  sampleContent,
  sampleMember,
  sampleSubsystem,
  taxId,
  taxServiceCode,
} from '../../test/support/registry-samples.js'
import { parseMemberId, parseSubsystemId } from '../exchange/identifier.js'
import type { RegistryContent } from './registry-content.js'
import type { Subsystem } from './subsystem.js'

const v1 = `${taxServiceCode}/v1`

describe('a system that changed its owner (R-130, R-135)', () => {
  const aliasUntil = new Date(noon.getTime() + 1)
  const merged = (
    provider: Partial<Subsystem> = {},
    alias: Date | undefined = aliasUntil,
  ): RegistryContent =>
    sampleContent({
      members: [
        sampleMember('AZ/GOV/DIM'),
        sampleMember('AZ/GOV/IN'),
        sampleMember('AZ/GOV/VN', {
          status: 'liquidated',
          successor: parseMemberId('AZ/GOV/IN'),
          aliasUntil: alias,
        }),
      ],
      subsystems: [
        sampleSubsystem(portalId),
        sampleSubsystem(taxId, { owner: parseMemberId('AZ/GOV/IN'), ...provider }),
      ],
    })

  it('goes on under its old name while the alias lasts, by its new owner’s standing', () => {
    expect(routeOf({ content: merged() }).service).toBe(v1)
    const [portal, , gone] = merged().members
    const members = [portal!, sampleMember('AZ/GOV/IN', { status: 'suspended' }), gone!]
    expect(faultOf({ content: { ...merged(), members } }).code).toBe('TARGET_SUSPENDED')
  })

  it.each([
    ['names the new owner', {}, 'The successor is AZ/GOV/IN.'],
    [
      'names its successor, where there is one',
      { successor: parseSubsystemId('AZ/GOV/IN/VERGI') },
      'The successor is AZ/GOV/IN/VERGI.',
    ],
  ])('after that %s', (_what, provider, detail) => {
    const fault = faultOf({ content: merged(provider, noon) })
    expect(fault).toMatchObject({ code: 'TARGET_LIQUIDATED', detail })
  })

  it('asks for nothing any more under a name that has ended', () => {
    const content = sampleContent({
      members: [
        sampleMember('AZ/GOV/DIM', { status: 'liquidated', successor: parseMemberId('AZ/GOV/VN') }),
        sampleMember('AZ/GOV/VN'),
      ],
      subsystems: [
        sampleSubsystem(portalId, { owner: parseMemberId('AZ/GOV/VN') }),
        sampleSubsystem(taxId),
      ],
    })
    expect(faultOf({ content }).code).toBe('MEMBER_SUSPENDED')
  })

  it('needs no alias where its former owner goes on', () => {
    const subsystems = [
      sampleSubsystem(portalId),
      sampleSubsystem(taxId, { owner: parseMemberId('AZ/GOV/DIM') }),
    ]
    expect(routeOf({ content: sampleContent({ subsystems }) }).service).toBe(v1)
  })
})
