import { xmlLimits } from '../limits/documents.js'
import { greaterThan, skipSpace, slash, space } from './characters.js'
import { readAttribute } from './read-attribute.js'
import type { Reading } from './reading.js'
import { nothing } from './symbols.js'
import { emptyTag, endTag, noBinding, plain, startTag, verbatim, xmlBinding } from './tables.js'

/** Reads a start tag or an empty tag; `<` stands at `reading.at`. @throws XmlError */
export function readStartTag(reading: Reading): void {
  const { bytes, elements, pieces, scope } = reading
  const start = reading.at
  if (reading.depth === xmlLimits.depthMax) {
    throw reading.error('limit', 'elements are nested too deep', start)
  }
  reading.at = start + 1
  const name = reading.readName()
  const around = reading.element
  const firstAttribute = reading.attributes.count
  const element = elements.add(name, around, pieces.count, firstAttribute)
  let flags = bytes[reading.at] === greaterThan ? verbatim : readAttributes(reading, element)
  elements.scopes[element] = scope.innermost
  elements.bindings[element] = bindingOfName(reading, name, start + 1)
  if (needsNoLook(reading, element, firstAttribute)) flags |= plain
  if (bytes[reading.at] === slash) {
    if (bytes[reading.at + 1] !== greaterThan) {
      throw reading.error(
        'malformed',
        'a slash in a tag is not followed by its end',
        reading.at + 1,
      )
    }
    elements.endPieces[element] = pieces.add(emptyTag | (flags & plain), start, element)
    elements.afters[element] = elements.count
    scope.leave(element)
    reading.at += 2
    return
  }
  pieces.add(startTag | flags, start, element)
  reading.element = element
  reading.depth++
  reading.at++
}

/**
 * Reads attributes and declarations up to the end of the tag.
 * @returns `verbatim` if their spelling, not yet their order, is canonical
 */
function readAttributes(reading: Reading, element: number): number {
  const { bytes, attributes } = reading
  const first = attributes.count
  let flags = verbatim
  for (;;) {
    const before = reading.at
    const at = skipSpace(bytes, before)
    const byte = bytes[at]
    reading.at = at
    if (byte === greaterThan || byte === slash) {
      if (at !== before) flags = 0
      break
    }
    if (at === before) {
      throw reading.error('malformed', 'white space or the end of a tag is missing', at)
    }
    if (at !== before + 1 || bytes[before] !== space) flags = 0
    flags &= readAttribute(reading, element)
    if (attributes.count - first > xmlLimits.attributesPerElementMax) {
      throw reading.error('limit', 'an element has too many attributes', at)
    }
  }
  for (let row = first; row < attributes.count; row++) resolveAttribute(reading, row, first)
  return flags
}

/** Finds an attribute's namespace, now that all declarations of the tag are known. */
function resolveAttribute(reading: Reading, row: number, first: number): void {
  const { attributes, bindings, symbols } = reading
  const name = attributes.names[row] ?? nothing
  const start = attributes.starts[row] ?? 0
  // The default namespace is not for attributes (Namespaces in XML 1.0 §6.2).
  const binding =
    symbols.prefixes[name] === nothing ? noBinding : bindingOfName(reading, name, start)
  attributes.bindings[row] = binding
  const namespace = bindings.namespaces[binding]
  const local = symbols.locals[name] ?? nothing
  for (let other = first; other < row; other++) {
    const otherName = attributes.names[other] ?? nothing
    if (symbols.locals[otherName] !== local) continue
    if (bindings.namespaces[attributes.bindings[other] ?? noBinding] === namespace) {
      throw reading.error('malformed', 'an attribute stands twice in one tag', start)
    }
  }
}

/** The binding of a name's prefix. @throws XmlError when it is not declared */
function bindingOfName(reading: Reading, name: number, offset: number): number {
  const prefix = reading.symbols.prefixes[name] ?? nothing
  const binding = reading.scope.bindingOf(prefix)
  if (binding === noBinding && prefix !== nothing) {
    throw reading.error('malformed', 'a prefix is not declared', offset)
  }
  return binding
}

/** Whether C14N need not look into the tag: no declarations, no order, no prefix but the element's. */
function needsNoLook(reading: Reading, element: number, firstAttribute: number): boolean {
  const { attributes, bindings, scope } = reading
  if (bindings.elements[scope.innermost] === element) return false
  const count = attributes.count - firstAttribute
  if (count === 0) return true
  const binding = attributes.bindings[firstAttribute] ?? noBinding
  return count === 1 && (binding === noBinding || binding === xmlBinding)
}

/** Reads an end tag; `</` stands at `reading.at`. @throws XmlError */
export function readEndTag(reading: Reading): void {
  const { bytes, elements, pieces, symbols } = reading
  const start = reading.at
  const { element } = reading
  const octets = symbols.octets[elements.names[element] ?? nothing] ?? ''
  const nameEnd = start + 2 + octets.length
  let at = start + 2
  while (at < nameEnd && bytes[at] === octets.charCodeAt(at - start - 2)) at++
  if (at === nameEnd) at = skipSpace(bytes, at)
  if (bytes[at] !== greaterThan || at < nameEnd) {
    throw reading.error('malformed', 'an end tag does not match its start tag', at)
  }
  reading.at = at + 1
  elements.endPieces[element] = pieces.add(endTag | (at === nameEnd ? verbatim : 0), start, element)
  elements.afters[element] = elements.count
  reading.scope.leave(element)
  reading.depth--
  reading.element = elements.parents[element] ?? 0
}
