import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { JsonError } from '../json/json-error.js'
import { cutJson } from './cut-json.js'
import { PointerTree } from './pointer-tree.js'

function cut(text: string, ...pointers: string[]): string {
  return Buffer.from(cutJson(Buffer.from(text), PointerTree.of(pointers)).bytes).toString('utf8')
}

describe('fields are cut out of a JSON text', () => {
  it('and every other byte stays: white space, digits, order', () => {
    const text = '{ "ad" : "Aygün" ,\n "dogumYeri":"Bakı", "m":1.50e+0, "n":12345678901234567890 }'
    expect(cut(text, '/dogumYeri')).toBe(
      '{ "ad" : "Aygün" ,\n "m":1.50e+0, "n":12345678901234567890 }',
    )
    expect(cut(text, '/ad')).toBe('{ "dogumYeri":"Bakı", "m":1.50e+0, "n":12345678901234567890 }')
    expect(cut(text, '/n')).toBe('{ "ad" : "Aygün" ,\n "dogumYeri":"Bakı", "m":1.50e+0 }')
    expect(cut(text, '/m', '/n')).toBe('{ "ad" : "Aygün" ,\n "dogumYeri":"Bakı" }')
    expect(cut(text, '/ad', '/dogumYeri', '/m', '/n')).toBe('{  }')
    expect(cut(text, '/yoxdur', '/ad/deyil')).toBe(text)
  })

  it('wherever it stands, in lists and objects', () => {
    const text = '{"a":[{"x":1,"y":2},{"y":[3]},{"x":[4,{"y":5}]}],"b":{"k1":{"y":6},"k2":{"y":7}}}'
    expect(cut(text, '/a/*/y')).toBe(
      '{"a":[{"x":1},{},{"x":[4,{"y":5}]}],"b":{"k1":{"y":6},"k2":{"y":7}}}',
    )
    expect(cut(text, '/b/*/y')).toBe(
      '{"a":[{"x":1,"y":2},{"y":[3]},{"x":[4,{"y":5}]}],"b":{"k1":{},"k2":{}}}',
    )
    expect(cut('[1,2,3]', '/1')).toBe('[1,3]')
    expect(cut('[1,2,3]', '/*')).toBe('[]')
    expect(cut('"text"', '/a')).toBe('"text"')
  })

  it('also where there are several of what the pointer takes for one', () => {
    expect(cut('[{"y":1},[{"y":2,"z":3}]]', '/y')).toBe('[{},[{"z":3}]]')
    expect(cut('{"a":[{"y":1}]}', '/a/y')).toBe('{"a":[{}]}')
  })

  it('whatever their names are written with', () => {
    expect(cut('{"do\\u011fum":1,"a/b":2,"~":3,"__proto__":4,"\\"":5}', '/doğum', '/a~1b')).toBe(
      '{"~":3,"__proto__":4,"\\"":5}',
    )
    expect(cut('{"~":3,"__proto__":4,"\\"":5}', '/~0', '/__proto__', '/"')).toBe('{}')
    expect(cut('{"s":"}],{\\\\","t":"\\"y\\":1"}', '/y')).toBe('{"s":"}],{\\\\","t":"\\"y\\":1"}')
  })

  it('and nothing is cut out of what two readers could read differently', () => {
    for (const text of ['{"y":1,"y":2}', '{"y":1', '{"a":1}x', '\ufeff{}', '[1,]', "{'y':1}"]) {
      expect(() => cut(text, '/y')).toThrow(JsonError)
    }
    const deep = '['.repeat(100_000)
    expect(() => cut(deep, '/*')).toThrow(JsonError)
  })

  it('a text that is no pointer to a field is not taken for one that finds nothing', () => {
    for (const pointer of ['', 'y', '/~2'])
      expect(() => PointerTree.of([pointer])).toThrow(RangeError)
  })
})

/** The same by values: what the bytes have to come to. */
function without(value: unknown, pointers: readonly (readonly string[])[]): unknown {
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) {
    return value.flatMap((item: unknown, index) =>
      kept(
        item,
        String(index),
        pointers,
        pointers.filter(([first = '']) => !/^[*01]$/.test(first)),
      ),
    )
  }
  const object: Record<string, unknown> = Object.create(null) as Record<string, unknown>
  for (const [name, member] of Object.entries(value)) {
    for (const left of kept(member, name, pointers, [])) object[name] = left
  }
  return object
}

function kept(
  value: unknown,
  name: string,
  pointers: readonly (readonly string[])[],
  through: readonly (readonly string[])[],
): unknown[] {
  const inside = pointers.flatMap(([first, ...rest]) =>
    first === name || first === '*' ? [rest] : [],
  )
  if (inside.some((rest) => rest.length === 0)) return []
  return [without(value, [...inside, ...through])]
}

const name = fc.constantFrom('a', 'b', 'ğ', '0', '1', '"', '\\', '__proto__', 'toString')
const tree = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 5, withCrossShrink: true },
    fc.oneof(fc.integer(), fc.string(), fc.boolean(), fc.constant(null)),
    fc.array(tie('value'), { maxLength: 4 }),
    fc
      .uniqueArray(fc.tuple(name, tie('value')), { maxLength: 4, selector: ([key]) => key })
      .map((members) => {
        const object: Record<string, unknown> = Object.create(null) as Record<string, unknown>
        for (const [key, member] of members) object[key] = member
        return object
      }),
  ),
})).value
const pointers = fc.array(
  fc.array(fc.oneof(name, fc.constant('*')), { minLength: 1, maxLength: 4 }),
  { minLength: 1, maxLength: 5 },
)

/** JSON with white space and escapes in places where they change nothing. */
function written(value: unknown, spaces: number): string {
  const space = [' ', '\n\t', '', '  \r\n'][spaces % 4] ?? ''
  const inner = (each: unknown): string => space + written(each, spaces + 1) + space
  if (Array.isArray(value)) return `[${value.map(inner).join(',')}]`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  const members = Object.entries(value).map(
    ([key, member]) => `${space}${escaped(key, spaces)}${space}:${inner(member)}`,
  )
  return `{${members.join(',')}}`
}

function escaped(key: string, spaces: number): string {
  if (spaces % 3 !== 0) return JSON.stringify(key)
  const units = Array.from(key, (each) => `\\u${each.charCodeAt(0).toString(16).padStart(4, '0')}`)
  return `"${units.join('')}"`
}

it('cutting changes nothing but what is cut out, and leaves nothing of it', () => {
  fc.assert(
    fc.property(tree, pointers, fc.nat(11), (value, segments, spaces) => {
      const text = written(value, spaces)
      const asked = segments.map(
        (each) =>
          `/${each.map((part) => part.replaceAll('~', '~0').replaceAll('/', '~1')).join('/')}`,
      )
      const left = cut(text, ...asked)
      expect(JSON.stringify(JSON.parse(left))).toBe(JSON.stringify(without(value, segments)))
      if (left === text) return
      // Nothing is written: what is left are pieces of what was there.
      expect(left.length).toBeLessThan(text.length)
    }),
    { numRuns: 500 },
  )
})

it('whatever the bytes are, they are refused as what they are, or cut into JSON', () => {
  const pieces = fc.constantFrom(
    '{',
    '}',
    '[',
    ']',
    ',',
    ':',
    '"a"',
    '"b"',
    '1',
    '\\',
    '"',
    ' ',
    'null',
    '\ud800',
  )
  fc.assert(
    fc.property(fc.array(pieces, { maxLength: 24 }), pointers, (parts, segments) => {
      const asked = segments.map((each) => `/${each.join('/')}`)
      try {
        JSON.parse(cut(parts.join(''), ...asked))
      } catch (error) {
        if (!(error instanceof JsonError)) throw error
      }
    }),
    { numRuns: 1_000 },
  )
})
