import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { parseMemberId, parseSubsystemId } from '../exchange/identifier.js'
import { isLate, stateOf, withTerms, type FiledWindow } from './filed-window.js'

const hourMs = 3_600_000
const noticeHours = 48
const hour = (hours: number): Date => new Date(hours * hourMs)

function filed(fromHour: number, untilHour: number, announcedHour = 0): FiledWindow {
  const window = {
    ...{ id: '1', member: parseMemberId('AZ/GOV/VN'), service: undefined },
    subsystem: parseSubsystemId('AZ/GOV/VN/VERGI'),
    ...{ from: hour(fromHour), until: hour(untilHour), works: { az: 'a', en: 'b' } },
    ...{ filedAt: hour(announcedHour), announcedAt: hour(announcedHour) },
    ...{ calledOffAt: undefined, endedAt: undefined },
  }
  return { ...window, late: isLate(window, noticeHours) }
}

describe('notice of works', () => {
  it('is late below 48 hours, to the millisecond, and never of the bus itself', () => {
    const window = filed(48, 50)
    expect(window.late).toBe(false)
    const announcedAt = new Date(1)
    expect(isLate({ ...window, announcedAt }, noticeHours)).toBe(true)
    expect(isLate({ ...window, announcedAt, member: undefined }, noticeHours)).toBe(false)
    expect(isLate({ ...window, announcedAt }, 47)).toBe(false)
  })

  it('counts from the last change that took in a moment not announced before', () => {
    const hours = fc.integer({ min: 50, max: 70 })
    const step = fc.record({
      from: hours,
      lasts: fc.integer({ min: 1, max: 20 }),
      later: fc.nat(9),
    })
    fc.assert(
      fc.property(fc.array(step, { maxLength: 6 }), (steps) => {
        let window = filed(60, 70)
        let nowHour = 0
        // Since when each hour of the window is announced without a break.
        let since = new Map(Array.from({ length: 10 }, (_, n) => [60 + n, 0]))
        for (const { from, lasts, later } of steps) {
          nowHour += later
          const terms = { from: hour(from), until: hour(from + lasts), works: window.works }
          window = withTerms(window, terms, { now: hour(nowHour), noticeHours })
          since = new Map(
            Array.from({ length: lasts }, (_, n) => [from + n, since.get(from + n) ?? nowHour]),
          )
        }
        expect(window.announcedAt.getTime()).toBeGreaterThanOrEqual(
          hour(Math.max(...since.values())).getTime(),
        )
        const firstHour = window.from.getTime() / hourMs
        if (!window.late) expect(firstHour - Math.max(...since.values())).toBeGreaterThanOrEqual(48)
      }),
      { numRuns: 300 },
    )
  })
})

describe('the state of works', () => {
  it('goes with the clock, unless they are called off or end early', () => {
    const window = filed(10, 12)
    const states = [9, 10, 11, 12].map((hours) => stateOf(window, hour(hours)))
    expect(states).toEqual(['planned', 'running', 'running', 'ended'])
    expect(stateOf({ ...window, endedAt: hour(11) }, hour(11))).toBe('ended')
    expect(stateOf({ ...window, calledOffAt: hour(9) }, hour(11))).toBe('calledOff')
  })
})
