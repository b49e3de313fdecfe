import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { LinearPattern } from './linear-pattern.js'
import { PatternError } from './pattern-steps.js'

describe('patterns in linear time', () => {
  it.each([
    ['^[0-9A-HJ-NP-Z]{7}$', ['0TEST01', '0TEST0I', '0TEST011', '']],
    ['^\\p{Lu}\\p{Ll}*$', ['Əliyev', 'əliyev', 'İbrahim', 'Şükür1']],
    ['a|b', ['xay', 'c']],
    ['^(?:AB|CD)?\\d{2,3}(-\\d{1,4})*$', ['AB12-3-4444', '123', '1', 'CD1234', '12-']],
    ['^$', ['', 'a']],
    ['^.$', ['😀', '\n', 'ab']],
    ['\\u{1F600}|\\ud83d\\ude01', ['😀', '😁', 'a']],
    ['^(?<il>\\d{4})$', ['2012', '201']],
    ['x{0}y{2,}$', ['yy', 'y', 'yyyyx']],
    ['^[^\\]\\\\]+$', ['ab', ']', '\\']],
  ])('%s says the same as RegExp', (pattern, texts) => {
    const linear = new LinearPattern(pattern)
    const native = new RegExp(pattern, 'u')
    for (const text of texts) expect([text, linear.test(text)]).toEqual([text, native.test(text)])
  })

  it('agrees with RegExp on generated patterns and texts', () => {
    const atom = fc.constantFrom('a', 'b', '.', '[ab]', '[^a]', '\\d', 'ə', '\\.', '\\p{L}')
    const pattern = fc.letrec<{ pattern: string }>((tie) => ({
      pattern: fc.oneof(
        { maxDepth: 3 },
        atom,
        fc.tuple(tie('pattern'), tie('pattern')).map(([one, other]) => one + other),
        fc.tuple(tie('pattern'), tie('pattern')).map(([one, other]) => `(?:${one}|${other})`),
        fc
          .tuple(tie('pattern'), fc.constantFrom('*', '+', '?', '{2}', '{1,2}', '{1,}', '*?'))
          .map(([inner, times]) => `(${inner})${times}`),
        tie('pattern').map((inner) => `^${inner}`),
        tie('pattern').map((inner) => `${inner}$`),
      ),
    })).pattern
    const text = fc.string({
      unit: fc.constantFrom('a', 'b', '1', 'ə', '.', '😀', '\n'),
      maxLength: 9,
    })
    fc.assert(
      fc.property(pattern, fc.array(text, { maxLength: 5 }), (source, texts) => {
        const linear = new LinearPattern(source)
        const native = new RegExp(source, 'u')
        for (const each of texts) expect(linear.test(each)).toBe(native.test(each))
      }),
      { numRuns: 800 },
    )
  })

  it('does not mind what RegExp would never end with', () => {
    const text = `${'a'.repeat(50_000)}!`
    for (const pattern of ['^(a+)+$', '^(a|a)*$', '^(a|aa)+$', '(a*)*b', 'a*a*a*a*b']) {
      expect(new LinearPattern(pattern).test(text)).toBe(false)
    }
  })

  it.each([
    '(?=a)',
    '(?!a)',
    '(?<=a)b',
    '(?<!a)b',
    '\\bа',
    '(a)\\1',
    '(?<x>a)\\k<x>',
    '(',
    'a{1001}',
  ])('refuses %s', (pattern) => {
    expect(() => new LinearPattern(pattern)).toThrow(PatternError)
  })
})
