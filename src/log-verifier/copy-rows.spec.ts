import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { CopyError, CopyReader } from './copy-rows.js'

const head = Buffer.concat([Buffer.from('PGCOPY\n\xff\r\n\0', 'latin1'), Buffer.alloc(8)])
const end = Buffer.from([0xff, 0xff])

function copyOf(rows: readonly (Buffer | null)[][]): Buffer {
  const parts: Buffer[] = [head]
  for (const row of rows) {
    const count = Buffer.alloc(2)
    count.writeInt16BE(row.length)
    parts.push(count)
    for (const cell of row) {
      const length = Buffer.alloc(4)
      length.writeInt32BE(cell === null ? -1 : cell.length)
      parts.push(length, cell ?? Buffer.alloc(0))
    }
  }
  return Buffer.concat([...parts, end])
}

function read(pieces: readonly Buffer[], columns: number): (string | null)[][] {
  const rows: (string | null)[][] = []
  const reader = new CopyReader(columns, (row) => {
    const cells = Array.from({ length: columns }, (_, at) =>
      row.isNull(at) ? null : row.view(at).toString('hex'),
    )
    rows.push(cells)
  })
  for (const piece of pieces) reader.take(piece)
  reader.end()
  return rows
}

describe('rows of a COPY in binary form', () => {
  const cells = fc.option(fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.from(bytes)))
  const rows = fc.array(fc.tuple(cells, cells, cells), { maxLength: 6 })

  it('are read wherever the stream is cut into pieces', () => {
    fc.assert(
      fc.property(rows, fc.array(fc.nat({ max: 400 }), { maxLength: 5 }), (written, cuts) => {
        const whole = copyOf(written)
        const at = [0, ...cuts.map((cut) => cut % whole.length), whole.length]
        at.sort((one, other) => one - other)
        const pieces = at.slice(1).map((to, n) => whole.subarray(at[n], to))
        const expected = written.map((row) => row.map((cell) => cell?.toString('hex') ?? null))
        expect(read(pieces, 3)).toEqual(expected)
      }),
    )
  })

  it('are refused where the stream is cut off, goes on, or is something else', () => {
    const whole = copyOf([[Buffer.from('a')]])
    for (let to = 0; to < whole.length; to += 1) {
      expect(() => read([whole.subarray(0, to)], 1)).toThrow(CopyError)
    }
    expect(() => read([Buffer.concat([whole, Buffer.from('x')])], 1)).toThrow(CopyError)
    expect(() => read([whole], 2)).toThrow(CopyError)
    expect(() => read([Buffer.alloc(64)], 1)).toThrow(CopyError)
  })

  it('of any bytes are read or refused, and nothing else happens', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        try {
          read([Buffer.concat([head, bytes])], 2)
        } catch (error) {
          expect(error).toBeInstanceOf(CopyError)
        }
      }),
      { numRuns: 1_000 },
    )
  })
})
