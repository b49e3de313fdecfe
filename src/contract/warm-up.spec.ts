import { setImmediate as turn } from 'node:timers/promises'
import { describe, expect, it } from '@jest/globals'
import { ContractBook } from './contract-book.js'
import type { ReadyContract } from './ready-contract.js'
import { ContractWarmUp } from './warm-up.js'

/** What happens, in its order: contracts made ready, warnings, and turns of the event loop. */
function field(readyMax = 10) {
  const events: string[] = []
  const book = new ContractBook({
    readyMax,
    filesOf: () => new Uint8Array(),
    makeReady: (digest) => {
      events.push(digest)
      if (digest === 'bad') throw new Error('the reason')
      return { digest } as ReadyContract
    },
  })
  const warn = (event: string, details: object): void => {
    events.push(`${event} ${JSON.stringify(details)}`)
  }
  const warmUp = new ContractWarmUp({ contracts: book, warn })
  const turns = async (count: number): Promise<void> => {
    for (let at = 0; at < count; at++) {
      await turn()
      events.push('turn')
    }
  }
  return { book, events, warmUp, turns, made: () => events.filter((each) => each !== 'turn') }
}

describe('contracts of a new snapshot', () => {
  it('are made ready before a message needs them, others having a turn between', async () => {
    const { book, events, warmUp, turns } = field()
    warmUp.begin(['a', 'b', 'c'])
    expect(events).toEqual([])
    await turns(6)
    expect(events.slice(0, 6)).toEqual(['a', 'turn', 'b', 'turn', 'c', 'turn'])
    for (const digest of ['a', 'b', 'c']) book.get(digest)
    expect(events.filter((each) => each !== 'turn')).toEqual(['a', 'b', 'c'])
  })

  it('take the place of those that are waiting, and none is made twice', async () => {
    const { warmUp, turns, made } = field()
    warmUp.begin(['a', 'old'])
    await turns(1)
    warmUp.begin(['a', 'new'])
    await turns(6)
    warmUp.begin(['a', 'new', 'newer'])
    await turns(6)
    expect(made()).toEqual(['a', 'new', 'newer'])
  })

  it('are no more than there is room for: what is in use is not pushed out', async () => {
    const { book, warmUp, turns, made } = field(2)
    book.get('in use')
    warmUp.begin(['a', 'b', 'c'])
    await turns(8)
    expect(made()).toEqual(['in use', 'a'])
    book.get('in use')
    expect(made()).toEqual(['in use', 'a'])
  })

  it('that cannot be used are told of once, and stop no others', async () => {
    const { warmUp, turns, made } = field()
    warmUp.begin(['bad', 'a'])
    await turns(6)
    warmUp.begin(['bad', 'a'])
    await turns(6)
    expect(made()).toEqual(['bad', 'contract-unusable {"digest":"bad","error":"the reason"}', 'a'])
  })
})
