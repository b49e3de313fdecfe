import { beforeEach, describe, expect, it, jest } from '@jest/globals'
import fc from 'fast-check'
import { Fault, type FaultCode } from '../exchange/fault.js'
import { memberOf, parseServiceId, parseSubsystemId } from '../exchange/identifier.js'
import type { ProviderTrouble } from '../registry/provider-trouble.js'
import { joinChanges, successOf, type HealthChange } from './health-change.js'
import { SharedHealth } from './shared-health.js'

const service = parseServiceId('AZ/GOV/VN/VERGI/voenTap/v1')
const one = parseSubsystemId('AZ/GOV/DIM/PORTAL')
const second = parseSubsystemId('AZ/GOV/ESKI/PORTAL')
const other = parseSubsystemId('AZ/GOV/DIN/KADR')
const tryEveryMs = 1_000

let troubles: Map<typeof service, ProviderTrouble>
let told: HealthChange[]
let report: jest.Mock<(changes: readonly HealthChange[]) => Promise<void>>
let health: SharedHealth

beforeEach(() => {
  troubles = new Map()
  told = []
  report = jest.fn((changes) => Promise.resolve(void told.push(...changes)))
  const warn = (): void => undefined
  // Named after one member, and owned by another.
  const ownerOf = (system: typeof one) => (system === second ? memberOf(one) : undefined)
  health = new SharedHealth({ troubles: () => troubles, ownerOf, report, tryEveryMs, warn })
})

const fail = (code: FaultCode = 'PROVIDER_UNAVAILABLE', consumer = one): void =>
  health.failed(service, consumer, new Fault(code, { side: 'provider' }))

function faulty(rest: Partial<ProviderTrouble> = {}): void {
  const trouble: ProviderTrouble = {
    service,
    isFaulty: true,
    reason: 'unreachable',
    member: undefined,
    probe: 'connection',
    since: new Date(10_000),
  }
  troubles.set(service, { ...trouble, ...rest })
  health.troublesChanged()
}

describe('what a worker tells of providers', () => {
  it('is nothing while all is well', async () => {
    health.succeeded(service)
    await health.settled()
    expect(report).not.toHaveBeenCalled()
  })

  it('is no connection, and no whole answer; never the provider’s own faults, nor the bus’s', async () => {
    fail()
    fail('PROVIDER_TIMEOUT')
    for (const code of ['RESPONSE_INVALID', 'THROTTLED', 'INTERNAL_ERROR'] as const) fail(code)
    health.failed(service, one, new Fault('PROVIDER_UNAVAILABLE', { side: 'bus' }))
    await health.settled()
    expect(told.reduce((sum, { failures }) => sum + failures, 0)).toBe(2)
    expect(told.map(({ member }) => member)).not.toContain(undefined)
  })

  it('is that it goes well again, once, where somebody has counted failures', async () => {
    health.heard(service)
    health.succeeded(service)
    health.succeeded(service)
    await health.settled()
    expect(told).toEqual([successOf(service)])
  })

  it('is told later where it cannot be told now', async () => {
    report.mockRejectedValueOnce(new Error('no database'))
    fail()
    await health.settled()
    fail()
    await health.settled()
    expect(told).toMatchObject([{ failures: 2, wentWell: false }])
  })
})

describe('a service that all know to be faulty', () => {
  it('is closed at once, but for one exchange now and then', () => {
    faulty()
    expect(health.closed(service, one, 10_999)).toMatch(/FAULTY/)
    expect(health.closed(service, one, 11_000)).toBeUndefined()
    health.entered(service, one, 11_000)
    expect(health.closed(service, other, 11_999)).toMatch(/cannot be reached/)
    expect(health.closed(service, other, 12_000)).toBeUndefined()
  })

  it('is open here as soon as an exchange went well, and closed again for new trouble', async () => {
    faulty()
    health.succeeded(service)
    expect(health.closed(service, one, 10_001)).toBeUndefined()
    health.succeeded(service)
    await health.settled()
    expect(told).toEqual([successOf(service)])
    faulty({ since: new Date(20_000) })
    expect(health.closed(service, one, 20_001)).toMatch(/FAULTY/)
  })

  it('is closed for all systems of the member whose requests fail, where it answers others', () => {
    faulty({ member: memberOf(one), reason: 'unanswered' })
    for (const its of [one, second]) {
      expect(health.closed(service, its, 10_001)).toMatch(/does not answer/)
    }
    expect(health.closed(service, other, 10_001)).toBeUndefined()
  })
})

describe('changes told together', () => {
  const failure = fc
    .constantFrom(memberOf(one), memberOf(other), undefined)
    .map((member) => ({ ...successOf(service), wentWell: false, failures: 1, member }))
  const events = fc.array(fc.oneof(failure, fc.constant(successOf(service))), { minLength: 1 })

  it('say what they say one by one', () => {
    fc.assert(
      fc.property(events, (all) => {
        const joined = all.reduce<HealthChange | undefined>(joinChanges, undefined)
        const last = all.findLastIndex(({ wentWell }) => wentWell)
        const behind = all.slice(last + 1)
        const members = new Set(behind.map(({ member }) => member))
        expect(joined).toMatchObject({ wentWell: last >= 0, failures: behind.length })
        expect(joined?.member).toBe(members.size === 1 ? behind[0]?.member : undefined)
      }),
      { numRuns: 300 },
    )
  })
})
