import { describe, expect, it } from '@jest/globals'
import { allBefore, allOf, lowOf, parseSnapshot } from './taken.js'

describe('what has its place already', () => {
  it('is read from a snapshot of PostgreSQL', () => {
    expect(parseSnapshot('10:20:10,14,15')).toEqual({
      next: 20n,
      open: [10n, 14n, 15n],
    })
    expect(parseSnapshot('18446744073709551615:18446744073709551615:').open).toEqual([])
  })

  it('leaves out transactions that go on, so that none of them holds up the others', () => {
    const taken = allOf(parseSnapshot('10:20:10,14,15'))
    expect(taken).toEqual({ next: 20n, open: [10n, 14n, 15n] })
    expect(lowOf(taken)).toBe(10n)
    expect(lowOf(allOf(parseSnapshot('20:20:')))).toBe(20n)
  })

  it('ends before the transaction that had no room any more', () => {
    const taken = allBefore(14n, parseSnapshot('10:20:10,14,15'))
    expect(taken).toEqual({ next: 14n, open: [10n] })
    expect(lowOf(taken)).toBe(10n)
  })
})
