import {
  ampersand,
  carriageReturn,
  closeBracket,
  greaterThan,
  hyphen,
  lessThan,
  stopsAt,
} from './characters.js'
import type { Reading } from './reading.js'
import { isCanonicalReference, readReference, startsWith, type Reference } from './references.js'
import { cdata, comment, plain, text, verbatim } from './tables.js'

const stopsInText = stopsAt(ampersand, carriageReturn, greaterThan, lessThan)
const reference: Reference = { codePoint: 0, end: 0 }

/** Reads character data up to the next `<` (XML 1.0 §2.4). @throws XmlError */
export function readText(reading: Reading): void {
  const { bytes } = reading
  const start = reading.at
  let flags = verbatim | plain
  let at = start
  for (;;) {
    while (stopsInText[bytes[at] ?? 0] === 0) at++
    switch (bytes[at] ?? 0) {
      case lessThan:
        reading.pieces.add(text | flags, start, 0)
        reading.at = at
        return
      case ampersand:
        readReference(bytes, at, reference)
        flags &= ~plain
        if (!isCanonicalReference(bytes, at, reference, 'text')) flags &= ~verbatim
        at = reference.end
        break
      case greaterThan:
        if (at - start >= 2 && bytes[at - 1] === closeBracket && bytes[at - 2] === closeBracket) {
          throw reading.error('malformed', 'text holds the end mark of a CDATA section', at)
        }
        flags &= ~verbatim
        at++
        break
      case carriageReturn:
        flags = 0
        at++
        break
      default:
        at = reading.checkedCharacter(at)
    }
  }
}

const stopsInComment = stopsAt(carriageReturn, hyphen)
const stopsInCdata = stopsAt(carriageReturn, closeBracket)

/** Bytes of the marks before and after a comment and a CDATA section. */
export const commentOpen = Buffer.from('<!--')
export const commentClose = Buffer.from('-->')
export const cdataOpen = Buffer.from('<![CDATA[')
export const cdataClose = Buffer.from(']]>')

/** Reads a comment (XML 1.0 §2.5); `<!--` stands at `reading.at`. @throws XmlError */
export function readComment(reading: Reading): void {
  const { bytes } = reading
  const start = reading.at
  let flags = verbatim | plain
  let at = start + commentOpen.length
  for (;;) {
    while (stopsInComment[bytes[at] ?? 0] === 0) at++
    switch (bytes[at] ?? 0) {
      case hyphen:
        if (bytes[at + 1] !== hyphen) {
          at++
          break
        }
        if (bytes[at + 2] !== greaterThan) {
          throw reading.error('malformed', 'a comment holds two hyphens in a row', at + 2)
        }
        reading.pieces.add(comment | flags, start, 0)
        reading.at = at + commentClose.length
        return
      case carriageReturn:
        flags = 0
        at++
        break
      default:
        at = reading.checkedCharacter(at)
    }
  }
}

/** Reads a CDATA section (XML 1.0 §2.7); `<![CDATA[` stands at `reading.at`. @throws XmlError */
export function readCdata(reading: Reading): void {
  const { bytes } = reading
  const start = reading.at
  let flags = plain
  let at = start + cdataOpen.length
  for (;;) {
    while (stopsInCdata[bytes[at] ?? 0] === 0) at++
    switch (bytes[at] ?? 0) {
      case closeBracket:
        if (!startsWith(bytes, at, cdataClose)) {
          at++
          break
        }
        reading.pieces.add(cdata | flags, start, 0)
        reading.at = at + cdataClose.length
        return
      case carriageReturn:
        flags = 0
        at++
        break
      default:
        at = reading.checkedCharacter(at)
    }
  }
}
