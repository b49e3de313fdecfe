import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { Problem } from '../problem.js'
import { readCsv, type CsvColumn } from './read-csv.js'
import { defused, restored } from './formula.js'
import { writeCsv } from './write-csv.js'

const columns = [
  { key: 'kod', names: ['Kod'], isRequired: true },
  { key: 'ad', names: ['Ad', 'Qurumun adı'], isRequired: true },
  { key: 'say', names: ['Say'], isRequired: false },
] as const satisfies readonly CsvColumn<string>[]

const read = (text: string): unknown => readCsv(Buffer.from(text), columns)
const places = (text: string | Uint8Array): readonly string[] => {
  try {
    readCsv(Buffer.from(text), columns)
  } catch (error) {
    if (error instanceof Problem) return error.errors.map(({ pointer }) => pointer)
    throw error
  }
  return []
}

describe('a table in CSV', () => {
  it.each([
    ['commas', 'kod,QURUMUN ADI,say\r\nDİN,"Daxili, İşlər",3\r\n'],
    ['semicolons and a byte order mark', '\ufeffKod;Ad;Say\nDİN;Daxili, İşlər;3\n'],
    ['tabs, and an empty line', 'Say\tKod\tAd\n\n3\tDİN\tDaxili, İşlər'],
  ])('is read with %s', (_how, text) => {
    expect(read(text)).toEqual([
      { line: expect.any(Number), cells: { kod: 'DİN', ad: 'Daxili, İşlər', say: '3' } },
    ])
  })

  it('names each line that is wrong', () => {
    expect(places('kod,ad\nA,"b\nb"\nB\nC,c,c\nD,d\n')).toEqual(['line 4', 'line 5'])
    expect(places('kod,yad,kod\n')).toEqual(['line 1', 'line 1', 'line 1'])
    expect(places('')).toEqual(['line 1'])
    expect(places('kod,ad\nA,"b')).toEqual([expect.stringMatching(/^line \d$/)])
    expect(places(Buffer.from([0x6b, 0xff]))).toEqual(['line 1'])
    expect(places(`kod,ad\n${'A,b\n'.repeat(10_001)}`)).toEqual(['line 10002'])
    expect(places(`kod,ad\nA,"${'b'.repeat(40_000)}"`)).toHaveLength(1)
  })

  it('carries nothing out in a spreadsheet', () => {
    const text = writeCsv(['Kod', 'Ad'], [['=cmd()', '+994 12 000']]).toString()
    expect(text).toBe("\ufeffKod,Ad\r\n'=cmd(),+994 12 000\r\n")
    expect(read(text)).toMatchObject([{ cells: { kod: '=cmd()', ad: '+994 12 000' } }])
    expect(restored("'adi")).toBe("'adi")
  })

  it('is read back as it was written, whatever is in it', () => {
    const cell = fc.string({ unit: 'grapheme' }).map((text) => text.trim().replaceAll('\0', ''))
    const line = fc.tuple(cell, cell).filter((cells) => cells.some((each) => each !== ''))
    fc.assert(
      fc.property(fc.array(line), (lines) => {
        const found = readCsv(writeCsv(['kod', 'ad'], lines), columns)
        expect(found.map(({ cells }) => [cells.kod, cells.ad])).toEqual(lines)
      }),
    )
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(restored(defused(text))).toBe(text.startsWith("'") ? restored(text) : text)
      }),
    )
  })

  it('of random bytes is read or refused, and nothing else', () => {
    const fragment = fc.constantFrom(
      'kod',
      'ad',
      ';',
      ',',
      '"',
      '\n',
      '\r',
      '\ufeff',
      "'",
      '=',
      'ə',
    )
    const text = fc.array(fragment, { maxLength: 40 }).map((parts) => Buffer.from(parts.join('')))
    fc.assert(
      fc.property(fc.oneof(text, fc.uint8Array({ maxLength: 200 })), (bytes) => {
        expect(places(bytes).length).toBeLessThanOrEqual(20)
      }),
      { numRuns: 500 },
    )
  })
})
