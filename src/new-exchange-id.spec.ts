import { describe, expect, it } from '@jest/globals'
import { validate, version } from 'uuid'
import { newExchangeId } from './new-exchange-id.js'

describe('exchange ids, RFC 9562 section 5.7', () => {
  const ids = Array.from({ length: 5_000 }, newExchangeId)

  it('are UUIDs of version 7', () => {
    for (const id of ids) {
      expect(validate(id)).toBe(true)
      expect(version(id)).toBe(7)
    }
  })

  it('are never the same, also across pages of random bytes', () => {
    expect(new Set(ids).size).toBe(ids.length)
  })

  it('are ordered by time, to the millisecond', () => {
    const times = ids.map((id) => id.slice(0, 13))
    expect([...times].sort()).toEqual(times)
  })
})
