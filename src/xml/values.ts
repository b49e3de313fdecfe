import { ampersand, carriageReturn, lineFeed, space, tab } from './characters.js'
import { readReference, type Reference } from './references.js'

const reference: Reference = { codePoint: 0, end: 0 }

/**
 * The characters of a text run, in UTF-8: references replaced, line ends made one line feed (XML 1.0
 * §2.11, §4.6).
 */
export function decodedText(bytes: Buffer, start: number, end: number): Buffer {
  return decoded(bytes, start, end, 'text')
}

/** The same for CDATA sections and comments, where an ampersand is an ampersand. */
export function decodedLiteral(bytes: Buffer, start: number, end: number): Buffer {
  return decoded(bytes, start, end, 'literal')
}

/** The value of an attribute, where white space becomes spaces (XML 1.0 §3.3.3, type CDATA). */
export function decodedAttribute(bytes: Buffer, start: number, end: number): Buffer {
  return decoded(bytes, start, end, 'attribute')
}

function decoded(
  bytes: Buffer,
  start: number,
  end: number,
  place: 'text' | 'literal' | 'attribute',
): Buffer {
  // No reference is shorter than the character it stands for.
  const into = Buffer.allocUnsafe(end - start)
  let length = 0
  for (let at = start; at < end; at++) {
    const byte = bytes[at] ?? 0
    if (byte === ampersand && place !== 'literal') {
      readReference(bytes, at, reference)
      length = writeUtf8(into, length, reference.codePoint)
      at = reference.end - 1
      continue
    }
    const endsLine = byte === carriageReturn || byte === lineFeed
    if (byte === carriageReturn && bytes[at + 1] === lineFeed) at++
    if (place === 'attribute' && (endsLine || byte === tab)) into[length++] = space
    else into[length++] = endsLine ? lineFeed : byte
  }
  return into.subarray(0, length)
}

function writeUtf8(into: Buffer, at: number, codePoint: number): number {
  if (codePoint < 0x80) {
    into[at] = codePoint
    return at + 1
  }
  return at + into.write(String.fromCodePoint(codePoint), at)
}
