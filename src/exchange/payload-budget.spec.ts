import { describe, expect, it } from '@jest/globals'
import type { SubsystemId } from './identifier.js'
import { SharedPayloadBudget } from './payload-budget.js'

const portal = 'AZ/GOV/RITN/PORTAL' as SubsystemId
const personnel = 'AZ/GOV/TN/KADR' as SubsystemId

const budget = (): SharedPayloadBudget =>
  new SharedPayloadBudget('requests', { bytesMax: 100, bytesPerConsumerMax: 40 })

describe('payloads held by one worker', () => {
  it('count to their consumer: above its share THROTTLED, and others have their room', () => {
    const all = budget()
    all.hold('1', portal).resize(30)
    expect(() => all.hold('2', portal).resize(11)).toThrow(
      expect.objectContaining({ code: 'THROTTLED', side: 'consumer' }),
    )
    all.hold('3', personnel).resize(40)
    all.hold('2', portal).resize(10)
    expect(all.bytes).toBe(80)
  })

  it('count in all: above the whole THROTTLED of the bus’s side', () => {
    const all = budget()
    const consumers = ['A', 'B', 'C'].map((code) => `AZ/GOV/VN/${code}` as SubsystemId)
    consumers.forEach((consumer, index) => all.hold(`${index}`, consumer).resize(33))
    const last = all.hold('4', portal)
    expect(() => last.resize(2)).toThrow(
      expect.objectContaining({ code: 'THROTTLED', side: 'bus' }),
    )
    last.resize(1)
    expect(all.bytes).toBe(100)
  })

  it('a holding grows and shrinks; one that found no room holds what it held', () => {
    const all = budget()
    const holding = all.hold('1', portal)
    holding.resize(20)
    expect(() => holding.resize(41)).toThrow()
    expect([holding.bytes, all.bytes]).toEqual([20, 20])
    holding.resize(40)
    holding.resize(5)
    expect([holding.bytes, all.bytes]).toEqual([5, 5])
    expect(all.hold('1', portal)).toBe(holding)
  })

  it('to ask for room takes none', () => {
    const all = budget()
    const holding = all.hold('1', portal)
    holding.assertRoom(40)
    expect(all.bytes).toBe(0)
    expect(() => holding.assertRoom(41)).toThrow(expect.objectContaining({ code: 'THROTTLED' }))
  })

  it('are given back once, with their exchange; nothing is counted after its end', () => {
    const all = budget()
    const holding = all.hold('1', portal)
    all.hold('2', portal).resize(10)
    holding.resize(30)
    all.release('1')
    all.release('1')
    all.release('never held')
    expect(all.bytes).toBe(10)
    expect(() => holding.resize(1)).toThrow('has ended')
    all.release('2')
    all.hold('3', portal).resize(40)
    expect(all.bytes).toBe(40)
  })
})
