import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { ExchangeAdmission } from './admission.js'
import type { SubsystemId } from './identifier.js'

function requestOf(exchangeId: string, consumer: string): readonly [string, SubsystemId] {
  return [exchangeId, consumer as SubsystemId]
}

const throttled = (side: string): unknown => expect.objectContaining({ code: 'THROTTLED', side })

describe('admission', () => {
  it('refuses what is above the limit of the worker, on the side of the bus', () => {
    const admission = new ExchangeAdmission({ exchangesMax: 2, exchangesPerConsumerMax: 9 })
    admission.enter()
    admission.enter()
    expect(() => admission.enter()).toThrow(throttled('bus'))
    expect(admission.inProgress).toBe(3)
    admission.leave('refused')
    admission.leave('ended')
    expect(() => admission.enter()).not.toThrow()
  })

  it('refuses what is above the limit of one consumer, and not of another', () => {
    const admission = new ExchangeAdmission({ exchangesMax: 9, exchangesPerConsumerMax: 1 })
    const first = requestOf('1', 'AZ/GOV/A/X')
    const second = requestOf('2', 'AZ/GOV/A/X')
    for (const one of [first, second]) {
      admission.enter()
      if (one === first) admission.admit(...one)
    }
    expect(() => admission.admit(...second)).toThrow(throttled('consumer'))
    // The refused one takes nothing back that it did not get.
    admission.leave(second[0])
    admission.enter()
    expect(() => admission.admit(...requestOf('3', 'AZ/GOV/A/X'))).toThrow(throttled('consumer'))
    admission.enter()
    expect(() => admission.admit(...requestOf('4', 'AZ/GOV/B/X'))).not.toThrow()
    admission.leave(first[0])
    expect(() => admission.admit(...requestOf('5', 'AZ/GOV/A/X'))).not.toThrow()
  })

  it('comes back to nothing in progress, however exchanges end', () => {
    const consumers = fc.constantFrom('AZ/GOV/A/X', 'AZ/GOV/B/X', 'AZ/GOV/C/X')
    fc.assert(
      fc.property(fc.array(consumers, { maxLength: 40 }), (all) => {
        const admission = new ExchangeAdmission({ exchangesMax: 20, exchangesPerConsumerMax: 5 })
        const requests = all.map((consumer, index) => requestOf(String(index), consumer))
        for (const one of requests) {
          const isExpected = admission.hasPlaceFor(one[1])
          try {
            admission.enter()
            admission.admit(...one)
            expect(isExpected).toBe(true)
          } catch (error) {
            expect(error).toMatchObject({ code: 'THROTTLED' })
            expect(isExpected).toBe(false)
          }
        }
        for (const one of requests) admission.leave(one[0])
        expect(admission.inProgress).toBe(0)
        for (let i = 0; i < 5; i += 1) {
          admission.enter()
          expect(() => admission.admit(...requestOf(`again ${i}`, 'AZ/GOV/A/X'))).not.toThrow()
        }
      }),
    )
  })
})
