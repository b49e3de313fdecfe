import { randomBytes } from 'node:crypto'
import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { SharedPayloadBudget } from '../exchange/payload-budget.js'
import type { SubsystemId } from '../exchange/identifier.js'
import { payloadStepBytes } from '../limits/http.js'
import { PayloadCollector } from './payload.js'

const mebibyte = 1_048_576

function budgetOf(bytesMax: number): SharedPayloadBudget {
  return new SharedPayloadBudget('requests', { bytesMax, bytesPerConsumerMax: bytesMax })
}

function collecting(announced: number | undefined, bytesMax = 64 * mebibyte) {
  const budget = budgetOf(bytesMax)
  const holding = budget.hold('1', 'AZ/GOV/VN/EVHF' as SubsystemId)
  return { budget, collector: new PayloadCollector(announced, 64 * mebibyte, holding) }
}

describe('a payload put together from its chunks', () => {
  it('has every byte in its place, however it comes, and never counts less than it takes', () => {
    const sizes = fc.array(fc.integer({ min: 1, max: 100_000 }), { maxLength: 20 })
    fc.assert(
      fc.property(sizes, fc.boolean(), (all, isAnnounced) => {
        const chunks = all.map((size) => randomBytes(size))
        const whole = Buffer.concat(chunks)
        const { budget, collector } = collecting(isAnnounced ? whole.length : undefined)
        for (const chunk of chunks) {
          collector.add(chunk)
          if (budget.bytes < collector.bytes) return false
        }
        return collector.take().equals(whole) && budget.bytes >= whole.length
      }),
      { numRuns: 50 },
    )
  })

  it('in one chunk is that very chunk', () => {
    const { budget, collector } = collecting(3)
    const chunk = Buffer.from('abc')
    collector.add(chunk)
    expect(collector.take()).toBe(chunk)
    expect(budget.bytes).toBe(3)
  })

  it('of an announced length ends as one buffer of that length', () => {
    const { budget, collector } = collecting(100_000)
    collector.add(Buffer.alloc(60_000))
    collector.add(Buffer.alloc(40_000))
    expect(collector.take().buffer.byteLength).toBe(100_000)
    expect(budget.bytes).toBe(100_000)
  })

  it.each([
    ['small chunks of an announced length', 64 * mebibyte, 1_000],
    ['small chunks of a length that nobody says', undefined, 1_000],
    ['large chunks of an announced length', 4 * mebibyte, 65_536],
    ['large chunks of a length that nobody says', undefined, 65_536],
  ])('%s take no more than a step, or as much as has come, ahead', (_, announced, chunkBytes) => {
    const { budget, collector } = collecting(announced)
    expect(budget.bytes).toBe(0)
    collector.add(Buffer.alloc(1))
    expect(budget.bytes).toBe(1)
    while (collector.bytes < 3 * mebibyte) {
      collector.add(Buffer.alloc(chunkBytes))
      expect(budget.bytes).toBeGreaterThanOrEqual(collector.bytes)
      expect(budget.bytes).toBeLessThanOrEqual(Math.max(payloadStepBytes, 2 * collector.bytes))
    }
  })

  it('for which there is no room any more: THROTTLED, before the memory is taken', () => {
    const { budget, collector } = collecting(mebibyte, 100_000)
    collector.add(Buffer.alloc(60_000))
    expect(() => collector.add(Buffer.alloc(60_000))).toThrow(
      expect.objectContaining({ code: 'THROTTLED' }),
    )
    expect(budget.bytes).toBe(60_000)
  })

  it('is handed over, and not kept', () => {
    const { collector } = collecting(3)
    collector.add(Buffer.from('abc'))
    collector.take()
    expect(collector.take()).toHaveLength(0)
  })
})
