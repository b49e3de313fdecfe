import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { jsonLimits } from '../limits/documents.js'
import { JsonError } from './json-error.js'
import { JsonNumber, type JsonValue } from './json-value.js'
import { plainJson } from './plain-json.js'
import { readJson } from './read-json.js'
import { writeJson } from './write-json.js'

const read = (text: string): JsonValue => readJson(Buffer.from(text))
const rewritten = (text: string): string => writeJson(read(text)).toString()

function errorOf(bytes: Uint8Array | string): JsonError {
  try {
    readJson(Buffer.from(bytes))
  } catch (error) {
    if (error instanceof JsonError) return error
    throw error
  }
  throw new Error('it was read')
}

describe('reading JSON', () => {
  it('keeps every digit of a number, the order of names, and every letter', () => {
    const text =
      '{"cemi":1.50,"b":-0,"a":9007199254740993,"e":1E+2,"ad":"Əliyev Şükür İbrahim oğlu, Çağırış küçəsi","k":"ә"}'
    expect(rewritten(text)).toBe(text)
  })

  it('has no special names', () => {
    const text = '{"__proto__":{"isAdmin":true},"constructor":1,"toString":null}'
    expect(rewritten(text)).toBe(text)
    const plain = plainJson(read(text)) as Record<string, unknown>
    expect(Object.keys(plain)).toEqual(['__proto__', 'constructor', 'toString'])
    expect(plain['isAdmin']).toBeUndefined()
    expect('hasOwnProperty' in plain).toBe(false)
    expect(({} as Record<string, unknown>)['isAdmin']).toBeUndefined()
  })

  it('takes white space of RFC 8259 and no other', () => {
    expect(rewritten(' \t\r\n[ 1 ,\n2 ] \n')).toBe('[1,2]')
    expect(errorOf('[1,\u00a02]').reason).toBe('syntax')
    expect(errorOf('\f1').reason).toBe('syntax')
  })

  it.each([
    ['', 'ends'],
    ['{"a":', 'ends'],
    ['"a', 'ends'],
    ['[1,]', 'syntax'],
    ['{"a":1,}', 'syntax'],
    ["{'a':1}", 'syntax'],
    ['{a:1}', 'syntax'],
    ['{"a" 1}', 'syntax'],
    ['NaN', 'syntax'],
    ['nul!', 'syntax'],
    ['truex', 'trailing'],
    ['1 2', 'trailing'],
    ['/* a */ 1', 'syntax'],
    ['01', 'number'],
    ['1. ', 'number'],
    ['-x', 'syntax'],
    ['+1', 'syntax'],
    ['.5', 'syntax'],
    ['1e ', 'number'],
    ['0x10', 'number'],
    ['"\\x41"', 'escape'],
    ['"\\u12g4"', 'escape'],
    ['"\u0000"', 'control'],
    ['"a\nb"', 'control'],
    ['{"a":1,"\\u0061":2}', 'duplicateName'],
    ['"\\ud83d"', 'surrogate'],
    ['"\\ude00\\ud83d"', 'surrogate'],
    ['\ufeff{}', 'byteOrderMark'],
  ])('refuses %j: %s', (text, reason) => {
    expect(errorOf(text).reason).toBe(reason)
  })

  it('takes a pair of escaped surrogates for the character that it is', () => {
    expect(read('"\\ud83d\\ude00"')).toBe('😀')
  })

  it.each([
    ['half a character', [0x22, 0xc9, 0x22]],
    ['an overlong form', [0x22, 0xc0, 0xaf, 0x22]],
    ['a surrogate', [0x22, 0xed, 0xa0, 0x80, 0x22]],
    ['UTF-16', [0xfe, 0xff, 0x00, 0x31]],
  ])('refuses %s as no UTF-8', (_, bytes) => {
    expect(errorOf(Uint8Array.from(bytes)).reason).toBe('utf8')
  })

  it('tells the place in bytes, lines and characters, and quotes nothing', () => {
    const text = '{\n  "soyad": "Əliyev",\r\n  "fin": "Şəxsi" x\n}'
    const error = errorOf(text)
    expect(error).toMatchObject({ reason: 'syntax', line: 3, column: 18 })
    expect(error.offset).toBe(Buffer.from(text).indexOf(' x') + 1)
    expect(error.message).not.toMatch(/Əli|Şəx/)
    const late = Buffer.concat([Buffer.from('"Əə'), Buffer.from([0xff]), Buffer.from('"')])
    expect(errorOf(late)).toMatchObject({ reason: 'utf8', offset: 5, column: 4 })
  })

  it('bounds depth, values, digits and bytes', () => {
    const nested = (depth: number): string => '['.repeat(depth) + ']'.repeat(depth)
    expect(rewritten(nested(jsonLimits.depthMax))).toBe(nested(jsonLimits.depthMax))
    expect(errorOf(nested(jsonLimits.depthMax + 1)).reason).toBe('limitDepth')
    expect(errorOf('['.repeat(1_000_000)).reason).toBe('limitDepth')
    expect(errorOf(`[${'0,'.repeat(jsonLimits.valuesMax)}0]`).reason).toBe('limitValues')
    expect(errorOf(`[${'1'.repeat(jsonLimits.numberCharsMax + 1)}]`).reason).toBe('limitNumber')
    expect(errorOf(new Uint8Array(jsonLimits.bytesMax + 1)).reason).toBe('limitBytes')
  })
})

describe('reading any text', () => {
  it('agrees with JSON.parse on every text without what only this reader refuses', () => {
    fc.assert(
      fc.property(fc.json({ maxDepth: 5, stringUnit: 'grapheme' }), (text) => {
        const value: unknown = JSON.parse(text)
        expect(JSON.parse(rewritten(text))).toEqual(value)
        expect(JSON.parse(JSON.stringify(plainJson(read(text))))).toEqual(value)
      }),
    )
  })

  it('accepts nothing that JSON.parse refuses, and refuses for a known reason only', () => {
    const snippets = fc.array(
      fc.constantFrom(
        ...['{', '}', '[', ']', ',', ':', '"', '\\', '"a"', '"b":', '1', '-', '.', 'e', '0'],
        ...['true', 'null', ' ', '\n', '\\u', 'd83d', '\\ude00', 'ə', '😀', '\u0001', '\ufeff'],
      ),
      { maxLength: 24 },
    )
    const stricter = ['duplicateName', 'surrogate']
    fc.assert(
      fc.property(snippets, (pieces) => {
        const text = pieces.join('')
        let expected: unknown
        let isJson = true
        try {
          expected = JSON.parse(text)
        } catch {
          isJson = false
        }
        try {
          const written = rewritten(text)
          expect(isJson).toBe(true)
          expect(JSON.parse(written)).toEqual(expected)
        } catch (error) {
          if (!(error instanceof JsonError)) throw error
          expect(isJson && !stricter.includes(error.reason)).toBe(false)
        }
      }),
      { numRuns: 3_000 },
    )
  })

  it('reads any bytes or refuses them with an error of its own', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
        try {
          readJson(bytes)
        } catch (error) {
          expect(error).toBeInstanceOf(JsonError)
        }
      }),
    )
  })
})

describe('writing JSON', () => {
  const values: fc.Arbitrary<JsonValue> = fc.letrec<{ value: JsonValue }>((tie) => ({
    value: fc.oneof(
      { maxDepth: 4, withCrossShrink: true },
      fc.string({ unit: 'grapheme' }),
      fc.boolean(),
      fc.constant(null),
      fc.double({ noNaN: true, noDefaultInfinity: true }).map((n) => new JsonNumber(String(n))),
      fc
        .tuple(fc.bigInt(), fc.nat({ max: 5 }))
        .map(([n, zeros]) => new JsonNumber(`${n}.5${'0'.repeat(zeros)}`)),
      fc.array(tie('value'), { maxLength: 4 }),
      fc
        .array(
          fc.tuple(
            fc.oneof(fc.string({ unit: 'grapheme' }), fc.constant('__proto__')),
            tie('value'),
          ),
          { maxLength: 4 },
        )
        .map((members) => new Map(members)),
    ),
  })).value

  it('loses nothing: what was written is read as the same value, and written as the same bytes', () => {
    fc.assert(
      fc.property(values, (value) => {
        const bytes = writeJson(value)
        const again = readJson(bytes)
        expect(again).toEqual(value)
        expect(writeJson(again)).toEqual(bytes)
      }),
    )
  })

  it('writes no half of a character', () => {
    expect(() => writeJson(['\ud800'])).toThrow(RangeError)
    expect(writeJson('\u0007"\\😀').toString()).toBe('"\\u0007\\"\\\\😀"')
  })
})
