import { isUtf8 } from 'node:buffer'
import { xmlLimits } from '../limits/documents.js'
import {
  exclamation,
  firstInvalidUtf8,
  lessThan,
  question,
  skipSpace,
  slash,
  wholeCharacters,
} from './characters.js'
import { XmlDocument } from './document.js'
import { cdataOpen, commentOpen, readCdata, readComment, readText } from './read-content.js'
import { readDeclaration } from './read-declaration.js'
import { readEndTag, readStartTag } from './read-tag.js'
import { Reading } from './reading.js'
import { startsWith } from './references.js'
import { outside } from './tables.js'
import { XmlError } from './xml-error.js'

/**
 * Reads a document in one pass: well-formed after XML 1.0 (5th edition) and Namespaces in XML 1.0,
 * in UTF-8. Refused though well-formed: document type declarations, processing instructions, versions
 * and encodings other than 1.0 and UTF-8, relative namespace names, and what is above `xmlLimits`.
 * The bytes are not copied and must not change while the document is used.
 * @throws XmlError
 */
export function readXml(octets: Uint8Array): XmlDocument {
  const reading = readRootTag(bufferOf(octets))
  const { bytes } = reading
  while (reading.depth > 0) {
    reading.checkCounts()
    readNext(reading)
  }
  reading.pieces.add(outside, reading.at, 0)
  readOutside(reading)
  if (reading.at !== bytes.length) {
    throw reading.error('malformed', 'something follows the root element', reading.at)
  }
  reading.pieces.add(outside, bytes.length, 0)
  return new XmlDocument(reading)
}

/**
 * Reads the beginning of a document, held to the same rules, up to the end of the first element inside
 * the root: for who has to decide by it whether to read on. Of the root only what stands there is known;
 * every element has the number that it has in the whole document.
 * @param octets the beginning; it may end anywhere after that element, within a character too
 * @throws XmlError also where that element is not there, or not all of it
 */
export function readXmlStart(octets: Uint8Array): XmlDocument {
  const reading = readRootTag(wholeCharacters(bufferOf(octets)))
  const { pieces, elements } = reading
  do {
    if (reading.depth === 0) {
      throw reading.error('malformed', 'the root element has no element inside', reading.at)
    }
    reading.checkCounts()
    readNext(reading)
  } while (reading.depth !== 1 || elements.count === 1)
  // The root is not over; for whoever walks the document it ends here.
  elements.endPieces[0] = pieces.add(outside, reading.at, 0)
  elements.afters[0] = elements.count
  pieces.add(outside, reading.at, 0)
  return new XmlDocument(reading)
}

function bufferOf(octets: Uint8Array): Buffer {
  return Buffer.isBuffer(octets)
    ? octets
    : Buffer.from(octets.buffer, octets.byteOffset, octets.byteLength)
}

/** Reads up to the start tag of the root element, that tag included. */
function readRootTag(bytes: Buffer): Reading {
  if (bytes.length > xmlLimits.bytesMax) {
    throw new XmlError('limit', 'the document is too large', bytes, 0)
  }
  // The declaration first: "in another encoding" tells more than "not UTF-8".
  const start = readDeclaration(bytes)
  if (!isUtf8(bytes)) {
    throw new XmlError('malformed', 'the document is not UTF-8', bytes, firstInvalidUtf8(bytes))
  }
  const reading = new Reading(bytes)
  reading.at = start
  reading.pieces.add(outside, 0, 0)
  readOutside(reading)
  if (bytes[reading.at] !== lessThan) {
    throw reading.error('malformed', 'the root element is missing', reading.at)
  }
  readStartTag(reading)
  return reading
}

/** Reads one piece of the content of an element. */
function readNext(reading: Reading): void {
  const { bytes, at } = reading
  if (bytes[at] !== lessThan) {
    readText(reading)
    return
  }
  switch (bytes[at + 1] ?? 0) {
    case slash:
      readEndTag(reading)
      break
    case exclamation:
      if (startsWith(bytes, at, cdataOpen)) readCdata(reading)
      else readCommentOnly(reading)
      break
    case question:
      refuseInstruction(reading)
      break
    default:
      readStartTag(reading)
  }
}

/** Reads comments and white space before or after the root element. */
function readOutside(reading: Reading): void {
  const { bytes } = reading
  for (;;) {
    reading.checkCounts()
    const at = (reading.at = skipSpace(bytes, reading.at))
    if (bytes[at] !== lessThan) return
    if (bytes[at + 1] === question) refuseInstruction(reading)
    if (bytes[at + 1] !== exclamation) return
    readCommentOnly(reading)
    reading.pieces.add(outside, reading.at, 0)
  }
}

function refuseInstruction(reading: Reading): never {
  throw reading.error('refused', 'a processing instruction is not accepted', reading.at)
}

const doctype = Buffer.from('<!DOCTYPE')

function readCommentOnly(reading: Reading): void {
  const { bytes, at } = reading
  if (startsWith(bytes, at, commentOpen)) {
    readComment(reading)
    return
  }
  if (startsWith(bytes, at, doctype)) {
    throw reading.error('refused', 'a document type declaration is not accepted', at)
  }
  throw reading.error('malformed', 'a mark begins neither a comment nor a CDATA section', at)
}
