import {
  ampersand,
  apostrophe,
  doubleQuote,
  greaterThan,
  hash,
  isChar,
  lessThan,
  semicolon,
} from './characters.js'
import { XmlError } from './xml-error.js'

/** One reference, filled anew by each call of `readReference`. */
export interface Reference {
  codePoint: number
  /** The offset after its semicolon. */
  end: number
}

const hexMark = 0x78

/**
 * Reads the reference at `at`, where an ampersand stands: one of the five predefined entities or a
 * character reference to a character that XML allows (XML 1.0 §4.1, §4.6).
 * @throws XmlError
 */
export function readReference(bytes: Buffer, at: number, into: Reference): void {
  if (bytes[at + 1] === hash) readCharacterReference(bytes, at, into)
  else readPredefinedEntity(bytes, at, into)
}

function readCharacterReference(bytes: Buffer, at: number, into: Reference): void {
  const hexadecimal = bytes[at + 2] === hexMark
  const radix = hexadecimal ? 16 : 10
  const first = at + (hexadecimal ? 3 : 2)
  let end = first
  let codePoint = 0
  for (; bytes[end] !== semicolon; end++) {
    const digit = digitOf(bytes[end] ?? 0)
    if (digit >= radix) throw malformed('a character reference is not complete', bytes, at)
    // Leading zeros may go on; above the last code point it only has to stay a small integer.
    codePoint = Math.min(codePoint * radix + digit, 0x110000)
  }
  if (end === first) throw malformed('a character reference has no number', bytes, at)
  if (!isChar(codePoint)) throw malformed('a reference to what is no XML character', bytes, at)
  into.codePoint = codePoint
  into.end = end + 1
}

/** The value of a digit; 16 for anything else. */
function digitOf(byte: number): number {
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30
  const letter = byte | 0x20
  return letter >= 0x61 && letter <= 0x66 ? letter - 0x61 + 10 : 16
}

const predefined = (
  [
    ['amp;', ampersand],
    ['lt;', lessThan],
    ['gt;', greaterThan],
    ['quot;', doubleQuote],
    ['apos;', apostrophe],
  ] as const
).map(([name, codePoint]) => ({ octets: Buffer.from(name, 'latin1'), codePoint }))

function readPredefinedEntity(bytes: Buffer, at: number, into: Reference): void {
  for (const { octets, codePoint } of predefined) {
    if (startsWith(bytes, at + 1, octets)) {
      into.codePoint = codePoint
      into.end = at + 1 + octets.length
      return
    }
  }
  throw malformed('an ampersand starts none of the five predefined entities', bytes, at)
}

/** Whether these octets stand at `at`. */
export function startsWith(bytes: Buffer, at: number, octets: Uint8Array): boolean {
  for (let index = 0; index < octets.length; index++) {
    if (bytes[at + index] !== octets[index]) return false
  }
  return true
}

function malformed(reason: string, bytes: Buffer, offset: number): XmlError {
  return new XmlError('malformed', reason, bytes, offset)
}

/**
 * Whether C14N would write the character exactly as the reference at `at` does (C14N 1.0 §2.3):
 * `&amp; &lt; &gt; &#xD;` in text, `&amp; &lt; &quot; &#x9; &#xA; &#xD;` in an attribute.
 */
export function isCanonicalReference(
  bytes: Buffer,
  at: number,
  { codePoint, end }: Reference,
  place: 'text' | 'attribute',
): boolean {
  if (bytes[at + 1] !== hash) {
    if (codePoint === ampersand || codePoint === lessThan) return true
    return codePoint === (place === 'text' ? greaterThan : doubleQuote)
  }
  if (end - at !== 5 || bytes[at + 2] !== hexMark) return false
  const digit = String.fromCharCode(bytes[at + 3] ?? 0)
  return digit === 'D' || (place === 'attribute' && (digit === '9' || digit === 'A'))
}
