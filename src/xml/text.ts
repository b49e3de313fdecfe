import { isSpace } from './characters.js'
import { cdataClose, cdataOpen } from './read-content.js'
import { cdata, comment, kindMask, plain, text, type Tables } from './tables.js'
import { decodedAttribute, decodedLiteral, decodedText } from './values.js'
import { XmlError } from './xml-error.js'

/** The normalised value of an attribute (XML 1.0 §3.3.3). */
export function attributeValue({ attributes, bytes }: Tables, row: number): string {
  const start = attributes.valueStarts[row] ?? 0
  const end = attributes.valueEnds[row] ?? 0
  if (((attributes.flags[row] ?? 0) & plain) !== 0) return bytes.toString('utf8', start, end)
  return decodedAttribute(bytes, start, end).toString('utf8')
}

/** The text of an element without elements or comments. @throws XmlError */
export function onlyText(tables: Tables, element: number): string {
  const { pieces } = tables
  const last = tables.elements.endPieces[element] ?? 0
  let content = ''
  for (let piece = (tables.elements.startPieces[element] ?? 0) + 1; piece < last; piece++) {
    const kind = (pieces.kinds[piece] ?? 0) & kindMask
    if (kind !== text && kind !== cdata) {
      const reason =
        kind === comment ? 'a value has a comment inside' : 'a value has an element inside'
      throw new XmlError('refused', reason, tables.bytes, pieces.starts[piece] ?? 0)
    }
    content += pieceText(tables, piece)
  }
  return content
}

/** All text inside an element. */
export function contentText(tables: Tables, element: number): string {
  const { pieces } = tables
  const last = tables.elements.endPieces[element] ?? 0
  let content = ''
  for (let piece = (tables.elements.startPieces[element] ?? 0) + 1; piece < last; piece++) {
    const kind = (pieces.kinds[piece] ?? 0) & kindMask
    if (kind === text || kind === cdata) content += pieceText(tables, piece)
  }
  return content
}

function pieceText({ pieces, bytes }: Tables, piece: number): string {
  const kind = pieces.kinds[piece] ?? 0
  let start = pieces.starts[piece] ?? 0
  let end = pieces.starts[piece + 1] ?? 0
  if ((kind & kindMask) === cdata) {
    start += cdataOpen.length
    end -= cdataClose.length
  }
  if ((kind & plain) !== 0) return bytes.toString('utf8', start, end)
  const decode = (kind & kindMask) === cdata ? decodedLiteral : decodedText
  return decode(bytes, start, end).toString('utf8')
}

/**
 * Whether nothing but elements, comments and white space stands directly inside an element. A
 * reference or a CDATA section counts as text, whatever it stands for.
 */
export function hasOnlyElements(tables: Tables, element: number): boolean {
  const { pieces, elements, bytes } = tables
  const last = elements.endPieces[element] ?? 0
  for (let piece = (elements.startPieces[element] ?? 0) + 1; piece < last; piece++) {
    const kind = (pieces.kinds[piece] ?? 0) & kindMask
    if (kind === text) {
      const end = pieces.starts[piece + 1] ?? 0
      for (let at = pieces.starts[piece] ?? 0; at < end; at++) if (!isSpace(bytes[at])) return false
    } else if (kind === cdata) {
      return false
    } else if (kind !== comment) {
      // Over the element, to its end tag.
      piece = elements.endPieces[pieces.elements[piece] ?? 0] ?? last
    }
  }
  return true
}
