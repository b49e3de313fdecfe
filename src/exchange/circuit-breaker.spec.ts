import { beforeEach, describe, expect, it } from '@jest/globals'
import { CircuitBreaker } from './circuit-breaker.js'

const refusal = expect.objectContaining({ code: 'PROVIDER_UNAVAILABLE' })

describe('the circuit breaker (R-011)', () => {
  let breaker: CircuitBreaker

  const fail = (times: number, nowMs = 0): void => {
    for (let i = 0; i < times; i += 1) {
      breaker.enter(nowMs)
      breaker.failed(nowMs)
    }
  }

  beforeEach(() => {
    breaker = new CircuitBreaker({ failuresMax: 3, openMs: 1_000 })
  })

  it('opens at the last allowed failure in a row', () => {
    fail(2)
    expect(breaker.open).toBe(false)
    fail(1)
    expect(breaker.open).toBe(true)
    expect(() => breaker.enter(999)).toThrow(refusal)
  })

  it('counts failures in a row only', () => {
    fail(2)
    breaker.enter(0)
    breaker.succeeded()
    fail(2)
    expect(breaker.open).toBe(false)
  })

  it('lets one call through after its time, and no second beside it', () => {
    fail(3)
    breaker.enter(1_000)
    expect(() => breaker.enter(1_000)).toThrow(refusal)
  })

  it('closes when that call succeeds', () => {
    fail(3)
    breaker.enter(1_000)
    breaker.succeeded()
    expect(breaker.open).toBe(false)
    expect(() => breaker.enter(1_000)).not.toThrow()
  })

  it('stays open for its time again when that call fails', () => {
    fail(3)
    breaker.enter(1_000)
    breaker.failed(1_500)
    expect(() => breaker.enter(2_499)).toThrow(refusal)
    expect(() => breaker.enter(2_500)).not.toThrow()
  })

  it('lets the next call through when that one said nothing about the provider', () => {
    fail(3)
    breaker.enter(1_000)
    breaker.undecided()
    expect(() => breaker.enter(1_001)).not.toThrow()
  })
})
