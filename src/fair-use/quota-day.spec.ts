import { describe, expect, it } from '@jest/globals'
import { endOfDay } from './quota-day.js'

describe('the day of a quota', () => {
  it.each([
    ['2026-11-26T13:00:00.000Z', '2026-11-26T20:00:00.000Z'],
    ['2026-11-26T19:59:59.999Z', '2026-11-26T20:00:00.000Z'],
    ['2026-11-26T20:00:00.000Z', '2026-11-27T20:00:00.000Z'],
    ['2026-12-31T23:30:00.000Z', '2027-01-01T20:00:00.000Z'],
  ])('of %s ends at midnight of UTC+4, %s', (now, end) => {
    expect(endOfDay(new Date(now)).toISOString()).toBe(end)
  })
})
