import { viewLimits } from '../limits/contracts.js'
import { Pattern } from '../xsd/pattern/pattern.js'

/** Escapes that mean the same, or more, in XML Schema (part 2 appendix F). */
const classes: Readonly<Record<string, string>> = { d: '0-9', w: 'a-zA-Z0-9_' }
const singles = /[nrt\\|.\-^?*+{}()[\]/$]/
/** Characters that XML Schema wants escaped and ECMAScript does not. */
const escaped = /[\\|.?*+(){}[\]]/

/** A pattern that does not go over into XML Schema: the JSON Schema holds it alone. */
class Untranslatable extends Error {
  override readonly name = 'Untranslatable'
}

/**
 * A pattern of JSON Schema (ECMA-262, with flag `u`) as one of XML Schema that accepts the same texts, or more.
 * @returns undefined where there is none, or only one that asks too much
 */
export function xsdPattern(source: string): string | undefined {
  if (source.length > viewLimits.patternCharsMax) return undefined
  try {
    const pattern = new PatternTranslation(source).whole()
    // The reader's own judgement: linear time, and classes that it knows.
    return new Pattern(pattern).charsMax < longTextChars ? undefined : pattern
  } catch {
    return undefined
  }
}

/** A pattern that bounds the length of a text below this would refuse texts that the contract allows. */
const longTextChars = 1_000

class PatternTranslation {
  readonly #source: string
  #at = 0

  constructor(source: string) {
    this.#source = source
  }

  whole(): string {
    const isStartBound = this.#take('^')
    const inner = this.#alternatives(0)
    const isEndBound = this.#source.endsWith('$') && this.#at === this.#source.length - 1
    if (isEndBound) this.#at += 1
    if (this.#at < this.#source.length) throw new Untranslatable()
    // `^a|b$` binds each branch on one side only.
    if ((isStartBound || isEndBound) && inner.count > 1) throw new Untranslatable()
    const start = isStartBound ? '' : '[\\s\\S]*'
    const end = isEndBound ? '' : '[\\s\\S]*'
    if (start === '' && end === '') return inner.text
    return `${start}(${inner.text})${end}`
  }

  #alternatives(depth: number): { readonly text: string; readonly count: number } {
    if (depth > viewLimits.schemaDepthMax) throw new Untranslatable()
    let text = this.#sequence(depth)
    let count = 1
    while (this.#take('|')) {
      text += `|${this.#sequence(depth)}`
      count += 1
    }
    return { text, count }
  }

  #sequence(depth: number): string {
    let text = ''
    for (;;) {
      const next = this.#source[this.#at]
      if (next === undefined || next === '|' || next === ')') return text
      if (next === '$' && depth === 0 && this.#at === this.#source.length - 1) return text
      text += this.#atom(depth) + this.#quantifier()
    }
  }

  #atom(depth: number): string {
    if (this.#take('(')) {
      // Of all that `(?` may begin, only a group without number is known to XML Schema.
      if (this.#take('?') && !this.#take(':')) throw new Untranslatable()
      const { text } = this.#alternatives(depth + 1)
      if (!this.#take(')')) throw new Untranslatable()
      return `(${text})`
    }
    if (this.#take('[')) return this.#characters()
    if (this.#take('\\')) {
      const name = this.#next()
      const set = classes[name]
      if (set !== undefined) return `[${set}]`
      return this.#escape(name)
    }
    const character = this.#next()
    if (character === '.') return '.'
    if ('^$*+?{}]'.includes(character)) throw new Untranslatable()
    return literal(character)
  }

  /** After `[`. */
  #characters(): string {
    let text = this.#take('^') ? '[^' : '['
    let count = 0
    while (!this.#take(']')) {
      const member = this.#next()
      const following = this.#source[this.#at]
      if (member === '-') text += '\\-'
      else if (member === '\\') {
        const name = this.#next()
        text += classes[name] ?? this.#escape(name)
      } else text += member === '^' ? '\\^' : literal(member)
      if (following === '-' && member !== '\\' && member !== '-') text += this.#range()
      count += 1
    }
    if (count === 0) throw new Untranslatable()
    return `${text}]`
  }

  /** What follows the first character of a range; empty where `-` is the last of its class. */
  #range(): string {
    if (this.#source[this.#at + 1] === ']') return ''
    this.#at += 1
    const last = this.#next()
    if (last === '\\' || last === '[') throw new Untranslatable()
    return `-${last === '^' ? '\\^' : literal(last)}`
  }

  #escape(name: string): string {
    if (name === 'p' || name === 'P') {
      const found = /^\{(L[ultmo]?|M[nce]?|N[dlo]?|P[cdseifo]?|Z[slp]?|S[mcko]?)\}/.exec(
        this.#source.slice(this.#at),
      )
      if (!found) throw new Untranslatable()
      this.#at += found[0].length
      return `\\${name}${found[0]}`
    }
    if (!singles.test(name)) throw new Untranslatable()
    if (name === '/' || name === '$') return name
    return `\\${name}`
  }

  #quantifier(): string {
    const found = /^(?:[*+?]|\{[0-9]{1,4}(?:,(?:[0-9]{1,4})?)?\})/.exec(
      this.#source.slice(this.#at),
    )
    if (!found) return ''
    this.#at += found[0].length
    // Lazy or greedy, a whole text matches the same.
    this.#take('?')
    return found[0]
  }

  #take(character: string): boolean {
    if (this.#source[this.#at] !== character) return false
    this.#at += 1
    return true
  }

  /** The next character, which may be two units of UTF-16. */
  #next(): string {
    const code = this.#source.codePointAt(this.#at)
    if (code === undefined) throw new Untranslatable()
    const character = String.fromCodePoint(code)
    this.#at += character.length
    return character
  }
}

function literal(character: string): string {
  return escaped.test(character) || character === '-' || character === '^'
    ? `\\${character}`
    : character
}
