import { beforeEach, describe, expect, it } from '@jest/globals'
import type { Granted } from './fair-use.store.js'
import { Meter } from './meter.js'

interface Question {
  readonly count: number
  answer(granted: Partial<Granted>): void
  fail(error: Error): void
}

let questions: Question[]
let nowMs: number
let forgotten: number
let meter: Meter

beforeEach(() => {
  questions = []
  nowMs = 1_000
  forgotten = 0
  meter = new Meter({
    nowMs: () => nowMs,
    onForgotten: () => (forgotten += 1),
    ask: (count) =>
      new Promise((resolve, reject) => {
        const answer = (granted: Partial<Granted>): void =>
          resolve({ count, emptyMs: 0, day: undefined, ...granted })
        questions.push({ count, answer, fail: reject })
      }),
  })
})

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

describe('what one worker asks of one limit', () => {
  it('is asked for at once, and for all who come meanwhile by one question', async () => {
    const first = meter.take()
    const others = [meter.take(), meter.take(), meter.take()]
    expect(questions.map(({ count }) => count)).toEqual([1])
    questions[0]!.answer({ day: '2026-11-26' })
    expect(await first).toEqual({ day: '2026-11-26' })
    await turn()
    expect(questions.map(({ count }) => count)).toEqual([1, 3])
    questions[1]!.answer({})
    await Promise.all(others)
    await turn()
    expect(forgotten).toBe(1)
  })

  it('is given to the first who came, and what is used up is not asked for until there is more', async () => {
    void meter.take()
    const both = [meter.take(), meter.take()]
    questions[0]!.answer({})
    await turn()
    const late = meter.take()
    questions[1]!.answer({ count: 1, emptyMs: 400 })
    expect(await Promise.all([...both, late])).toEqual([{ day: undefined }, 'used up', 'used up'])
    nowMs += 399
    expect(await meter.take()).toBe('used up')
    expect(questions).toHaveLength(2)
    nowMs += 1
    void meter.take()
    expect(questions).toHaveLength(3)
  })

  it('is asked for again after a second, however long the database says', async () => {
    const refused = meter.take()
    questions[0]!.answer({ count: 0, emptyMs: Infinity })
    expect(await refused).toBe('used up')
    await turn()
    nowMs += 1_000
    void meter.take()
    expect(questions).toHaveLength(2)
  })

  it('where the database cannot answer, is an error for all who wait, and the next one asks again', async () => {
    const waiting = [meter.take(), meter.take()]
    questions[0]!.fail(new Error('no connection'))
    for (const each of waiting) await expect(each).rejects.toThrow('no connection')
    const next = meter.take()
    questions[1]!.answer({})
    expect(await next).toEqual({ day: undefined })
  })
})
