import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { closedTimes, closedUntil, neverClosed } from './closed-times.js'

const at = (ms: number): Date => new Date(ms)
const window = fc
  .record({ fromMs: fc.nat(60), lastsMs: fc.nat(15) })
  .map(({ fromMs, lastsMs }) => ({ from: at(fromMs), until: at(fromMs + lastsMs) }))
const windows = fc.array(window, { maxLength: 12 })

describe('the times in which works go on', () => {
  it('are none where there are no windows', () => {
    expect(closedTimes([])).toBe(neverClosed)
    expect(closedUntil(neverClosed, 0)).toBeUndefined()
  })

  it('begin with the first moment and end before the last, and touching ones are one', () => {
    const times = closedTimes([
      { from: at(20), until: at(30) },
      { from: at(10), until: at(20) },
      { from: at(31), until: at(32) },
    ])
    expect(times).toEqual([
      { fromMs: 10, untilMs: 30 },
      { fromMs: 31, untilMs: 32 },
    ])
    expect([9, 10, 29, 30, 31].map((ms) => closedUntil(times, ms))).toEqual([
      ...[undefined, 30, 30, undefined, 32],
    ])
  })

  it('are exactly the moments of which some window says so', () => {
    fc.assert(
      fc.property(windows, fc.integer({ min: -1, max: 80 }), (all, nowMs) => {
        const isOpen = (ms: number): boolean =>
          all.some(({ from, until }) => from.getTime() <= ms && ms < until.getTime())
        const untilMs = closedUntil(closedTimes(all), nowMs)
        expect(untilMs !== undefined).toBe(isOpen(nowMs))
        if (untilMs === undefined) return
        // Requests pass from then on, and not a moment sooner.
        for (let ms = nowMs; ms < untilMs; ms += 1) expect(isOpen(ms)).toBe(true)
        expect(isOpen(untilMs)).toBe(false)
      }),
      { numRuns: 500 },
    )
  })

  it('stand apart, in order, whatever the order of the windows', () => {
    fc.assert(
      fc.property(windows, (all) => {
        const times = closedTimes(all)
        for (const [n, { fromMs, untilMs }] of times.entries()) {
          expect(fromMs).toBeLessThan(untilMs)
          expect(times[n - 1]?.untilMs ?? -Infinity).toBeLessThan(fromMs)
        }
        expect(closedTimes(all.toReversed())).toEqual(times)
      }),
    )
  })
})
