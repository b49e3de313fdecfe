/**
 * A pattern of XML Schema (part 2 appendix F) as ECMAScript has it, anchored, with and without the flag `u` the same.
 * @returns undefined where the two do not mean the same by it, or a match could take long
 */
export function schemaPattern(patterns: readonly string[]): string | undefined {
  const translated: string[] = []
  for (const pattern of patterns) {
    const one = new PatternReading(pattern).read()
    if (one === undefined) return undefined
    translated.push(one)
  }
  return `^(?:${translated.join('|')})$`
}

const charsMax = 512

/** What is a mark in ECMAScript, apart from those that are one in both. */
const onlyEcmaScript = /[$^/]/

class PatternReading {
  readonly #pattern: string
  #at = 0
  #out = ''

  constructor(pattern: string) {
    this.#pattern = pattern
  }

  read(): string | undefined {
    // Half characters mean something else without the flag.
    if (this.#pattern.length > charsMax || /[\ud800-\udfff]/.test(this.#pattern)) return undefined
    // (a+)+ may take for ever in other people's validators.
    if (/[*+}]\)(?:[*+]|\{)/.test(this.#pattern)) return undefined
    while (this.#at < this.#pattern.length) {
      const piece = this.#piece()
      if (piece === undefined) return undefined
      this.#out += piece
    }
    return this.#out
  }

  #piece(): string | undefined {
    const character = this.#pattern.charAt(this.#at++)
    switch (character) {
      case '\\':
        return this.#escape(false)
      case '[':
        return this.#class()
      case '.':
        return '[^\\n\\r]'
      case '(':
        // "(?" is no group in XML Schema.
        return this.#pattern.charAt(this.#at) === '?' ? undefined : '(?:'
      case '{':
        return this.#quantity()
      case ')':
      case '|':
      case '*':
      case '+':
      case '?':
        return character
      case ']':
      case '}':
        return undefined
      default:
        return onlyEcmaScript.test(character) ? `\\${character}` : character
    }
  }

  #quantity(): string | undefined {
    const found = /^[0-9]{1,4}(?:,[0-9]{0,4})?\}/.exec(this.#pattern.slice(this.#at))
    if (!found) return undefined
    this.#at += found[0].length
    return `{${found[0]}`
  }

  #class(): string | undefined {
    let out = '['
    if (this.#pattern.charAt(this.#at) === '^') {
      out += '^'
      this.#at += 1
    }
    while (this.#at < this.#pattern.length) {
      const character = this.#pattern.charAt(this.#at++)
      // Of a class within a class, and of a caret further on, nothing is known.
      if (character === '[' || character === '^') return undefined
      if (character === ']')
        return out.length > (out.startsWith('[^') ? 2 : 1) ? `${out}]` : undefined
      const piece = character === '\\' ? this.#escape(true) : character
      if (piece === undefined) return undefined
      out += piece
    }
    return undefined
  }

  #escape(isInClass: boolean): string | undefined {
    const character = this.#pattern.charAt(this.#at++)
    if (/^[nrtd\\|.?*+(){}[\]^]$/.test(character)) return `\\${character}`
    if (character === '-') return isInClass ? '\\-' : '-'
    if (character === 's') return isInClass ? ' \\t\\n\\r' : '[ \\t\\n\\r]'
    return undefined
  }
}
