import { describe, expect, it } from '@jest/globals'
import { ListeningClock } from './listening-clock.js'

describe('ListeningClock', () => {
  it('goes on while it is looked at in time', () => {
    let realMs = 5_000
    const clock = new ListeningClock(1_000, () => realMs)
    for (let look = 0; look < 60; look += 1) {
      realMs += 1_500
      clock.look()
    }
    expect(clock.nowMs).toBe(95_000)
  })

  it('stands still while nobody could look, so that nobody was silent', () => {
    let realMs = 0
    const clock = new ListeningClock(1_000, () => realMs)
    realMs += 60_000
    expect(clock.look()).toBe(2_000)
    realMs += 1_000
    expect(clock.look()).toBe(3_000)
    expect(clock.nowMs).toBe(3_000)
  })
})
