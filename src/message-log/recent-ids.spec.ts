import { describe, expect, it } from '@jest/globals'
import { RecentIds } from './recent-ids.js'

describe('the memory of recent message ids', () => {
  it('takes an id once, and again after it was given back', () => {
    const ids = new RecentIds(10)
    expect([ids.take('a'), ids.take('a')]).toEqual([true, false])
    ids.release('a')
    expect(ids.take('a')).toBe(true)
  })

  it('has a limit and forgets the oldest', () => {
    const ids = new RecentIds(2)
    for (const id of ['a', 'b', 'c']) ids.take(id)
    expect([ids.take('b'), ids.take('c'), ids.take('a')]).toEqual([false, false, true])
  })

  it('never holds more than its limit, and always the last of that number', () => {
    const ids = new RecentIds(50)
    for (let count = 0; count < 1_000; count += 1) ids.take(String(count))
    const isNew = Array.from({ length: 50 }, (_, back) => ids.take(String(999 - back)))
    expect(isNew).not.toContain(true)
    expect(ids.take('949')).toBe(true)
  })
})
