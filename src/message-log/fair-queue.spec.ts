import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { FairQueue, type FairQueueLimits } from './fair-queue.js'

const limits: FairQueueLimits = {
  recordsMax: 100,
  bytesMax: 10_000,
  partyShareMax: 0.5,
  batchRecordsMax: 4,
  batchBytesMax: 1_000,
}

function item(party: string, bytes = 1, writtenBytes = bytes) {
  return { record: { party, bytes, writtenBytes } }
}

function each(letters: string) {
  return Array.from(letters).map((party) => item(party))
}

function filled(own: Partial<FairQueueLimits>, ...items: ReturnType<typeof item>[]) {
  const queue = new FairQueue<ReturnType<typeof item>>({ ...limits, ...own })
  for (const one of items) queue.push(one)
  return queue
}

function parties(batch: readonly ReturnType<typeof item>[]): string {
  return batch.map(({ record }) => record.party).join('')
}

describe('records that wait for a connection', () => {
  it('are taken party by party: who has many holds up its own', () => {
    const queue = filled({}, ...each('aaaaaabc'))
    expect([parties(queue.takeBatch()), parties(queue.takeBatch())]).toEqual(['abca', 'aaaa'])
    expect(queue.takeBatch()).toEqual([])
  })

  it('go on in the next batch with the party whose turn it was', () => {
    const queue = filled({ batchRecordsMax: 2 }, ...each('aabbcc'))
    const batches = [1, 2, 3].map(() => parties(queue.takeBatch()))
    expect(batches).toEqual(['ab', 'ca', 'bc'])
  })

  it('fill a batch past one that does not fit, and that one begins the next', () => {
    const queue = filled({}, item('a', 400), item('b', 900), item('a', 400), item('a', 400))
    const batches = [1, 2, 3].map(() => queue.takeBatch().map(({ record }) => record.bytes))
    expect(batches).toEqual([[400, 400], [900], [400]])
  })

  it('that exceed a batch make one of their own', () => {
    const queue = filled({}, item('a', 5_000), item('b', 1))
    expect([parties(queue.takeBatch()), parties(queue.takeBatch())]).toEqual(['a', 'b'])
  })

  it('have room in all and by party, and one alone always', () => {
    const queue = filled({})
    expect(queue.hasRoom('a', 20_000)).toBe(true)
    queue.push(item('a', 4_000))
    expect([queue.hasRoom('a', 1_000), queue.hasRoom('a', 1_001)]).toEqual([true, false])
    expect([queue.hasRoom('b', 6_000), queue.hasRoom('b', 6_001)]).toEqual([true, false])
    for (let count = 1; count < 50; count += 1) queue.push(item('a'))
    expect([queue.hasRoom('a', 1), queue.hasRoom('b', 1)]).toEqual([false, true])
    for (let count = 0; count < 50; count += 1) queue.push(item('b'))
    expect(queue.hasRoom('c', 1)).toBe(false)
  })

  it('count by what they take of the memory, and are batched by what is written of them', () => {
    const queue = filled({}, item('a', 10, 5_000), item('b', 10, 5_000), item('c', 10, 900))
    expect([queue.bytes, queue.hasRoom('d', 9_970)]).toEqual([30, true])
    expect(parties(queue.takeBatch())).toBe('a')
    expect(parties(queue.takeBatch())).toBe('b')
    expect(parties(queue.takeBatch())).toBe('c')
    expect(queue.bytes).toBe(0)
  })

  it('come out once each, a party’s in the order they came, whatever they are', () => {
    const records = fc.array(fc.tuple(fc.constantFrom('a', 'b', 'c'), fc.nat(1_500)))
    fc.assert(
      fc.property(records, (all) => {
        const items = all.map(([party, bytes]) => item(party, bytes))
        const queue = filled({}, ...items)
        const taken: ReturnType<typeof item>[] = []
        for (let batch = queue.takeBatch(); batch.length > 0; batch = queue.takeBatch()) {
          taken.push(...batch)
          const bytes = batch.reduce((sum, { record }) => sum + record.bytes, 0)
          expect(batch.length === 1 || bytes <= limits.batchBytesMax).toBe(true)
          expect(batch.length).toBeLessThanOrEqual(limits.batchRecordsMax)
        }
        const of = (party: string, list: readonly ReturnType<typeof item>[]) =>
          list.filter(({ record }) => record.party === party)
        for (const party of 'abc') expect(of(party, taken)).toEqual(of(party, items))
        expect([queue.records, queue.bytes]).toEqual([0, 0])
      }),
    )
  })
})
