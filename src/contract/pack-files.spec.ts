import { types } from 'node:util'
import { deflateRawSync } from 'node:zlib'
import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { contractLimits } from '../limits/contracts.js'
import { digestOf } from './contract-files.js'
import { packFiles, unpackFiles } from './pack-files.js'

const packed = (value: unknown): Uint8Array => deflateRawSync(JSON.stringify(value))

describe('packed files of a contract', () => {
  it('come out as they went in, whatever they hold, and have the same digest', () => {
    const files = fc.array(fc.tuple(fc.string({ unit: 'grapheme' }), fc.uint8Array()))
    fc.assert(
      fc.property(files, (pairs) => {
        const given = new Map(pairs)
        const back = unpackFiles(packFiles(given))
        expect([...back]).toEqual([...given])
        expect(digestOf(back)).toBe(digestOf(given))
      }),
    )
  })

  it.each([
    ['no list', packed({ a: 1 })],
    ['a name that is none', packed([[1, '']])],
    ['content that is none', packed([['a', null]])],
    ['a pair that is none', packed(['a'])],
    ['no JSON', deflateRawSync('[')],
    ['nothing', new Uint8Array()],
    [
      'more than a contract may have',
      deflateRawSync(Buffer.alloc(contractLimits.unpackedBytesMax + 1)),
    ],
  ])('are refused: %s', (_, bytes) => {
    expect(() => unpackFiles(bytes)).toThrow()
  })

  it('that somebody changed are files or an error, and never anything else', () => {
    const good = packFiles(new Map([['contract.yaml', Buffer.from('contract: 1\n'.repeat(9))]]))
    const changed = fc.tuple(fc.nat(good.length - 1), fc.nat(255)).map(([at, byte]) => {
      const bytes = Uint8Array.from(good)
      bytes[at] = byte
      return bytes
    })
    fc.assert(
      fc.property(fc.oneof(changed, fc.uint8Array({ maxLength: 200 })), (bytes) => {
        let files
        try {
          files = unpackFiles(bytes)
        } catch (error) {
          expect(types.isNativeError(error)).toBe(true)
          return
        }
        for (const [name, content] of files) {
          expect(typeof name).toBe('string')
          expect(content).toBeInstanceOf(Uint8Array)
        }
      }),
      { numRuns: 2_000 },
    )
  })
})
