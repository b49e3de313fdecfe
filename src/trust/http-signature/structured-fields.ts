import {
  DateItem,
  Decimal,
  DisplayString,
  Token,
  type BareItem,
  type Dictionary,
  type InnerList,
  type Item,
  type Member,
  type Parameters,
} from './structured-values.js'

/**
 * Structured field values (RFC 9651, which replaces RFC 8941), read strictly. Signature fields arrive
 * on every request, so this reader works on character codes and looks at each of them once.
 */

/** A value that breaks the grammar of RFC 9651 §4.2. The message never quotes the value. */
export class StructuredFieldError extends Error {
  override readonly name = 'StructuredFieldError'
}

export interface ReadingRules {
  /**
   * RFC 9651 lets the last of two equal keys win; where two readers must not come to different
   * ends (signatures, RFC 9421 §4.1), a repeated key is refused.
   */
  readonly repeatedKeys: 'last-wins' | 'refuse'
}

const lastWins: ReadingRules = { repeatedKeys: 'last-wins' }
const noParameters: Parameters = new Map()

/** @throws StructuredFieldError */
export function parseDictionary(text: string, rules: ReadingRules = lastWins): Dictionary {
  return new Reader(text, rules).dictionary()
}

/** @throws StructuredFieldError */
export function parseList(text: string, rules: ReadingRules = lastWins): readonly Member[] {
  return new Reader(text, rules).list()
}

/** @throws StructuredFieldError */
export function parseItem(text: string, rules: ReadingRules = lastWins): Item {
  return new Reader(text, rules).soleItem()
}

const code = {
  tab: 0x09,
  space: 0x20,
  quote: 0x22,
  percent: 0x25,
  open: 0x28,
  close: 0x29,
  star: 0x2a,
  comma: 0x2c,
  minus: 0x2d,
  dot: 0x2e,
  zero: 0x30,
  one: 0x31,
  colon: 0x3a,
  semicolon: 0x3b,
  equals: 0x3d,
  question: 0x3f,
  at: 0x40,
  backslash: 0x5c,
} as const

// One bit a class of characters, looked up by code.
const isKeyStart = 1
const isKeyChar = 2
const isTokenStart = 4
const isTokenChar = 8
const isDigit = 16

const classes = Uint8Array.from({ length: 128 }, (_, char) => {
  const text = String.fromCharCode(char)
  let found = 0
  if (/[a-z*]/.test(text)) found |= isKeyStart
  if (/[a-z0-9_.*-]/.test(text)) found |= isKeyChar
  if (/[A-Za-z*]/.test(text)) found |= isTokenStart
  if (/[A-Za-z0-9!#$%&'*+.^_`|~:/-]/.test(text)) found |= isTokenChar
  if (/[0-9]/.test(text)) found |= isDigit
  return found
})

// Past the end charCodeAt gives NaN; it, like any code beyond ASCII, belongs to no class.
function hasClass(char: number, wanted: number): boolean {
  return ((classes[char] ?? 0) & wanted) !== 0
}

class Reader {
  readonly #text: string
  readonly #refuseRepeated: boolean
  #at = 0

  constructor(text: string, rules: ReadingRules) {
    this.#text = text
    this.#refuseRepeated = rules.repeatedKeys === 'refuse'
  }

  dictionary(): Dictionary {
    const members = new Map<string, Member>()
    this.#skipSpaces()
    while (this.#at < this.#text.length) {
      const key = this.#key()
      if (this.#refuseRepeated && members.has(key)) this.#fail('a key is repeated')
      if (this.#peek() === code.equals) {
        this.#at += 1
        members.set(key, this.#member())
      } else {
        members.set(key, { value: true, parameters: this.#parameters() })
      }
      if (!this.#nextMember()) break
    }
    return members
  }

  list(): readonly Member[] {
    const members: Member[] = []
    this.#skipSpaces()
    while (this.#at < this.#text.length) {
      members.push(this.#member())
      if (!this.#nextMember()) break
    }
    return members
  }

  soleItem(): Item {
    this.#skipSpaces()
    const item = this.#item()
    this.#skipSpaces()
    if (this.#at < this.#text.length) this.#fail('something follows the item')
    return item
  }

  /** Steps over the comma between members. Returns false at the end of the text. */
  #nextMember(): boolean {
    this.#skipOptionalWhitespace()
    if (this.#at >= this.#text.length) return false
    if (this.#peek() !== code.comma) this.#fail('a comma is expected')
    this.#at += 1
    this.#skipOptionalWhitespace()
    if (this.#at >= this.#text.length) this.#fail('a comma ends the value')
    return true
  }

  #member(): Member {
    return this.#peek() === code.open ? this.#innerList() : this.#item()
  }

  #innerList(): InnerList {
    this.#at += 1
    const items: Item[] = []
    for (;;) {
      this.#skipSpaces()
      if (this.#peek() === code.close) {
        this.#at += 1
        return { items, parameters: this.#parameters() }
      }
      items.push(this.#item())
      const next = this.#peek()
      if (next !== code.space && next !== code.close) this.#fail('an inner list is not closed')
    }
  }

  #item(): Item {
    return { value: this.#bareItem(), parameters: this.#parameters() }
  }

  #parameters(): Parameters {
    if (this.#peek() !== code.semicolon) return noParameters
    const parameters = new Map<string, BareItem>()
    while (this.#peek() === code.semicolon) {
      this.#at += 1
      this.#skipSpaces()
      const key = this.#key()
      if (this.#refuseRepeated && parameters.has(key)) this.#fail('a parameter is repeated')
      let value: BareItem = true
      if (this.#peek() === code.equals) {
        this.#at += 1
        value = this.#bareItem()
      }
      parameters.set(key, value)
    }
    return parameters
  }

  #key(): string {
    if (!hasClass(this.#peek(), isKeyStart)) this.#fail('a key is expected')
    return this.#run(isKeyChar)
  }

  #bareItem(): BareItem {
    const char = this.#peek()
    if (char === code.quote) return this.#string()
    if (char === code.colon) return this.#bytes()
    if (char === code.minus || hasClass(char, isDigit)) return this.#number()
    if (hasClass(char, isTokenStart)) return new Token(this.#run(isTokenChar))
    if (char === code.question) return this.#boolean()
    if (char === code.at) return this.#date()
    if (char === code.percent) return this.#displayString()
    return this.#fail('an item is expected')
  }

  #string(): string {
    const start = this.#at + 1
    const end = this.#text.indexOf('"', start)
    if (end < 0) this.#fail('a string is not closed')
    // Nearly all strings hold no escape; they are one slice.
    for (let at = start; at < end; at += 1) {
      const char = this.#text.charCodeAt(at)
      if (char === code.backslash) return this.#escapedString()
      if (!(char >= 0x20 && char <= 0x7e)) this.#fail('a string holds a forbidden character')
    }
    this.#at = end + 1
    return this.#text.slice(start, end)
  }

  #escapedString(): string {
    let value = ''
    for (this.#at += 1; ; this.#at += 1) {
      let char = this.#peek()
      if (char === code.quote) break
      if (char === code.backslash) {
        this.#at += 1
        char = this.#peek()
        if (char !== code.quote && char !== code.backslash) this.#fail('an escape is wrong')
      }
      if (!(char >= 0x20 && char <= 0x7e)) this.#fail('a string is not closed')
      value += String.fromCharCode(char)
    }
    this.#at += 1
    return value
  }

  #bytes(): Uint8Array {
    const start = this.#at + 1
    const end = this.#text.indexOf(':', start)
    if (end < 0) this.#fail('a byte sequence is not closed')
    const base64 = this.#text.slice(start, end)
    const bytes = Buffer.from(base64, 'base64')
    // Node decodes leniently; only the one canonical encoding comes back the same (RFC 9651 §4.2.7
    // leaves padding and pad bits to us: two encodings of one signature would be malleable).
    if (bytes.toString('base64') !== base64) this.#fail('a byte sequence is not canonical base64')
    this.#at = end + 1
    return bytes
  }

  #number(): number | Decimal {
    const start = this.#at
    if (this.#peek() === code.minus) this.#at += 1
    const whole = this.#run(isDigit).length
    if (whole === 0) this.#fail('a digit is expected')
    if (this.#peek() !== code.dot) {
      if (whole > 15) this.#fail('an integer has more than 15 digits')
      // Adding zero makes of a negative zero the plain one.
      return Number(this.#text.slice(start, this.#at)) + 0
    }
    this.#at += 1
    const fraction = this.#run(isDigit).length
    if (whole > 12) this.#fail('a decimal has more than 12 digits before the point')
    if (fraction === 0 || fraction > 3) this.#fail('a decimal needs 1 to 3 digits after the point')
    return new Decimal(Number(this.#text.slice(start, this.#at)))
  }

  #boolean(): boolean {
    const char = this.#text.charCodeAt(this.#at + 1)
    if (char !== code.zero && char !== code.one) this.#fail('a boolean is ?0 or ?1')
    this.#at += 2
    return char === code.one
  }

  #date(): DateItem {
    this.#at += 1
    const seconds = this.#number()
    if (typeof seconds !== 'number') this.#fail('a date is an integer')
    return new DateItem(seconds)
  }

  #displayString(): DisplayString {
    this.#at += 1
    if (this.#peek() !== code.quote) this.#fail('a display string is not opened')
    const bytes: number[] = []
    for (this.#at += 1; this.#peek() !== code.quote; this.#at += 1) {
      const char = this.#peek()
      if (!(char >= 0x20 && char <= 0x7e)) this.#fail('a display string is not closed')
      if (char !== code.percent) {
        bytes.push(char)
        continue
      }
      const hex = this.#text.slice(this.#at + 1, this.#at + 3)
      if (!/^[0-9a-f]{2}$/.test(hex)) this.#fail('a display string holds a wrong escape')
      bytes.push(parseInt(hex, 16))
      this.#at += 2
    }
    this.#at += 1
    try {
      const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
      return new DisplayString(decoder.decode(new Uint8Array(bytes)))
    } catch {
      return this.#fail('a display string is not UTF-8')
    }
  }

  #run(wanted: number): string {
    const start = this.#at
    while (hasClass(this.#peek(), wanted)) this.#at += 1
    return this.#text.slice(start, this.#at)
  }

  #peek(): number {
    return this.#text.charCodeAt(this.#at)
  }

  #skipSpaces(): void {
    while (this.#peek() === code.space) this.#at += 1
  }

  #skipOptionalWhitespace(): void {
    while (this.#peek() === code.space || this.#peek() === code.tab) this.#at += 1
  }

  #fail(what: string): never {
    throw new StructuredFieldError(`${what} (at character ${this.#at})`)
  }
}
