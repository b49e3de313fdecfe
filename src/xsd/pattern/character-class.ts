import { unicodeBlock } from './unicode-blocks.js'

/** A set of characters: whether a code point is in it. */
export type CharacterClass = (codePoint: number) => boolean

/** A pattern that is not one of XML Schema, or that asks too much. */
export class PatternError extends Error {
  override readonly name = 'PatternError'
}

export function oneCharacter(wanted: number): CharacterClass {
  return (codePoint) => codePoint === wanted
}

export function characterRange(first: number, last: number): CharacterClass {
  return (codePoint) => codePoint >= first && codePoint <= last
}

export function outsideOf(inner: CharacterClass): CharacterClass {
  return (codePoint) => !inner(codePoint)
}

/** In one of these. */
export function eitherOf(classes: readonly CharacterClass[]): CharacterClass {
  const [first, second] = classes
  if (first && !second) return first
  return (codePoint) => classes.some((each) => each(codePoint))
}

/** Character class subtraction (part 2 appendix F.1, `[a-z-[aeiou]]`). */
export function without(from: CharacterClass, subtracted: CharacterClass): CharacterClass {
  return (codePoint) => from(codePoint) && !subtracted(codePoint)
}

/** Answers remembered of one class. */
const answersMax = 2_048

/** One character against a class of ECMAScript, which knows the Unicode of its engine. */
function unicodeClass(source: string): CharacterClass {
  const expression = new RegExp(`^${source}$`, 'u')
  const answers = new Map<number, boolean>()
  return (codePoint) => {
    let answer = answers.get(codePoint)
    if (answer === undefined) {
      answer = expression.test(String.fromCodePoint(codePoint))
      if (answers.size < answersMax) answers.set(codePoint, answer)
    }
    return answer
  }
}

const isSpace: CharacterClass = (codePoint) =>
  codePoint === 0x20 || codePoint === 0x09 || codePoint === 0x0a || codePoint === 0x0d
// NameStartChar and NameChar (XML 1.0, 5th edition, §2.3).
const nameStart =
  ':A-Z_a-z\\u{C0}-\\u{D6}\\u{D8}-\\u{F6}\\u{F8}-\\u{2FF}\\u{370}-\\u{37D}\\u{37F}-\\u{1FFF}\\u{200C}\\u{200D}' +
  '\\u{2070}-\\u{218F}\\u{2C00}-\\u{2FEF}\\u{3001}-\\u{D7FF}\\u{F900}-\\u{FDCF}\\u{FDF0}-\\u{FFFD}\\u{10000}-\\u{EFFFF}'
const isNameStart = unicodeClass(`[${nameStart}]`)
const isName = unicodeClass(`[${nameStart}\\-.0-9\\u{B7}\\u{300}-\\u{36F}\\u{203F}\\u{2040}]`)
const isDigit = unicodeClass('\\p{Nd}')
const isNoWord = unicodeClass('[\\p{P}\\p{Z}\\p{C}]')

/** `.`: everything but line ends. */
export const anyCharacter: CharacterClass = (codePoint) => codePoint !== 0x0a && codePoint !== 0x0d

const singles: Readonly<Record<string, number>> = { n: 0x0a, r: 0x0d, t: 0x09 }
const classes: Readonly<Record<string, CharacterClass>> = {
  s: isSpace,
  S: outsideOf(isSpace),
  i: isNameStart,
  I: outsideOf(isNameStart),
  c: isName,
  C: outsideOf(isName),
  d: isDigit,
  D: outsideOf(isDigit),
  w: outsideOf(isNoWord),
  W: isNoWord,
}

/** The character for which a single character escape stands (`\n`, `\.`); undefined where it is none. */
export function singleEscape(letter: string): number | undefined {
  if ('\\|.-^?*+{}()[]'.includes(letter)) return letter.codePointAt(0)
  return Object.hasOwn(singles, letter) ? singles[letter] : undefined
}

/** The class of a multi-character escape (`\d`, `\i`); undefined where it is none. */
export function classEscape(letter: string): CharacterClass | undefined {
  return Object.hasOwn(classes, letter) ? classes[letter] : undefined
}

const category = /^(?:L[ultmo]?|M[nce]?|N[dlo]?|P[cdseifo]?|Z[slp]?|S[mcko]?|C[cfon]?)$/

/** By general category: making one takes the engine milliseconds. */
const categories = new Map<string, CharacterClass>()

/** The class of `\p{name}`: a general category, or a block. @throws PatternError */
export function propertyClass(name: string): CharacterClass {
  if (category.test(name)) {
    const made = categories.get(name) ?? unicodeClass(`\\p{${name}}`)
    categories.set(name, made)
    return made
  }
  const block = name.startsWith('Is') ? unicodeBlock(name.slice(2)) : undefined
  if (!block) throw new PatternError(`\\p{${name}}`)
  return characterRange(...block)
}
