import { describe, expect, it } from '@jest/globals'
import { Random } from '../../../test/support/random-xml.js'
import { PatternError } from './character-class.js'
import { Pattern } from './pattern.js'

const seed = Number(process.env['XML_FUZZ_SEED'] ?? 1)
const patterns = Number(process.env['XML_FUZZ_DOCUMENTS'] ?? 200)

const verdicts = (source: string, texts: readonly string[]): string[] => {
  const pattern = new Pattern(source)
  return texts.filter((text) => pattern.matches(text))
}

describe('a pattern', () => {
  it.each([
    ['[0-9A-HJ-NP-Z]{7}', ['5XKQ2M1'], ['5XKQ2M', '5XKQ2M11', '5XKQ2MI', ' 5XKQ2M1']],
    ['[a-z-[aeiou]]+', ['bcd'], ['abc', '', 'B']],
    ['[^0-9-[a]]', ['b'], ['a', '1']],
    ['\\i\\c*', ['ə1', '_a-b.c', ':x'], ['1a', '-a', '']],
    ['\\d+', ['12', '٣'], ['a', '']],
    ['\\w+', ['aə1', '+'], ['a b', '.', '']],
    ['\\S\\s\\S', ['a b', 'a\tb'], ['ab', 'a\u00a0b']],
    ['.', ['a', '\u{1f600}', '\u00a0'], ['\n', '\r', '', 'ab']],
    ['\\p{Lu}\\P{Lu}', ['Əə', 'A1'], ['əƏ', 'AB']],
    ['\\p{IsCyrillic}+', ['әЖ'], ['ə', '']],
    ['[\\p{L}\\-.]+', ['a-b.ə'], ['a_b']],
    ['a{2}|b{1,}|c{0,2}', ['aa', 'b', 'bbb', '', 'c', 'cc'], ['a', 'aaa', 'ccc', 'ab']],
    // Anchors of other dialects are characters here.
    ['^a$', ['^a$'], ['a']],
    ['[-+]?\\.[a-]', ['-.a', '.-'], ['.b']],
    ['', [''], ['a']],
  ])('%s', (source, matching, others) => {
    expect(verdicts(source, [...matching, ...others])).toEqual(matching)
  })

  it.each([
    'a**',
    '(',
    'a)',
    '[',
    '[]',
    '[z-a]',
    'a{2,1}',
    'a{',
    '\\q',
    '\\p{Nothing}',
    '\\p{IsNowhere}',
    '\\',
    '*',
    '[a-\\d]',
    '[a[b]',
    '\\p{L',
    'x{99999}',
    '(?:a)',
    '\\bx',
  ])('is refused: %s', (source) => {
    expect(() => new Pattern(source)).toThrow(PatternError)
  })

  it('never goes back: endless ways to match cost no more than one', () => {
    const text = 'a'.repeat(200_000)
    for (const source of [
      '(a|a)*b',
      '(a*)*b',
      '(a+)+b',
      '(a|aa|a?)*b',
      'a*a*a*a*a*b',
      '((a{0,9})*c?)*b',
    ]) {
      const pattern = new Pattern(source)
      expect(pattern.charsMax).toBeGreaterThanOrEqual(text.length)
      expect(pattern.matches(text)).toBe(false)
      expect(pattern.matches(`${text}b`)).toBe(true)
    }
  })

  it('tells many states apart, up to a limit: with more it is refused', () => {
    // The automaton remembers which of the last characters were a: two to that power of states.
    const pattern = new Pattern('[ab]*a[ab]{8}')
    const other = /^[ab]*a[ab]{8}$/
    const random = new Random(seed)
    for (let left = 300; left > 0; left--) {
      const text = Array.from({ length: 40 }, () => random.of(['a', 'b'])).join('')
      expect(pattern.matches(text)).toBe(other.test(text))
    }
    expect(() => new Pattern('[ab]*a[ab]{20}')).toThrow(PatternError)
  })

  it(`matches what RegExp matches (seed ${seed}, ${patterns} patterns)`, () => {
    const random = new Random(seed)
    let matched = 0
    let refused = 0
    for (let left = patterns; left > 0; left--) {
      const source = randomPattern(random, 0)
      const other = new RegExp(`^(?:${source})$`, 'u')
      const pattern = compiled(source)
      if (!pattern) refused++
      for (let texts = 0; texts < 20; texts++) {
        const text = Array.from({ length: random.below(8) }, () =>
          random.of(['a', 'b', 'c', 'ə', '1', '.', '-']),
        ).join('')
        const expected = other.test(text)
        if (expected) matched++
        if (pattern && pattern.matches(text) !== expected) expect({ source, text }).toBe(expected)
      }
    }
    expect(matched).toBeGreaterThan(patterns)
    expect(refused).toBeLessThan(patterns / 10)
  })
})

/** Undefined for one that has too many states. */
function compiled(source: string): Pattern | undefined {
  try {
    return new Pattern(source)
  } catch (error) {
    if (error instanceof PatternError) return undefined
    throw error
  }
}

/** A pattern that is the same in both notations. */
function randomPattern(random: Random, depth: number): string {
  const branches = Array.from({ length: 1 + random.below(depth === 0 ? 3 : 2) }, () => {
    const pieces = Array.from({ length: 1 + random.below(3) }, () => {
      const atom =
        depth < 2 && random.once(3)
          ? `(${randomPattern(random, depth + 1)})`
          : random.of([
              'a',
              'b',
              'ə',
              '\\.',
              '[ab]',
              '[^a]',
              '[a-c1]',
              '\\p{L}',
              '[\\p{L}\\-]',
              '\\P{Ll}',
            ])
      return atom + random.of(['', '', '', '?', '*', '+', '{2}', '{0,2}', '{1,}', '{1,3}'])
    })
    return pieces.join('')
  })
  return branches.join('|')
}
