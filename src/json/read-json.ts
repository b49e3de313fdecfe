import { isUtf8 } from 'node:buffer'
import { jsonLimits } from '../limits/documents.js'
import { JsonError, type JsonErrorReason } from './json-error.js'
import { JsonNumber, type JsonObject, type JsonValue } from './json-value.js'
import { isEndOfNumber, numberEnd } from './number-text.js'

const quote = 0x22
const backslash = 0x5c
const comma = 0x2c
const colon = 0x3a
const closingBracket = 0x5d
const closingBrace = 0x7d

const oneCharacterEscapes = new Map([
  ['"', '"'],
  ['\\', '\\'],
  ['/', '/'],
  ['b', '\b'],
  ['f', '\f'],
  ['n', '\n'],
  ['r', '\r'],
  ['t', '\t'],
])

const fourHexDigits = /[0-9A-Fa-f]{4}/y

/**
 * Reads one JSON text (RFC 8259) in UTF-8, as strict as I-JSON (RFC 7493 §2.1, §2.3): a name twice in an object, half
 * a character, and a byte order mark are refused. Of I-JSON's advice on numbers (§2.2) nothing is followed: their
 * texts are kept as they stand.
 * @throws JsonError also above `jsonLimits`
 */
export function readJson(octets: Uint8Array): JsonValue {
  if (octets.length > jsonLimits.bytesMax) throw new JsonError('limitBytes', octets, 0)
  if (!isUtf8(octets)) throw new JsonError('utf8', octets, firstInvalid(octets))
  const bytes = Buffer.from(octets.buffer, octets.byteOffset, octets.length)
  return new Reading(bytes).wholeText()
}

/** In bytes; a piece that is cut within a character ends before it. */
function firstInvalid(octets: Uint8Array): number {
  let good = 0
  let bad = octets.length
  while (bad - good > 1) {
    const middle = (good + bad) >>> 1
    if (isUtf8(octets.subarray(0, characterStart(octets, middle)))) good = middle
    else bad = middle
  }
  return characterStart(octets, good)
}

function characterStart(octets: Uint8Array, offset: number): number {
  let at = offset
  while (at > 0 && offset - at < 3 && ((octets[at] ?? 0) & 0xc0) === 0x80) at--
  return at
}

/** A text while it is read. Every method begins at the first character of what it reads, and ends behind it. */
class Reading {
  readonly #bytes: Buffer
  readonly #text: string
  #at = 0
  #depth = 0
  #values = 0

  constructor(bytes: Buffer) {
    this.#bytes = bytes
    // A byte order mark stays: Buffer does not take it away.
    this.#text = bytes.toString('utf8')
  }

  wholeText(): JsonValue {
    if (this.#text.charCodeAt(0) === 0xfeff) throw this.#error('byteOrderMark', 0)
    this.#skipSpace()
    const value = this.#value()
    this.#skipSpace()
    if (this.#at < this.#text.length) throw this.#error('trailing', this.#at)
    return value
  }

  #value(): JsonValue {
    this.#count()
    switch (this.#text.charAt(this.#at)) {
      case '{':
        return this.#object()
      case '[':
        return this.#array()
      case '"':
        return this.#string()
      case 't':
        return this.#word('true', true)
      case 'f':
        return this.#word('false', false)
      case 'n':
        return this.#word('null', null)
      default:
        return this.#number()
    }
  }

  #object(): JsonObject {
    const members = new Map<string, JsonValue>()
    this.#enter()
    if (this.#peek() === closingBrace) return this.#leave(members)
    for (;;) {
      const nameAt = this.#at
      if (this.#peek() !== quote) throw this.#error('syntax', nameAt)
      this.#count()
      const name = this.#string()
      if (members.has(name)) throw this.#error('duplicateName', nameAt)
      this.#skipSpace()
      if (this.#peek() !== colon) throw this.#error('syntax', this.#at)
      this.#at++
      this.#skipSpace()
      members.set(name, this.#value())
      this.#skipSpace()
      const next = this.#peek()
      if (next === closingBrace) return this.#leave(members)
      if (next !== comma) throw this.#error('syntax', this.#at)
      this.#at++
      this.#skipSpace()
    }
  }

  #array(): JsonValue[] {
    const items: JsonValue[] = []
    this.#enter()
    if (this.#peek() === closingBracket) return this.#leave(items)
    for (;;) {
      items.push(this.#value())
      this.#skipSpace()
      const next = this.#peek()
      if (next === closingBracket) return this.#leave(items)
      if (next !== comma) throw this.#error('syntax', this.#at)
      this.#at++
      this.#skipSpace()
    }
  }

  #enter(): void {
    if (++this.#depth > jsonLimits.depthMax) throw this.#error('limitDepth', this.#at)
    this.#at++
    this.#skipSpace()
  }

  #leave<Value>(value: Value): Value {
    this.#depth--
    this.#at++
    return value
  }

  #string(): string {
    const text = this.#text
    const start = this.#at + 1
    for (let at = start; ; at++) {
      const unit = text.charCodeAt(at)
      if (unit === quote) {
        this.#at = at + 1
        return text.slice(start, at)
      }
      if (unit === backslash) return this.#escapedString(start, at)
      this.#checkUnit(unit, at)
    }
  }

  #checkUnit(unit: number, at: number): void {
    if (unit >= 0x20) return
    throw this.#error('control', at)
  }

  #escapedString(start: number, firstEscape: number): string {
    const text = this.#text
    let value = text.slice(start, firstEscape)
    let at = firstEscape
    let from = at
    for (;;) {
      const unit = text.charCodeAt(at)
      if (unit === quote) break
      if (unit === backslash) {
        value += text.slice(from, at) + this.#escape(at)
        at = from = this.#at
      } else {
        this.#checkUnit(unit, at)
        at++
      }
    }
    value += text.slice(from, at)
    // UTF-8 has none: only an escape can bring one in, and two of them may make a pair.
    if (!value.isWellFormed()) throw this.#error('surrogate', firstEscape)
    this.#at = at + 1
    return value
  }

  /** @param at - of the backslash */
  #escape(at: number): string {
    const letter = this.#text[at + 1] ?? ''
    const character = oneCharacterEscapes.get(letter)
    if (character !== undefined) {
      this.#at = at + 2
      return character
    }
    fourHexDigits.lastIndex = at + 2
    if (letter !== 'u' || !fourHexDigits.test(this.#text)) throw this.#error('escape', at)
    this.#at = at + 6
    return String.fromCharCode(Number.parseInt(this.#text.slice(at + 2, at + 6), 16))
  }

  #word<Value>(word: string, value: Value): Value {
    if (!this.#text.startsWith(word, this.#at)) throw this.#error('syntax', this.#at)
    this.#at += word.length
    return value
  }

  #number(): JsonNumber {
    const start = this.#at
    const end = numberEnd(this.#text, start)
    if (end === start) throw this.#error('syntax', start)
    if (!isEndOfNumber(this.#text, end)) throw this.#error('number', start)
    if (end - start > jsonLimits.numberCharsMax) throw this.#error('limitNumber', start)
    this.#at = end
    return new JsonNumber(this.#text.slice(start, end))
  }

  /** NaN at the end. */
  #peek(): number {
    return this.#text.charCodeAt(this.#at)
  }

  #skipSpace(): void {
    for (;;) {
      const unit = this.#text.charCodeAt(this.#at)
      if (unit !== 0x20 && unit !== 0x0a && unit !== 0x0d && unit !== 0x09) return
      this.#at++
    }
  }

  #count(): void {
    if (++this.#values > jsonLimits.valuesMax) throw this.#error('limitValues', this.#at)
  }

  /** To be thrown. `at` counts in UTF-16 units, as the text does. */
  #error(reason: JsonErrorReason, at: number): JsonError {
    const place = Math.min(at, this.#text.length)
    const offset = Buffer.byteLength(this.#text.slice(0, place))
    return new JsonError(place === this.#text.length ? 'ends' : reason, this.#bytes, offset)
  }
}
