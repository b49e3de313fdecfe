import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { canonicalJson, canonicalJsonOf, type JsonValue } from './canonical-json.js'

describe('canonical JSON (RFC 8785)', () => {
  it('§3.2.3 sorts members by UTF-16 code units', () => {
    const record = {
      '1': 'One',
      '\u20ac': 'Euro Sign',
      '\r': 'Carriage Return',
      '\ufb33': 'Hebrew Letter Dalet With Dagesh',
      '\ud83d\ude00': 'Emoji: Grinning Face',
      '\u0080': 'Control',
      '\u00f6': 'Latin Small Letter O With Diaeresis',
    }
    const values = [...canonicalJson(record).matchAll(/:"([^"]*)"/g)].map((match) => match[1])
    expect(values).toEqual([
      'Carriage Return',
      'One',
      'Control',
      'Latin Small Letter O With Diaeresis',
      'Euro Sign',
      'Emoji: Grinning Face',
      'Hebrew Letter Dalet With Dagesh',
    ])
  })

  it('§3.2.2.2 writes strings as ECMAScript does, Azerbaijani letters as they are', () => {
    expect(canonicalJson({ b: 'Şəki\n"\\"', a: '\u000f\u20ac$' })).toBe(
      '{"a":"\\u000f€$","b":"Şəki\\n\\"\\\\\\""}',
    )
  })

  it('§3.2.2.2 lets no lone surrogate through, and keeps a text that only looks like one', () => {
    expect(canonicalJson({ a: '\ud800', b: '\\ud800' })).toBe('{"a":"\ufffd","b":"\\\\ud800"}')
  })

  it('leaves out what is undefined', () => {
    expect(canonicalJson({ a: undefined, b: 1 })).toBe('{"b":1}')
    expect(canonicalJson({})).toBe('{}')
  })

  it.each([1.5, NaN, Infinity, -0, 2 ** 53])('refuses the number %d', (value) => {
    expect(() => canonicalJson({ a: value })).toThrow(RangeError)
  })

  it('gives the same text for the same record, whatever the order, and loses nothing', () => {
    const records = fc.dictionary(
      fc.string({ unit: 'grapheme', minLength: 1 }).filter((name) => name !== '__proto__'),
      fc.oneof(fc.string({ unit: 'grapheme' }), fc.maxSafeInteger()),
    )
    fc.assert(
      fc.property(records, (record) => {
        const reversed = Object.fromEntries(Object.entries(record).reverse())
        const text = canonicalJson(record)
        expect(canonicalJson(reversed)).toBe(text)
        expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(record)))
      }),
    )
  })
})

describe('canonical JSON of nested values (RFC 8785)', () => {
  it('sorts the members of every object and keeps the order of lists', () => {
    const value = { b: [3, { z: null, a: true }, []], a: { c: 'Şəki', b: undefined } }
    expect(canonicalJsonOf(value)).toBe('{"a":{"c":"Şəki"},"b":[3,{"a":true,"z":null},[]]}')
  })

  it('writes a flat record as the one for flat records does', () => {
    const record = { b: 1, a: 'x\n', c: undefined }
    expect(canonicalJsonOf(record)).toBe(canonicalJson(record))
  })

  it.each<[string, JsonValue]>([
    ['a fraction', { a: [1.5] }],
    ['what nests without end', Array.from({ length: 20 }).reduce<JsonValue>((v) => [v], 1)],
  ])('refuses %s', (_what, value) => {
    expect(() => canonicalJsonOf(value)).toThrow(RangeError)
  })

  it('gives the same text whatever the order, and loses nothing', () => {
    const values = fc.letrec<{ value: JsonValue }>((tie) => ({
      value: fc.oneof(
        { maxDepth: 4 },
        fc.constant(null),
        fc.boolean(),
        fc.maxSafeInteger(),
        fc.string({ unit: 'grapheme' }),
        fc.array(tie('value'), { maxLength: 4 }),
        fc.dictionary(
          fc.string().filter((name) => name !== '__proto__'),
          tie('value'),
          { maxKeys: 4 },
        ),
      ),
    })).value
    fc.assert(
      fc.property(values, (value) => {
        const text = canonicalJsonOf(value)
        const parsed = JSON.parse(text) as JsonValue
        expect(parsed).toEqual(JSON.parse(JSON.stringify(value)))
        expect(canonicalJsonOf(parsed)).toBe(text)
      }),
    )
  })
})
