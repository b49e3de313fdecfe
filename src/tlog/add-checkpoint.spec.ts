import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { anyCharacter } from '../../test/support/any-character.js'
import { formatAddCheckpoint, parseAddCheckpoint } from './add-checkpoint.js'
import { NoteError } from './note.js'

// The example of C2SP tlog-witness, "add-checkpoint".
const note = `example.com/behind-the-sofa
20852163
CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=

\u2014 example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=
\u2014 example.com/behind-the-sofa opLqBQsREYCgu6xQkYQwJr9fo45a62DN9EdmHXnZdXNqlcVGlCum2Wks+49/V6267UEjw6QUXTS5Rovnzv++qbSzm9Q=
`
const hashes = [
  'PlRNCrwHpqhGrupue0L7gxbjbMiKA9temvuZZDDpkaw=',
  'jrJZDmY8Y7SyJE0MWLpLozkIVMSMZcD5kvuKxPC3swk=',
  '5+pKlUdi2LeF/BcMHBn+Ku6yhPGNCswZZD1X/6QgPd8=',
  '/6WVhPs2CwSsb5rYBH5cjHV/wSmA79abXAwhXw3Kj/0=',
]
const example = `old 20852014\n${hashes.map((hash) => `${hash}\n`).join('')}\n${note}`

function expectRefused(text: string | Uint8Array): void {
  expect(() => parseAddCheckpoint(Buffer.from(text))).toThrow(NoteError)
}

describe('the body of add-checkpoint', () => {
  it('is that of the standard’s example', () => {
    const parsed = parseAddCheckpoint(Buffer.from(example))
    expect(parsed.oldSize).toBe(20_852_014)
    expect(parsed.proof.map((hash) => hash.toString('base64'))).toEqual(hashes)
    expect(parsed.note).toBe(note)
    expect(formatAddCheckpoint(parsed)).toBe(example)
  })

  it('may have no proof, but no more than 63 lines of it', () => {
    expect(parseAddCheckpoint(Buffer.from(`old 0\n\n${note}`)).proof).toEqual([])
    const lines = (count: number): string => `${hashes[0]}\n`.repeat(count)
    expect(parseAddCheckpoint(Buffer.from(`old 1\n${lines(63)}\n${note}`)).proof).toHaveLength(63)
    expectRefused(`old 1\n${lines(64)}\n${note}`)
  })

  it.each([
    ['nothing', ''],
    ['no empty line', 'old 1\n'],
    ['no old size', `\n\n${note}`],
    ['another word', example.replace('old ', 'size ')],
    ['two spaces', example.replace('old ', 'old  ')],
    ['a leading zero', example.replace('old 2', 'old 02')],
    ['a sign', example.replace('old 2', 'old +2')],
    ['a size beyond 2^53', `old 9007199254740993\n\n${note}`],
    ['a huge size', `old ${'9'.repeat(400)}\n\n${note}`],
    ['line ends of another system', example.replaceAll('\n', '\r\n')],
    ['a hash that is too short', example.replace(hashes[1]!, 'AAAA')],
    ['a hash in another base64', example.replace(hashes[2]!, hashes[2]!.replace('+', '-'))],
    ['a hash with bits behind its end', example.replace('pkaw=', 'pkax=')],
    ['a hash without padding', example.replace('pkaw=', 'pkaw')],
    ['a byte order mark', `\uFEFF${example}`],
  ])('is not one with %s', (_name, text) => expectRefused(text))

  it('is not one that is not UTF-8, or too long', () => {
    expectRefused(Buffer.concat([Buffer.from(example), Buffer.of(0xff)]))
    expectRefused(`${example}${'x'.repeat(80_000)}`)
  })

  it('whatever comes, it is read or refused', () => {
    const mutated = fc
      .tuple(fc.nat(example.length), fc.nat(40), fc.string({ unit: anyCharacter, maxLength: 40 }))
      .map(([at, cut, put]) => example.slice(0, at) + put + example.slice(at + cut))
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 400 }),
      mutated.map((text) => Buffer.from(text)),
    )
    fc.assert(
      fc.property(bytes, (body) => {
        try {
          const parsed = parseAddCheckpoint(body)
          expect(formatAddCheckpoint(parsed)).toBe(Buffer.from(body).toString())
        } catch (error) {
          expect(error).toBeInstanceOf(NoteError)
        }
      }),
      { numRuns: 2_000 },
    )
  })
})
