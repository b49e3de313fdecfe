import { findIds, type IdKind, type IdPlace } from './ids.js'
import { nothing, xmlNamespace, xmlPrefix } from './symbols.js'
import { noBinding, type Tables } from './tables.js'
import { attributeValue, contentText, hasOnlyElements, onlyText } from './text.js'
import { XmlError } from './xml-error.js'

declare const brand: unique symbol

/** An element of one document: a number that means nothing in another document. */
export type XmlElement = number & { readonly [brand]: 'XmlElement' }

/** A stretch of the document's bytes: `end` is the offset after the last. */
export interface ByteRange {
  readonly start: number
  readonly end: number
}

export interface XmlAttribute {
  /** Empty without a prefix: the default namespace is not for attributes. */
  readonly namespace: string
  readonly localName: string
  readonly value: string
}

const anyKind: readonly IdKind[] = ['wsu:Id', 'xml:id', 'Id']

/**
 * A document that `readXml` has read. Names are expanded names: namespace name and local name, where
 * an empty namespace name means none. Nothing is decoded before it is asked for.
 */
export class XmlDocument {
  readonly root = 0 as XmlElement
  /** For this module alone. */
  readonly tables: Tables
  #ids: ReadonlyMap<string, IdPlace> | undefined

  constructor(tables: Tables) {
    this.tables = tables
  }

  get bytes(): Buffer {
    return this.tables.bytes
  }

  localName(element: XmlElement): string {
    const { symbols, elements } = this.tables
    return symbols.text(symbols.locals[elements.names[element] ?? nothing] ?? nothing)
  }

  /** The element's namespace name; empty for none. */
  namespace(element: XmlElement): string {
    return this.#namespaceAt(this.tables.elements.bindings[element])
  }

  prefix(element: XmlElement): string {
    const { symbols, elements } = this.tables
    return symbols.text(symbols.prefixes[elements.names[element] ?? nothing] ?? nothing)
  }

  /** Whether the element has this expanded name. */
  is(element: XmlElement, namespace: string, localName: string): boolean {
    return this.localName(element) === localName && this.namespace(element) === namespace
  }

  parent(element: XmlElement): XmlElement | undefined {
    return element === this.root ? undefined : this.#element(this.tables.elements.parents[element])
  }

  /** The first element inside. */
  firstChild(element: XmlElement): XmlElement | undefined {
    const after = this.tables.elements.afters[element] ?? 0
    return element + 1 < after ? this.#element(element + 1) : undefined
  }

  /** The next element beside. */
  nextSibling(element: XmlElement): XmlElement | undefined {
    const { afters, parents } = this.tables.elements
    if (element === this.root) return undefined
    const parent = parents[element] ?? 0
    const next = afters[element] ?? 0
    return next < (afters[parent] ?? 0) ? this.#element(next) : undefined
  }

  /** The elements inside, in document order. */
  *children(element: XmlElement): Generator<XmlElement, void> {
    let child = this.firstChild(element)
    for (; child !== undefined; child = this.nextSibling(child)) yield child
  }

  /** All elements inside, at whatever depth, in document order. */
  *inside(element: XmlElement): Generator<XmlElement, void> {
    const after = this.tables.elements.afters[element] ?? 0
    for (let row = element + 1; row < after; row++) yield row as XmlElement
  }

  /** The first element inside with this expanded name. */
  child(element: XmlElement, namespace: string, localName: string): XmlElement | undefined {
    let child = this.firstChild(element)
    while (child !== undefined && !this.is(child, namespace, localName)) {
      child = this.nextSibling(child)
    }
    return child
  }

  /** Whether `inner` is `outer` or stands inside it. */
  contains(outer: XmlElement, inner: XmlElement): boolean {
    return inner >= outer && inner < (this.tables.elements.afters[outer] ?? 0)
  }

  /** The normalised value of an attribute; undefined where there is none. */
  attribute(element: XmlElement, namespace: string, localName: string): string | undefined {
    const { attributes, symbols } = this.tables
    const end = this.#attributesEnd(element)
    for (let row = this.#attributesStart(element); row < end; row++) {
      const local = symbols.locals[attributes.names[row] ?? nothing] ?? nothing
      if (symbols.text(local) !== localName) continue
      if (this.#namespaceAt(attributes.bindings[row]) === namespace) {
        return attributeValue(this.tables, row)
      }
    }
    return undefined
  }

  /** All attributes in document order; namespace declarations are none. */
  attributes(element: XmlElement): XmlAttribute[] {
    const { attributes, symbols } = this.tables
    const all: XmlAttribute[] = []
    const end = this.#attributesEnd(element)
    for (let row = this.#attributesStart(element); row < end; row++) {
      all.push({
        namespace: this.#namespaceAt(attributes.bindings[row]),
        localName: symbols.text(symbols.locals[attributes.names[row] ?? nothing] ?? nothing),
        value: attributeValue(this.tables, row),
      })
    }
    return all
  }

  /**
   * Where an element's attributes stand in its start tag, from the name to the closing quote; namespace declarations are
   * none.
   * @param localName - only those, whatever their namespace
   */
  attributeRanges(element: XmlElement, localName?: string): ByteRange[] {
    const { attributes, symbols } = this.tables
    const ranges: ByteRange[] = []
    const end = this.#attributesEnd(element)
    for (let row = this.#attributesStart(element); row < end; row++) {
      const local = symbols.locals[attributes.names[row] ?? nothing] ?? nothing
      if (localName !== undefined && symbols.text(local) !== localName) continue
      ranges.push({ start: attributes.starts[row] ?? 0, end: (attributes.valueEnds[row] ?? 0) + 1 })
    }
    return ranges
  }

  /**
   * The text of an element that holds nothing but text, for every value that decides something. A
   * comment or an element inside is refused, because others read such text only up to there.
   * @throws XmlError
   */
  text(element: XmlElement): string {
    return onlyText(this.tables, element)
  }

  /** All text inside, through elements and around comments: XPath's string value. Decides nothing. */
  textInside(element: XmlElement): string {
    return contentText(this.tables, element)
  }

  /** Whether directly inside there is no text but white space; CDATA and references are text. */
  hasOnlyElements(element: XmlElement): boolean {
    return hasOnlyElements(this.tables, element)
  }

  /** From the start tag to the end tag, both included. */
  range(element: XmlElement): ByteRange {
    const { pieces, elements } = this.tables
    return {
      start: pieces.starts[elements.startPieces[element] ?? 0] ?? 0,
      end: pieces.starts[(elements.endPieces[element] ?? 0) + 1] ?? 0,
    }
  }

  /** Between the tags; empty at the end of an empty tag. */
  contentRange(element: XmlElement): ByteRange {
    const { pieces, elements } = this.tables
    const startPiece = elements.startPieces[element] ?? 0
    const endPiece = elements.endPieces[element] ?? 0
    const start = pieces.starts[startPiece + 1] ?? 0
    return { start, end: startPiece === endPiece ? start : (pieces.starts[endPiece] ?? 0) }
  }

  /**
   * The namespace that a prefix has inside the element, for qualified names in values; empty prefix:
   * the default namespace. Undefined where the prefix is not declared.
   */
  namespaceOfPrefix(element: XmlElement, prefix: string): string | undefined {
    if (prefix === 'xml') return this.tables.symbols.text(xmlNamespace)
    return this.namespacesInScope(element).get(prefix)
  }

  /** All namespaces in scope, by prefix, without `xml`; the default namespace under the empty prefix. */
  namespacesInScope(element: XmlElement): Map<string, string> {
    const { bindings, elements, symbols } = this.tables
    const inScope = new Map<string, string>()
    let binding = elements.scopes[element] ?? noBinding
    for (; binding !== noBinding; binding = bindings.outers[binding] ?? noBinding) {
      const prefix = bindings.prefixes[binding] ?? nothing
      if (prefix === xmlPrefix || inScope.has(symbols.text(prefix))) continue
      inScope.set(symbols.text(prefix), this.#namespaceAt(binding))
    }
    // `xmlns=""` hid an outer default namespace; by itself it is none.
    if (inScope.get('') === '') inScope.delete('')
    return inScope
  }

  /**
   * The element that a same-document reference names: the one with this value in an Id attribute of
   * one of these kinds. Whatever the kinds, a value that any Id attribute of a second element has too
   * names neither, because another reader may take the other one. Values that nobody asks for may
   * repeat: applications number their rows with `id`.
   * @returns undefined where no element has it
   * @throws XmlError of kind `refused` where more than one has it
   */
  elementById(id: string, kinds: readonly IdKind[] = anyKind): XmlElement | undefined {
    this.#ids ??= findIds(this.tables)
    const place = this.#ids.get(id)
    if (place?.again !== undefined) {
      throw new XmlError('refused', 'two elements have the same Id', this.bytes, place.again)
    }
    return place?.kinds.some((kind) => kinds.includes(kind)) === true
      ? this.#element(place.element)
      : undefined
  }

  #attributesStart(element: XmlElement): number {
    return this.tables.elements.firstAttributes[element] ?? 0
  }

  #attributesEnd(element: XmlElement): number {
    const { elements, attributes } = this.tables
    return element + 1 < elements.count
      ? this.#attributesStart((element + 1) as XmlElement)
      : attributes.count
  }

  #namespaceAt(binding: number | undefined): string {
    const { bindings, symbols } = this.tables
    return symbols.text(bindings.namespaces[binding ?? noBinding] ?? nothing)
  }

  #element(row: number | undefined): XmlElement | undefined {
    return row as XmlElement | undefined
  }
}
