import { xsdLimits } from '../../limits/contracts.js'
import {
  anyCharacter,
  characterRange,
  classEscape,
  eitherOf,
  oneCharacter,
  outsideOf,
  PatternError,
  propertyClass,
  singleEscape,
  without,
  type CharacterClass,
} from './character-class.js'

/** A regular expression of part 2 appendix F. */
export type Expression =
  | { readonly kind: 'character'; readonly matches: CharacterClass }
  | { readonly kind: 'sequence'; readonly parts: readonly Expression[] }
  | { readonly kind: 'choice'; readonly parts: readonly Expression[] }
  | {
      readonly kind: 'repeat'
      readonly part: Expression
      readonly min: number
      readonly max: number
    }

/** Reads a pattern. @throws PatternError naming what is not XML Schema's */
export function readPattern(source: string): Expression {
  const reader = new PatternReader(source)
  const expression = reader.choice(0)
  if (!reader.isAtEnd) throw new PatternError(`${source} (${reader.next})`)
  return expression
}

const quantifier = /^\{(\d{1,9})(?:(,)(\d{1,9})?)?\}/

class PatternReader {
  readonly #source: string
  #at = 0

  constructor(source: string) {
    this.#source = source
  }

  get isAtEnd(): boolean {
    return this.#at >= this.#source.length
  }

  /** The character at hand, of one or two code units; empty at the end. */
  get next(): string {
    const codePoint = this.#source.codePointAt(this.#at)
    return codePoint === undefined ? '' : String.fromCodePoint(codePoint)
  }

  choice(depth: number): Expression {
    if (depth > xsdLimits.nestingMax) throw new PatternError('( ( ( …')
    const parts = [this.#branch(depth)]
    while (this.#skips('|')) parts.push(this.#branch(depth))
    return parts.length === 1 && parts[0] ? parts[0] : { kind: 'choice', parts }
  }

  #branch(depth: number): Expression {
    const parts: Expression[] = []
    while (!this.isAtEnd && this.next !== '|' && this.next !== ')') parts.push(this.#piece(depth))
    return { kind: 'sequence', parts }
  }

  #piece(depth: number): Expression {
    const part = this.#atom(depth)
    if (this.#skips('?')) return { kind: 'repeat', part, min: 0, max: 1 }
    if (this.#skips('*')) return { kind: 'repeat', part, min: 0, max: Infinity }
    if (this.#skips('+')) return { kind: 'repeat', part, min: 1, max: Infinity }
    if (this.next !== '{') return part
    const found = quantifier.exec(this.#source.slice(this.#at, this.#at + 24))
    if (!found) throw this.#error()
    this.#at += found[0].length
    const min = Number(found[1])
    const max = found[2] === undefined ? min : found[3] === undefined ? Infinity : Number(found[3])
    if (max < min) throw new PatternError(found[0])
    return { kind: 'repeat', part, min, max }
  }

  #atom(depth: number): Expression {
    const character = this.#take()
    if (character === '(') {
      const inner = this.choice(depth + 1)
      if (!this.#skips(')')) throw this.#error()
      return inner
    }
    if (character === '[') return { kind: 'character', matches: this.#class(depth + 1) }
    if (character === '.') return { kind: 'character', matches: anyCharacter }
    if (character === '\\') return { kind: 'character', matches: this.#escape() }
    if ('?*+{}]'.includes(character)) throw this.#error()
    return { kind: 'character', matches: oneCharacter(codePointOf(character)) }
  }

  /** After `[`, up to and with `]`. */
  #class(depth: number): CharacterClass {
    if (depth > xsdLimits.nestingMax) throw new PatternError('[ [ [ …')
    const isNegative = this.#skips('^')
    const parts: CharacterClass[] = []
    let subtracted: CharacterClass | undefined
    while (this.next !== ']') {
      if (parts.length > 0 && this.#source.startsWith('-[', this.#at)) {
        this.#at += 2
        subtracted = this.#class(depth + 1)
        if (this.next !== ']') throw this.#error()
      } else {
        parts.push(this.#member(parts.length === 0))
      }
    }
    if (parts.length === 0) throw this.#error()
    this.#take()
    const all = eitherOf(parts)
    const wanted = isNegative ? outsideOf(all) : all
    return subtracted ? without(wanted, subtracted) : wanted
  }

  /** A character, an escape or a range; a hyphen is itself at the beginning and the end alone. */
  #member(isFirst: boolean): CharacterClass {
    if (this.next === '\\') {
      const single = singleEscape(this.#source.charAt(this.#at + 1))
      if (single === undefined) {
        this.#take()
        return this.#escape()
      }
    }
    if (this.next === '-' && !isFirst && this.#source[this.#at + 1] !== ']') throw this.#error()
    const first = this.#classCharacter()
    const next = this.#source[this.#at + 1]
    if (this.next !== '-' || next === ']' || next === '[') return oneCharacter(first)
    this.#take()
    const last = this.#classCharacter()
    if (last < first) throw this.#error()
    return characterRange(first, last)
  }

  #classCharacter(): number {
    const character = this.#take()
    if (character === '\\') {
      const single = singleEscape(this.#take())
      if (single === undefined) throw this.#error()
      return single
    }
    if (character === '[' || character === ']') throw this.#error()
    return codePointOf(character)
  }

  /** After the backslash. */
  #escape(): CharacterClass {
    const letter = this.#take()
    const single = singleEscape(letter)
    if (single !== undefined) return oneCharacter(single)
    const named = classEscape(letter)
    if (named) return named
    if ((letter !== 'p' && letter !== 'P') || !this.#skips('{'))
      throw new PatternError(`\\${letter}`)
    const end = this.#source.indexOf('}', this.#at)
    if (end < 0) throw this.#error()
    const property = propertyClass(this.#source.slice(this.#at, end))
    this.#at = end + 1
    return letter === 'p' ? property : outsideOf(property)
  }

  #skips(character: string): boolean {
    if (this.#source[this.#at] !== character) return false
    this.#at++
    return true
  }

  #take(): string {
    const character = this.next
    if (character === '') throw this.#error()
    this.#at += character.length
    return character
  }

  #error(): PatternError {
    return new PatternError(`${this.#source} (${String(this.#at + 1)})`)
  }
}

function codePointOf(character: string): number {
  return character.codePointAt(0) ?? 0
}
