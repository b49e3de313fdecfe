import { isUtf8 } from 'node:buffer'

/** Bytes that mean something to XML. */
export const tab = 0x09
export const lineFeed = 0x0a
export const carriageReturn = 0x0d
export const space = 0x20
export const exclamation = 0x21
export const doubleQuote = 0x22
export const hash = 0x23
export const ampersand = 0x26
export const apostrophe = 0x27
export const hyphen = 0x2d
export const slash = 0x2f
export const colon = 0x3a
export const semicolon = 0x3b
export const lessThan = 0x3c
export const equals = 0x3d
export const greaterThan = 0x3e
export const question = 0x3f
export const openBracket = 0x5b
export const closeBracket = 0x5d

/** First byte of U+F000 to U+FFFF, two of which are no XML characters: U+FFFE and U+FFFF. */
export const noncharacterLead = 0xef

/** S (XML 1.0 §2.3). */
export function isSpace(byte: number | undefined): boolean {
  return byte === space || byte === lineFeed || byte === tab || byte === carriageReturn
}

/** The first offset from `at` on where no white space stands. */
export function skipSpace(bytes: Uint8Array, at: number): number {
  while (isSpace(bytes[at])) at++
  return at
}

/** Char (XML 1.0 §2.2). */
export function isChar(codePoint: number): boolean {
  if (codePoint < 0x20) {
    return codePoint === tab || codePoint === lineFeed || codePoint === carriageReturn
  }
  return (
    codePoint <= 0xd7ff ||
    (codePoint >= 0xe000 && codePoint <= 0xfffd) ||
    (codePoint >= 0x10000 && codePoint <= 0x10ffff)
  )
}

/**
 * A table of bytes, 1 for those at which a scan has to stop: the ones given, and always those that may
 * be no character. Byte 0 is among them; so a scan that reads past the end and takes 0 for what is
 * not there stops without a check of its own.
 */
export function stopsAt(...bytes: readonly number[]): Uint8Array {
  const stops = new Uint8Array(256)
  for (let control = 0; control < 0x20; control++) stops[control] = 1
  stops[tab] = stops[lineFeed] = 0
  stops[noncharacterLead] = 1
  for (const byte of bytes) stops[byte] = 1
  return stops
}

/** Whether U+FFFE or U+FFFF stands at `at`, in UTF-8. */
export function isNoncharacter(bytes: Uint8Array, at: number): boolean {
  return bytes[at] === 0xef && bytes[at + 1] === 0xbf && (bytes[at + 2] ?? 0) >= 0xbe
}

/**
 * Offset of the first byte of the first character that is not UTF-8, in bytes of which `isUtf8` says
 * no. Halves the range first, so that bytes at the end of a large document are found as fast.
 */
export function firstInvalidUtf8(bytes: Uint8Array): number {
  let at = 0
  let end = bytes.length
  while (end - at > 16) {
    let middle = (at + end) >>> 1
    // No character has more than three continuation bytes.
    for (let back = 0; back < 3 && isContinuation(bytes[middle]); back++) middle--
    if (isUtf8(bytes.subarray(at, middle))) at = middle
    else end = middle
  }
  while (at < bytes.length) {
    const next = at + lengthOf(bytes[at] ?? 0)
    if (!isUtf8(bytes.subarray(at, next))) break
    at = next
  }
  return at
}

/** UTF-8 without the character at its end that is not all there. */
export function wholeCharacters(bytes: Buffer): Buffer {
  let start = bytes.length - 1
  for (let back = 0; back < 3 && isContinuation(bytes[start]); back++) start--
  return isUtf8(bytes.subarray(Math.max(start, 0))) ? bytes : bytes.subarray(0, Math.max(start, 0))
}

function isContinuation(byte: number | undefined): boolean {
  return byte !== undefined && (byte & 0xc0) === 0x80
}

/** Bytes of the UTF-8 character that this byte starts; anything for a byte that starts none. */
function lengthOf(lead: number): number {
  if (lead < 0x80) return 1
  if (lead < 0xe0) return 2
  return lead < 0xf0 ? 3 : 4
}
