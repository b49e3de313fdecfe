import { beforeEach, describe, expect, it } from '@jest/globals'
import { Fault, type FaultCode } from './fault.js'
import { parseServiceId, parseSubsystemId, type ServiceId } from './identifier.js'
import { ServiceBreakers } from './service-breakers.js'

const service = parseServiceId('AZ/GOV/DIN/GCQ/finAxtaris/v1')
const nextVersion = parseServiceId('AZ/GOV/DIN/GCQ/finAxtaris/v2')
const one = parseSubsystemId('AZ/GOV/VN/VERGI')
const other = parseSubsystemId('AZ/GOV/TN/DİPLOM')

const limits = { failuresMax: 3, openMs: 1_000, breakersMax: 4, forgetMs: 10_000 }

describe("a service's trouble stays its own (R-011)", () => {
  let breakers: ServiceBreakers

  beforeEach(() => {
    breakers = new ServiceBreakers(limits)
  })

  interface Failure {
    readonly of?: ServiceId
    readonly consumer?: typeof one
    readonly times?: number
    readonly nowMs?: number
  }

  const fail = (fault: Fault | FaultCode, how: Failure = {}): void => {
    const { of = service, consumer = one, times = limits.failuresMax, nowMs = 0 } = how
    for (let i = 0; i < times; i += 1) {
      breakers.enter(of, consumer, nowMs)
      breakers.failed(of, consumer, typeof fault === 'string' ? new Fault(fault) : fault, nowMs)
    }
  }
  const isOpen = (consumer = one, of = service, nowMs = 0): boolean =>
    breakers.closed(of, consumer, nowMs) === undefined

  it('no connection: closed for everybody, and no other version or service is', () => {
    fail('PROVIDER_UNAVAILABLE', { times: 2 })
    fail('PROVIDER_UNAVAILABLE', { times: 1, consumer: other })
    expect([isOpen(one), isOpen(other), isOpen(one, nextVersion)]).toEqual([false, false, true])
    const detail = expect.stringContaining('could not be reached')
    expect(() => breakers.enter(service, other, 0)).toThrow(
      expect.objectContaining({ code: 'PROVIDER_UNAVAILABLE', side: 'provider', detail }),
    )
    expect(breakers.failing(0)).toEqual([service])
  })

  it.each(['PROVIDER_TIMEOUT', 'PROVIDER_FAULT'] as const)(
    '%s, which the request may have brought about: closed for its consumer, not for others',
    (code) => {
      fail(code)
      expect([isOpen(one), isOpen(other), isOpen(one, nextVersion)]).toEqual([false, true, true])
      expect(() => breakers.enter(service, one, 0)).toThrow(
        expect.objectContaining({ code: 'PROVIDER_UNAVAILABLE' }),
      )
      expect(() => breakers.enter(service, other, 0)).not.toThrow()
      expect(breakers.failing(0)).toEqual([service])
    },
  )

  it.each([
    new Fault('REQUEST_INVALID'),
    new Fault('RESPONSE_INVALID'),
    new Fault('THROTTLED', { side: 'provider' }),
    new Fault('INTERNAL_ERROR'),
    new Fault('PROVIDER_UNAVAILABLE', { side: 'bus' }),
  ])('%s says nothing about the provider', (fault) => {
    fail(fault, { times: 9 })
    expect([isOpen(), breakers.failing(0)]).toEqual([true, []])
  })

  it('counts failures in a row: a success in between forgets those before it', () => {
    fail('PROVIDER_UNAVAILABLE', { times: 2 })
    fail('PROVIDER_TIMEOUT', { times: 2 })
    breakers.succeeded(service, one)
    fail('PROVIDER_UNAVAILABLE', { times: 2 })
    fail('PROVIDER_TIMEOUT', { times: 2 })
    expect(isOpen()).toBe(true)
  })

  it("one consumer's success leaves another's failures alone", () => {
    fail('PROVIDER_TIMEOUT', { times: 2 })
    breakers.succeeded(service, other)
    fail('PROVIDER_TIMEOUT', { times: 1 })
    expect(isOpen()).toBe(false)
  })

  it('lets one probe pass after a while, whoever sends it; its success opens the service', () => {
    fail('PROVIDER_UNAVAILABLE')
    breakers.enter(service, other, 1_000)
    expect(isOpen(one, service, 1_000)).toBe(false)
    breakers.succeeded(service, other)
    expect([isOpen(one), breakers.failing(0)]).toEqual([true, []])
  })

  it('a probe that says nothing about the connection makes room for the next', () => {
    fail('PROVIDER_UNAVAILABLE')
    breakers.enter(service, one, 1_000)
    breakers.failed(service, one, new Fault('PROVIDER_TIMEOUT'), 1_000)
    expect(isOpen(other, service, 1_000)).toBe(true)
  })

  it('who is closed out of a service does not take its probe from the others', () => {
    fail('PROVIDER_TIMEOUT', { nowMs: 500 })
    fail('PROVIDER_UNAVAILABLE', { consumer: other })
    expect(() => breakers.enter(service, one, 1_000)).toThrow(Fault)
    expect(() => breakers.enter(service, other, 1_000)).not.toThrow()
  })

  it('forgets what has long not failed, and above its limit what failed longest ago', () => {
    const version = (n: number): ServiceId => parseServiceId(`AZ/GOV/DIN/GCQ/finAxtaris/v${n}`)
    for (let n = 1; n <= 5; n += 1) fail('PROVIDER_UNAVAILABLE', { of: version(n), nowMs: n })
    expect(breakers.failing(5)).toEqual([2, 3, 4, 5].map(version))
    fail('PROVIDER_UNAVAILABLE', { of: version(2), nowMs: 2_000, times: 1 })
    expect(breakers.failing(11_005)).toEqual([5, 2].map(version))
    expect(breakers.failing(13_001)).toEqual([])
  })
})
