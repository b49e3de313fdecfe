import { xmlLimits } from '../limits/documents.js'
import {
  ampersand,
  apostrophe,
  carriageReturn,
  doubleQuote,
  equals,
  lessThan,
  lineFeed,
  skipSpace,
  stopsAt,
  tab,
} from './characters.js'
import type { Reading } from './reading.js'
import { isCanonicalReference, readReference, type Reference } from './references.js'
import { nothing, xmlnsPrefix } from './symbols.js'
import { plain, verbatim } from './tables.js'
import { decodedAttribute } from './values.js'

const stops = stopsAt(ampersand, apostrophe, carriageReturn, doubleQuote, lessThan, lineFeed, tab)
const reference: Reference = { codePoint: 0, end: 0 }

/**
 * Reads one attribute or namespace declaration; its name starts at `reading.at`.
 * @returns `verbatim` if its spelling is canonical
 * @throws XmlError
 */
export function readAttribute(reading: Reading, element: number): number {
  const { bytes, symbols, attributes } = reading
  const start = reading.at
  const name = reading.readName()
  const nameEnd = reading.at
  const equalsAt = skipSpace(bytes, nameEnd)
  if (bytes[equalsAt] !== equals) {
    throw reading.error('malformed', 'an attribute has no value', equalsAt)
  }
  const quoteAt = skipSpace(bytes, equalsAt + 1)
  const quote = bytes[quoteAt]
  if (quote !== doubleQuote && quote !== apostrophe) {
    throw reading.error('malformed', 'an attribute value is not in quotes', quoteAt)
  }
  let flags = readValue(reading, quoteAt + 1, quote)
  if (quote !== doubleQuote || quoteAt !== nameEnd + 1) flags &= ~verbatim
  const end = reading.at
  reading.at = end + 1
  if (name === xmlnsPrefix || symbols.prefixes[name] === xmlnsPrefix) {
    declare(reading, name, element, start, quoteAt + 1, end, flags)
  } else {
    attributes.add(name, start, quoteAt + 1, end, flags)
  }
  return flags & verbatim
}

/**
 * Reads an attribute value up to the closing quote (XML 1.0 §2.3, AttValue).
 * @returns `verbatim` and `plain`, as they are true of the value
 */
function readValue(reading: Reading, start: number, quote: number): number {
  const { bytes } = reading
  let flags = verbatim | plain
  let at = start
  for (;;) {
    while (stops[bytes[at] ?? 0] === 0) at++
    const byte = bytes[at] ?? 0
    switch (byte) {
      case doubleQuote:
      case apostrophe:
        if (byte === quote) {
          reading.at = at
          return flags
        }
        at++
        break
      case ampersand:
        readReference(bytes, at, reference)
        flags &= ~plain
        if (!isCanonicalReference(bytes, at, reference, 'attribute')) flags &= ~verbatim
        at = reference.end
        break
      case tab:
      case lineFeed:
      case carriageReturn:
        flags = 0
        at++
        break
      case lessThan:
        throw reading.error('malformed', 'an attribute value holds a less-than sign', at)
      default:
        at = reading.checkedCharacter(at)
    }
  }
}

/** Takes a namespace declaration into the scope. */
function declare(
  reading: Reading,
  name: number,
  element: number,
  start: number,
  valueStart: number,
  valueEnd: number,
  flags: number,
): void {
  const { bytes, symbols, scope } = reading
  const length = valueEnd - valueStart
  if (length > xmlLimits.namespaceNameBytesMax) {
    throw reading.error('limit', 'a namespace name is too long', valueStart)
  }
  const prefix = name === xmlnsPrefix ? nothing : (symbols.locals[name] ?? nothing)
  const namespace =
    (flags & plain) === 0
      ? symbols.of(decodedAttribute(bytes, valueStart, valueEnd).toString('latin1'))
      : symbols.at(bytes, valueStart, valueEnd, hashOfEnd(bytes, valueStart, valueEnd))
  const refusal = scope.declare({ prefix, namespace, element, start, end: valueEnd + 1, flags })
  if (refusal) throw reading.error(refusal.kind, refusal.reason, start)
}

/** A hash of namespace names, which tell apart at their ends. */
function hashOfEnd(bytes: Buffer, start: number, end: number): number {
  let hash = end - start
  for (let at = Math.max(start, end - 16); at < end; at++) {
    hash = (Math.imul(hash, 31) + (bytes[at] ?? 0)) | 0
  }
  return hash
}
