import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals'
import { Fault } from '../exchange/fault.js'
import { LostRefusals, type RefusalSummary } from './lost-refusals.js'

const everyMs = 10_000
let lost: LostRefusals
let warnings: [string, Readonly<Record<string, unknown>>][]
let recorded: RefusalSummary[]
let tried: RefusalSummary[]
let isAway: boolean

const away = new Fault('AUDIT_UNAVAILABLE')

beforeEach(() => {
  jest.useFakeTimers({ now: 1_000_000 })
  warnings = []
  recorded = []
  tried = []
  isAway = false
  lost = new LostRefusals({
    everyMs,
    now: () => new Date(),
    warn: (...warning) => warnings.push(warning),
    record: (summary) => {
      tried.push(summary)
      if (isAway) return Promise.reject(away)
      recorded.push(summary)
      return Promise.resolve()
    },
  })
})

afterEach(() => {
  jest.useRealTimers()
})

function add(code: 'SIGNATURE_MISSING' | 'CERT_UNKNOWN', count = 1): void {
  for (let n = 0; n < count; n += 1) lost.add(new Fault(code), 'e-1', away)
}

describe('refusals without an entry of their own (R-127)', () => {
  it('are told of in one entry a code, with their number and time', async () => {
    add('SIGNATURE_MISSING', 3)
    jest.setSystemTime(1_004_000)
    add('SIGNATURE_MISSING', 4)
    add('CERT_UNKNOWN')
    expect(lost.total).toBe(8)
    await jest.advanceTimersByTimeAsync(everyMs)
    expect(recorded).toMatchObject([
      {
        code: 'SIGNATURE_MISSING',
        count: 7,
        from: new Date(1_000_000),
        until: new Date(1_004_000),
      },
      { code: 'CERT_UNKNOWN', count: 1, from: new Date(1_004_000), until: new Date(1_004_000) },
    ])
    await jest.advanceTimersByTimeAsync(10 * everyMs)
    expect(recorded).toHaveLength(2)
  })

  it('warn at once of the first, and once a period of the others', async () => {
    add('SIGNATURE_MISSING', 1_000)
    expect(warnings).toEqual([
      ['message_log.refusal_lost', expect.objectContaining({ fault: 'SIGNATURE_MISSING' })],
    ])
    await jest.advanceTimersByTimeAsync(everyMs)
    expect(warnings.slice(1)).toEqual([['message_log.refusals_lost', { refusals: 999 }]])
    add('SIGNATURE_MISSING')
    expect(warnings.map(([event]) => event)).toEqual([
      'message_log.refusal_lost',
      'message_log.refusals_lost',
      'message_log.refusal_lost',
    ])
  })

  it('while the log takes nothing are kept, and none is counted twice', async () => {
    isAway = true
    add('SIGNATURE_MISSING', 5)
    await jest.advanceTimersByTimeAsync(everyMs)
    add('SIGNATURE_MISSING', 2)
    await jest.advanceTimersByTimeAsync(everyMs)
    isAway = false
    await jest.advanceTimersByTimeAsync(2 * everyMs)
    // A try that failed may have been stored all the same: the same entry again is safe.
    expect(tried[1]).toBe(tried[0])
    expect(tried[2]).toBe(tried[0])
    expect(recorded.map(({ count }) => count)).toEqual([5, 2])
    expect(warnings.map(([event]) => event)).toEqual([
      'message_log.refusal_lost',
      'message_log.refusals_lost',
      'message_log.refusals_lost',
    ])
  })

  it('are recorded before the log closes, or said to be lost for good', async () => {
    add('SIGNATURE_MISSING', 2)
    isAway = true
    await jest.advanceTimersByTimeAsync(everyMs)
    add('SIGNATURE_MISSING')
    isAway = false
    await lost.close()
    expect(recorded).toMatchObject([{ count: 2 }, { count: 1 }])
    isAway = true
    add('CERT_UNKNOWN', 3)
    await lost.close()
    expect(warnings.at(-1)).toEqual(['message_log.refusals_not_recorded', { refusals: 3 }])
    expect(jest.getTimerCount()).toBe(0)
  })
})
