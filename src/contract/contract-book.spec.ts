import { describe, expect, it } from '@jest/globals'
import { contractLane } from '../../test/support/contract-lane.js'
import { messageContract } from '../../test/support/contract-samples.js'
import { Fault } from '../exchange/fault.js'
import { ContractBook } from './contract-book.js'
import type { ReadyContract } from './ready-contract.js'

/** A book of contracts that are whatever their digest says; `bad` cannot be made ready, `none` is not there. */
function bookOf(readyMax: number): { readonly book: ContractBook; readonly made: string[] } {
  const made: string[] = []
  const book = new ContractBook({
    readyMax,
    filesOf: (digest) => (digest === 'none' ? undefined : Buffer.from(digest)),
    makeReady: (digest) => {
      made.push(digest)
      if (digest === 'bad') throw new Error('the reason')
      return { digest } as ReadyContract
    },
  })
  return { book, made }
}

function faultOf(book: ContractBook, digest: string): Fault {
  try {
    book.get(digest)
  } catch (error) {
    if (error instanceof Fault) return error
    throw error
  }
  throw new Error('no fault')
}

describe('the contracts of a worker', () => {
  it('are made ready once', () => {
    const { book, made } = bookOf(3)
    const first = book.get('a')
    expect(book.get('a')).toBe(first)
    expect(made).toEqual(['a'])
  })

  it('let nothing pass where one cannot be used, and do not try again', () => {
    const { book, made } = bookOf(3)
    for (let time = 0; time < 3; time++) {
      const fault = faultOf(book, 'bad')
      expect(fault.code).toBe('INTERNAL_ERROR')
      expect(fault.cause).toEqual(new Error('the reason'))
      expect(fault.detail).not.toContain('reason')
    }
    expect(made).toEqual(['bad'])
  })

  it('let nothing pass where one is not there, and look again: it may come', () => {
    const known = new Map<string, Uint8Array>()
    const book = new ContractBook({
      filesOf: (digest) => known.get(digest),
      makeReady: (digest) => ({ digest }) as ReadyContract,
    })
    expect(faultOf(book, 'late').code).toBe('INTERNAL_ERROR')
    known.set('late', new Uint8Array())
    expect(book.get('late').digest).toBe('late')
  })

  it('are no more than there is room for; those in use stay', () => {
    const { book, made } = bookOf(3)
    for (const digest of ['a', 'b', 'c']) book.get(digest)
    book.get('a')
    book.get('d')
    for (const digest of ['a', 'c', 'd']) book.get(digest)
    expect(made).toEqual(['a', 'b', 'c', 'd'])
    book.get('b')
    expect(made).toEqual(['a', 'b', 'c', 'd', 'b'])
  })

  it('are made for whom nobody knows where there is room, and take no place of another', () => {
    const { book, made } = bookOf(2)
    book.atHand('a')
    book.get('b')
    const later = (digest: string) => {
      try {
        return book.atHand(digest).digest
      } catch (error) {
        return (error as Fault).code
      }
    }
    for (let time = 0; time < 3; time++) {
      expect(['a', 'b', 'c'].map(later)).toEqual(['a', 'b', 'THROTTLED'])
    }
    expect(made).toEqual(['a', 'b'])
    // Nor do they keep one: `a` has been in use longest ago.
    book.get('c')
    expect(['a', 'b', 'c'].map(later)).toEqual(['THROTTLED', 'b', 'c'])
  })

  it('go first that the registry does not have any more', () => {
    const known = new Set(['a', 'b'])
    const book = new ContractBook({
      readyMax: 2,
      filesOf: (digest) => (known.has(digest) ? new Uint8Array() : undefined),
      makeReady: (digest) => ({ digest }) as ReadyContract,
    })
    for (const digest of ['a', 'b']) book.get(digest)
    known.add('c')
    expect(book.wants('c')).toBe(false)
    known.delete('b')
    // An exchange that began under it ends under it.
    expect(book.get('b').digest).toBe('b')
    expect(book.wants('c')).toBe(true)
    expect(book.get('c').digest).toBe('c')
    expect(['a', 'c'].map((digest) => book.wants(digest))).toEqual([false, false])
    expect(faultOf(book, 'b').code).toBe('INTERNAL_ERROR')
  })

  it('are those whose files have the digest: others are not used', async () => {
    const { contract, rules } = await contractLane(messageContract({ service: 'AZ/GOV/A/B/c/v1' }))
    expect(rules.contracts.get(contract.digest).digest).toBe(contract.digest)
    expect(() => rules.contracts.get('x'.repeat(43))).toThrow(Fault)
  })
})
