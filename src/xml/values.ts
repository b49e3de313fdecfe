import { ampersand, carriageReturn, lineFeed, space, tab } from './characters.js'
import { readReference, type Reference } from './references.js'

const reference: Reference = { codePoint: 0, end: 0 }

/**
 * The characters of a text run, in UTF-8: references replaced, line ends made one line feed (XML 1.0
 * §2.11, §4.6). Never longer than what it is made of.
 */
export function decodedText(bytes: Buffer, start: number, end: number): Buffer {
  return decoded(bytes, start, end, lineFeed, true)
}

/** The same for CDATA and comments, where an ampersand is an ampersand. */
export function decodedLiteral(bytes: Buffer, start: number, end: number): Buffer {
  return decoded(bytes, start, end, lineFeed, false)
}

/** The value of an attribute, where white space becomes spaces (XML 1.0 §3.3.3, type CDATA). */
export function decodedAttribute(bytes: Buffer, start: number, end: number): Buffer {
  return decoded(bytes, start, end, space, true)
}

function decoded(
  bytes: Buffer,
  start: number,
  end: number,
  forLineEnd: number,
  hasReferences: boolean,
): Buffer {
  const into = Buffer.allocUnsafe(end - start)
  let length = 0
  for (let at = start; at < end; at++) {
    const byte = bytes[at] ?? 0
    if (byte === ampersand && hasReferences) {
      readReference(bytes, at, reference)
      length = writeUtf8(into, length, reference.codePoint)
      at = reference.end - 1
    } else if (byte === carriageReturn) {
      into[length++] = forLineEnd
      if (bytes[at + 1] === lineFeed) at++
    } else {
      into[length++] = byte === lineFeed || byte === tab ? whiteSpaceIn(byte, forLineEnd) : byte
    }
  }
  return into.subarray(0, length)
}

/** A tab or line feed stays in text and becomes a space in attributes. */
function whiteSpaceIn(byte: number, forLineEnd: number): number {
  return forLineEnd === space ? space : byte
}

function writeUtf8(into: Buffer, at: number, codePoint: number): number {
  if (codePoint < 0x80) {
    into[at] = codePoint
    return at + 1
  }
  return at + into.write(String.fromCodePoint(codePoint), at)
}
