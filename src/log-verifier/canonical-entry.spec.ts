import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { anyCharacter } from '../../test/support/any-character.js'
import { canonicalJsonOf } from '../canonical-json.js'
import { readCanonicalEntry } from './canonical-entry.js'
import { EntryView, member, memberNames } from './entry-view.js'

const view = new EntryView()

/** With something before and behind it, as it stands in a row. */
function isCanonical(text: string | Buffer): boolean {
  const bytes = Buffer.from(text)
  const row = Buffer.concat([Buffer.from('{"'), bytes, Buffer.from('"}')])
  return readCanonicalEntry(row, 2, 2 + bytes.length, view)
}

/** What RFC 8785 makes of a text, by ECMAScript's own means. */
function canonicalOf(text: string): string | undefined {
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined
    return canonicalJsonOf(value as Parameters<typeof canonicalJsonOf>[0])
  } catch {
    return undefined
  }
}

describe('entries in canonical form (RFC 8785)', () => {
  it.each([
    '{}',
    '{"a":1}',
    '{"a":"","b":-7,"c":0}',
    '{"actId":"x","after":{"a":[1,{"b":null}],"é":true},"kind":"hold.set"}',
    '{"purpose":"\\"x\\\\\\n\\u0001"}',
    '{"\u20ac":1,"\ud83d\ude02":2,"\ufb33":3}',
  ])('%s is', (text) => {
    expect(isCanonical(text)).toBe(true)
  })

  it.each([
    '',
    '{',
    '[]',
    '"a"',
    '{"a":1,}',
    '{"a":01}',
    '{"a":-0}',
    '{"a":1.0}',
    '{"a":1e2}',
    '{"a": 1}',
    '{"b":1,"a":2}',
    '{"a":1,"a":1}',
    '{"a":1}}',
    '{"a":"\\u0061"}',
    '{"a":"\\/"}',
    '{"a":"\u0001"}',
    '{"a":"\\ud800"}',
    '{"\ufb33":1,"\ud83d\ude02":2}',
    '{"a":1,"b"}',
  ])('%s is not', (text) => {
    expect(isCanonical(text)).toBe(false)
  })

  it('and bytes that are no UTF-8 are not', () => {
    expect(isCanonical(Buffer.from('{"a":"\xff"}', 'latin1'))).toBe(false)
  })

  it('are told from others as the standard tells them', () => {
    const values = fc.dictionary(
      fc.oneof(fc.constantFrom(...memberNames), fc.string({ unit: anyCharacter, maxLength: 6 })),
      fc.oneof(
        fc.string({ unit: anyCharacter }),
        fc.maxSafeInteger(),
        fc.constant({ deep: [1, 'x', null] }),
      ),
    )
    fc.assert(
      fc.property(values, fc.nat(), fc.nat({ max: 255 }), (value, at, byte) => {
        const text = canonicalJsonOf(value)
        expect(isCanonical(text)).toBe(true)
        const own = (name: string): unknown =>
          Object.hasOwn(value, name) ? value[name] : undefined
        const misread = memberNames.filter((name) => {
          const is = own(name)
          return view.text(member[name]) !== (typeof is === 'string' ? is : undefined)
        })
        expect(misread).toEqual([])
        const changed = Buffer.from(text)
        changed[at % changed.length] = byte
        const again = changed.toString('utf8')
        // The bus writes integers alone that are exact as numbers; the standard has fractions, too, and larger ones.
        fc.pre(!/\d[.eE]|\d{16}/.test(again))
        const isText = Buffer.from(again).equals(changed)
        expect(isCanonical(changed)).toBe(isText && canonicalOf(again) === again)
      }),
      { numRuns: 2_000 },
    )
  })
})
