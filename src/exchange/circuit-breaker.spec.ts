import { beforeEach, describe, expect, it } from '@jest/globals'
import { CircuitBreaker } from './circuit-breaker.js'

describe('a circuit breaker', () => {
  let breaker: CircuitBreaker

  const fail = (times: number, nowMs = 0): void => {
    for (let i = 0; i < times; i += 1) {
      breaker.enter()
      breaker.failed(nowMs)
    }
  }

  beforeEach(() => {
    breaker = new CircuitBreaker({ failuresMax: 3, openMs: 1_000 })
  })

  it('opens at the last allowed failure', () => {
    fail(2)
    expect([breaker.open, breaker.refuses(0)]).toEqual([false, false])
    fail(1)
    expect([breaker.open, breaker.refuses(999)]).toEqual([true, true])
  })

  it('lets one call through after its time, and no second beside it', () => {
    fail(3)
    expect(breaker.refuses(1_000)).toBe(false)
    breaker.enter()
    expect(breaker.refuses(1_000)).toBe(true)
  })

  it('stays open for its time again when that call fails', () => {
    fail(3)
    breaker.enter()
    breaker.failed(1_500)
    expect([breaker.refuses(2_499), breaker.refuses(2_500)]).toEqual([true, false])
  })

  it('lets the next call through when that one said nothing', () => {
    fail(3)
    breaker.enter()
    breaker.undecided()
    expect(breaker.refuses(1_001)).toBe(false)
  })
})
