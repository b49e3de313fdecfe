import { describe, expect, it } from '@jest/globals'
import {
  sampleContent,
  sampleMember,
  sampleService,
  sampleSubsystem,
} from '../../test/support/registry-samples.js'
import { providerOf, serviceCodeOf } from '../exchange/identifier.js'
import { methodsOf, offeredService } from './catalogue.js'
import type { RegistryContent } from './registry-content.js'
import { RegistrySnapshot } from './snapshot.js'

const { id } = sampleService('AZ/GOV/DIN/GCQ/finAxtaris/v1')
const provider = providerOf(id)

function isTold(rest: Partial<RegistryContent>) {
  const snapshot = new RegistrySnapshot(sampleContent(rest))
  return {
    listed: methodsOf(snapshot, provider).length > 0,
    described: offeredService(snapshot, serviceCodeOf(id), 'v1') !== undefined,
  }
}

describe('what is told of a service', () => {
  it.each(['active', 'suspended', 'maintenance', 'liquidated'] as const)(
    'is the same in lists and descriptions, where it is %s',
    (status) => {
      const isOffer = status !== 'liquidated'
      const services = [sampleService(id, { status })]
      expect(isTold({ services })).toEqual({ listed: isOffer, described: isOffer })
    },
  )

  it('is nothing where its provider is no more', () => {
    const nothing = { listed: false, described: false }
    const services = [sampleService(id)]
    const subsystems = [sampleSubsystem(provider, { status: 'liquidated' })]
    expect(isTold({ services, subsystems })).toEqual(nothing)
    const members = [sampleMember('AZ/GOV/DIN', { status: 'liquidated' })]
    const own = [sampleSubsystem(provider)]
    expect(isTold({ services, subsystems: own, members })).toEqual(nothing)
  })
})
