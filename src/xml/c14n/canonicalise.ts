import type { XmlDocument, XmlElement } from '../document.js'
import { cdataClose, cdataOpen } from '../read-content.js'
import {
  cdata,
  comment,
  emptyTag,
  endTag,
  kindMask,
  noBinding,
  plain,
  startTag,
  verbatim,
  type Tables,
} from '../tables.js'
import { decodedLiteral, decodedText } from '../values.js'
import { apexAttributes } from './apex-attributes.js'
import { declarationsOf } from './declarations.js'
import type { C14nMethod } from './method.js'
import { RenderedNamespaces } from './rendered.js'
import { StartTagWriter } from './start-tag.js'
import { CanonicalWriter, type OctetSink } from './write.js'

/** What of a document is written; without `element` all of it. */
export interface C14nPart {
  /** This element with everything inside. */
  readonly element?: XmlElement | undefined
  /** Except this element inside: the signature of an enveloped-signature transform. */
  readonly without?: XmlElement | undefined
  /** Octets that stand for elements inside, canonical text already: what XOP puts in an Include's place. */
  readonly replaced?: ReadonlyMap<XmlElement, Iterable<Uint8Array>> | undefined
}

/** Writes a document, or a part of it, as canonical octets to a sink, such as a Hash. */
export function canonicalise(
  document: XmlDocument,
  method: C14nMethod,
  sink: OctetSink,
  { element, without, replaced }: C14nPart = {},
): void {
  if (without !== undefined && !document.contains(element ?? document.root, without)) {
    throw new RangeError('The element to be left out is not inside the part that is written')
  }
  const left = leftOut(without, replaced)
  const canonicaliser = new Canonicaliser(document.tables, method, sink, left)
  if (element === undefined) canonicaliser.writeDocument()
  else canonicaliser.writeElement(element)
  canonicaliser.end()
}

/** An element that is not written, and what is in its place. */
interface LeftOut {
  readonly element: number
  readonly octets: Iterable<Uint8Array>
}

/** In document order; an element inside one that is left out does not matter. */
function leftOut(without: C14nPart['without'], replaced: C14nPart['replaced']): LeftOut[] {
  const left: LeftOut[] = []
  if (without !== undefined) left.push({ element: without, octets: [] })
  for (const [element, octets] of replaced ?? []) left.push({ element, octets })
  return left.sort((one, other) => one.element - other.element)
}

/** The same octets in one Buffer. */
export function canonicalOctets(
  document: XmlDocument,
  method: C14nMethod,
  part: C14nPart = {},
): Buffer {
  const stretches: Buffer[] = []
  canonicalise(document, method, { update: (octets) => stretches.push(Buffer.from(octets)) }, part)
  return stretches.length === 1 && stretches[0] ? stretches[0] : Buffer.concat(stretches)
}

/** A tag as it has to be written, if the prefix of the element is declared in the output. */
const needsNoLook = verbatim | plain

class Canonicaliser {
  readonly #tables: Tables
  readonly #method: C14nMethod
  readonly #exclusive: boolean
  readonly #writer: CanonicalWriter
  readonly #rendered: RenderedNamespaces
  readonly #tags: StartTagWriter
  readonly #leftOut: readonly LeftOut[]
  /** Everything before this offset is written, or left out. */
  #done = 0

  constructor(tables: Tables, method: C14nMethod, sink: OctetSink, left: readonly LeftOut[]) {
    this.#leftOut = left
    this.#tables = tables
    this.#method = method
    this.#exclusive = method.form === 'exclusive'
    this.#writer = new CanonicalWriter(sink)
    this.#rendered = new RenderedNamespaces(tables)
    const findDeclarations = declarationsOf(method, tables, this.#rendered)
    this.#tags = new StartTagWriter(tables, this.#writer, findDeclarations)
  }

  end(): void {
    this.#writer.end()
  }

  /** The root element, and with comments those before and after it on lines of their own. */
  writeDocument(): void {
    const { pieces, elements } = this.#tables
    const first = elements.startPieces[0] ?? 0
    const last = elements.endPieces[0] ?? 0
    for (let piece = 0; piece < first; piece++) this.#writeOutside(piece, '', '\n')
    this.writeElement(0)
    for (let piece = last + 1; piece < pieces.count; piece++) this.#writeOutside(piece, '\n', '')
  }

  #writeOutside(piece: number, before: string, after: string): void {
    const isComment = ((this.#tables.pieces.kinds[piece] ?? 0) & kindMask) === comment
    if (!isComment || !this.#method.comments) return
    this.#writer.octets(before)
    this.#writeComment(piece)
    this.#writer.octets(after)
  }

  /**
   * Walks the pieces of an element. What stands there as it has to be written is only passed; it is
   * copied in one stretch when something comes that is not.
   */
  writeElement(apex: number): void {
    const { pieces, elements } = this.#tables
    const { kinds, starts, elements: owners } = pieces
    const last = elements.endPieces[apex] ?? 0
    const { comments } = this.#method
    const first = elements.startPieces[apex] ?? 0
    let next = this.#nextLeftOut(0, first - 1)
    let skipped = this.#pieceLeftOut(next)
    this.#done = starts[first] ?? 0
    for (let piece = first; piece <= last; piece++) {
      const kind = kinds[piece] ?? 0
      if (piece === skipped) {
        piece = this.#replace(piece, next)
        next = this.#nextLeftOut(next, piece)
        skipped = this.#pieceLeftOut(next)
        continue
      }
      const element = owners[piece] ?? 0
      const what = kind & kindMask
      if (what === startTag || what === emptyTag) this.#passTag(piece, element, element === apex)
      else if (what === endTag) this.#passEndTag(piece, element)
      else if ((kind & verbatim) === 0 || (what === comment && !comments)) this.#writeOther(piece)
    }
    this.#copyUpTo(starts[last + 1] ?? 0)
  }

  /** The first from `index` on that begins after a piece. */
  #nextLeftOut(index: number, piece: number): number {
    while (index < this.#leftOut.length && this.#pieceLeftOut(index) <= piece) index++
    return index
  }

  /** Where an element that is left out begins; -1 after the last. */
  #pieceLeftOut(index: number): number {
    const left = this.#leftOut[index]
    return left === undefined ? -1 : (this.#tables.elements.startPieces[left.element] ?? -1)
  }

  /** Leaves an element out, and writes what is in its place. @returns its last piece */
  #replace(piece: number, index: number): number {
    const left = this.#leftOut[index]
    const last = this.#tables.elements.endPieces[left?.element ?? 0] ?? piece
    this.#leaveOut(piece, last)
    for (const octets of left?.octets ?? []) {
      const bytes = Buffer.from(octets.buffer, octets.byteOffset, octets.byteLength)
      this.#writer.copy(bytes, 0, bytes.length)
    }
    return last
  }

  #passTag(piece: number, element: number, isApex: boolean): void {
    const { pieces, elements } = this.#tables
    const kind = pieces.kinds[piece] ?? 0
    if ((kind & needsNoLook) === needsNoLook && !isApex) {
      if (!this.#exclusive || this.#rendered.has(elements.bindings[element] ?? noBinding)) return
    }
    const apex = isApex ? apexAttributes(this.#method, this.#tables, element) : undefined
    if (!this.#tags.prepare(element, apex)) {
      this.#leaveOut(piece, piece)
      this.#tags.write(element)
    }
    if ((kind & kindMask) === emptyTag) this.#writeEndTag(element)
  }

  #passEndTag(piece: number, element: number): void {
    if (((this.#tables.pieces.kinds[piece] ?? 0) & verbatim) === 0) {
      this.#leaveOut(piece, piece)
      this.#writeEndTag(element)
    } else if (this.#rendered.innermost === element) {
      this.#rendered.leave()
    }
  }

  #writeEndTag(element: number): void {
    this.#writer.octets('</')
    this.#tags.writeName(element)
    this.#writer.octets('>')
    if (this.#rendered.innermost === element) this.#rendered.leave()
  }

  /** Writes a text run, CDATA section or comment that cannot be copied as it stands. */
  #writeOther(piece: number): void {
    const { bytes, pieces } = this.#tables
    const kind = pieces.kinds[piece] ?? 0
    this.#leaveOut(piece, piece)
    if ((kind & kindMask) === comment) {
      if (this.#method.comments) this.#writeComment(piece)
      return
    }
    const isCdata = (kind & kindMask) === cdata
    const start = (pieces.starts[piece] ?? 0) + (isCdata ? cdataOpen.length : 0)
    const end = (pieces.starts[piece + 1] ?? 0) - (isCdata ? cdataClose.length : 0)
    if ((kind & plain) !== 0) {
      this.#writer.text(bytes, start, end)
      return
    }
    const characters = (isCdata ? decodedLiteral : decodedText)(bytes, start, end)
    this.#writer.text(characters, 0, characters.length)
  }

  #writeComment(piece: number): void {
    const { bytes, pieces } = this.#tables
    const literal = decodedLiteral(bytes, pieces.starts[piece] ?? 0, pieces.starts[piece + 1] ?? 0)
    this.#writer.copy(literal, 0, literal.length)
  }

  /** Copies what stands before a piece, and goes on after another. */
  #leaveOut(first: number, last: number): void {
    const { starts } = this.#tables.pieces
    this.#copyUpTo(starts[first] ?? 0)
    this.#done = starts[last + 1] ?? 0
  }

  #copyUpTo(end: number): void {
    if (end > this.#done) this.#writer.copy(this.#tables.bytes, this.#done, end)
    this.#done = end
  }
}
