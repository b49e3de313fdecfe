import type { RawHeaders } from '../../exchange/http-content.js'
import type { Dictionary } from './structured-values.js'

const tab = 0x09
const space = 0x20

/** The header fields of one message: every line by lower-case name, in order of appearance. */
export class HeaderFields {
  readonly #lines = new Map<string, string | string[]>()
  #dictionaries: Map<string, Dictionary> | undefined

  constructor(rawHeaders: RawHeaders) {
    for (let at = 0; at + 1 < rawHeaders.length; at += 2) {
      this.add((rawHeaders[at] ?? '').toLowerCase(), trimmed(rawHeaders[at + 1] ?? ''))
    }
  }

  /** Adds a line behind the others. @param value - without blanks around it */
  add(name: string, value: string): void {
    const present = this.#lines.get(name)
    if (present === undefined) this.#lines.set(name, value)
    else if (typeof present === 'string') this.#lines.set(name, [present, value])
    else present.push(value)
    this.#dictionaries?.delete(name)
  }

  names(): Iterable<string> {
    return this.#lines.keys()
  }

  has(name: string): boolean {
    return this.#lines.has(name)
  }

  isRepeated(name: string): boolean {
    return typeof this.#lines.get(name) !== 'string' && this.#lines.has(name)
  }

  /** All lines, combined as RFC 9421 §2.1 and RFC 9110 §5.3 say. */
  value(name: string): string | undefined {
    const found = this.#lines.get(name)
    return found === undefined || typeof found === 'string' ? found : found.join(', ')
  }

  lines(name: string): readonly string[] {
    const found = this.#lines.get(name)
    if (found === undefined) return []
    return typeof found === 'string' ? [found] : found
  }

  /** What {@link keepDictionary} was given. */
  dictionary(name: string): Dictionary | undefined {
    return this.#dictionaries?.get(name)
  }

  /** Keeps a field as the structured dictionary it was read as, so that it is read once. */
  keepDictionary(name: string, dictionary: Dictionary): void {
    this.#dictionaries ??= new Map()
    this.#dictionaries.set(name, dictionary)
  }

  /** Keeps what another message's fields were read as, where they are the same here, character for character. */
  keepDictionariesOf(other: HeaderFields): void {
    if (!other.#dictionaries) return
    for (const [name, dictionary] of other.#dictionaries) {
      if (this.value(name) === other.value(name)) this.keepDictionary(name, dictionary)
    }
  }
}

// String.trim takes away characters that are no whitespace in HTTP, such as U+00A0.
function trimmed(value: string): string {
  let start = 0
  let end = value.length
  while (start < end && isWhitespace(value.charCodeAt(start))) start += 1
  while (end > start && isWhitespace(value.charCodeAt(end - 1))) end -= 1
  return start === 0 && end === value.length ? value : value.slice(start, end)
}

function isWhitespace(char: number): boolean {
  return char === space || char === tab
}
