import { cellsOf, grown } from './cells.js'
import type { Symbols } from './symbols.js'

/*
 * A document as flat tables. A row is added once, in document order, and has its number for good.
 *
 * - Pieces cut the bytes without a gap: each ends where the next begins. They are what C14N walks.
 * - Elements are what everybody else walks: first child and next sibling follow from the numbers.
 * - Attributes of one element stand together; namespace declarations are bindings, not attributes.
 * - Bindings are declarations of prefixes, chained from the inner to the outer.
 */

// What a piece is: the low bits of its kind.
export const kindMask = 7
export const startTag = 0
export const endTag = 1
/** `<a/>`: a start tag that is its own end. */
export const emptyTag = 2
export const text = 3
export const cdata = 4
export const comment = 5
/** XML declaration, byte order mark and white space before or after the root element. */
export const outside = 6

/** C14N writes the piece as it stands, if only the namespace declarations are right too. */
export const verbatim = 8
/** Text: the bytes are the characters. Tag: nothing but the element's own prefix can need a declaration. */
export const plain = 16

export class PieceTable {
  count = 0
  kinds: Int32Array
  starts: Int32Array
  /** The element of a tag. */
  elements: Int32Array

  constructor(rows: number) {
    this.kinds = cellsOf(rows)
    this.starts = cellsOf(rows)
    this.elements = cellsOf(rows)
  }

  add(kind: number, start: number, element: number): number {
    const row = this.count++
    if (row === this.kinds.length) {
      this.kinds = grown(this.kinds)
      this.starts = grown(this.starts)
      this.elements = grown(this.elements)
    }
    this.kinds[row] = kind
    this.starts[row] = start
    this.elements[row] = element
    return row
  }
}

export class ElementTable {
  count = 0
  /** Symbols of qualified names. */
  names: Int32Array
  /** The binding of the element's prefix. */
  bindings: Int32Array
  /** The element around it; its own number for the root. */
  parents: Int32Array
  /** The number after the last element inside it. */
  afters: Int32Array
  /** Pieces of its start and end tag; the same for an empty tag. */
  startPieces: Int32Array
  endPieces: Int32Array
  /** The innermost binding in scope, its own included. */
  scopes: Int32Array
  /** Its first attribute; the others follow, up to the first of the next element. */
  firstAttributes: Int32Array

  constructor(rows: number) {
    this.names = cellsOf(rows)
    this.bindings = cellsOf(rows)
    this.parents = cellsOf(rows)
    this.afters = cellsOf(rows)
    this.startPieces = cellsOf(rows)
    this.endPieces = cellsOf(rows)
    this.scopes = cellsOf(rows)
    this.firstAttributes = cellsOf(rows)
  }

  add(name: number, parent: number, startPiece: number, firstAttribute: number): number {
    const row = this.count++
    if (row === this.names.length) this.#grow()
    this.names[row] = name
    this.parents[row] = parent
    this.startPieces[row] = startPiece
    this.firstAttributes[row] = firstAttribute
    return row
  }

  #grow(): void {
    this.names = grown(this.names)
    this.bindings = grown(this.bindings)
    this.parents = grown(this.parents)
    this.afters = grown(this.afters)
    this.startPieces = grown(this.startPieces)
    this.endPieces = grown(this.endPieces)
    this.scopes = grown(this.scopes)
    this.firstAttributes = grown(this.firstAttributes)
  }
}

export class AttributeTable {
  count = 0
  /** Symbols of qualified names. */
  names: Int32Array
  /** The binding of the prefix; `noBinding` without one. */
  bindings: Int32Array
  /** Offsets of the name and of what stands between the quotes. */
  starts: Int32Array
  valueStarts: Int32Array
  valueEnds: Int32Array
  /** `verbatim`: `name="value"` is canonical. `plain`: the bytes of the value are its characters. */
  flags: Int32Array

  constructor(rows: number) {
    this.names = cellsOf(rows)
    this.bindings = cellsOf(rows)
    this.starts = cellsOf(rows)
    this.valueStarts = cellsOf(rows)
    this.valueEnds = cellsOf(rows)
    this.flags = cellsOf(rows)
  }

  add(name: number, start: number, valueStart: number, valueEnd: number, flags: number): void {
    const row = this.count++
    if (row === this.names.length) this.#grow()
    this.names[row] = name
    this.starts[row] = start
    this.valueStarts[row] = valueStart
    this.valueEnds[row] = valueEnd
    this.flags[row] = flags
  }

  #grow(): void {
    this.names = grown(this.names)
    this.bindings = grown(this.bindings)
    this.starts = grown(this.starts)
    this.valueStarts = grown(this.valueStarts)
    this.valueEnds = grown(this.valueEnds)
    this.flags = grown(this.flags)
  }
}

/** No prefix and no namespace: what a name without prefix has where no default namespace is declared. */
export const noBinding = 0
/** The prefix `xml`, bound without a declaration. */
export const xmlBinding = 1

/** The first two rows are `noBinding` and `xmlBinding`. */
export class BindingTable {
  count = 0
  /** Symbols of prefix and namespace name. */
  prefixes = cellsOf(bindingRows)
  namespaces = cellsOf(bindingRows)
  /** The element that declares it. */
  elements = cellsOf(bindingRows)
  /** The next binding of the scope, outwards; `noBinding` at its end. */
  outers = cellsOf(bindingRows)
  /** What the prefix was bound to before. */
  shadowed = cellsOf(bindingRows)
  /** Where the declaration stands. */
  starts = cellsOf(bindingRows)
  ends = cellsOf(bindingRows)
  /** `verbatim`: its spelling is canonical. */
  flags = cellsOf(bindingRows)

  add(prefix: number, namespace: number, element: number, outer: number, shadowed: number): number {
    const row = this.count++
    if (row === this.prefixes.length) this.#grow()
    this.prefixes[row] = prefix
    this.namespaces[row] = namespace
    this.elements[row] = element
    this.outers[row] = outer
    this.shadowed[row] = shadowed
    return row
  }

  #grow(): void {
    this.prefixes = grown(this.prefixes)
    this.namespaces = grown(this.namespaces)
    this.elements = grown(this.elements)
    this.outers = grown(this.outers)
    this.shadowed = grown(this.shadowed)
    this.starts = grown(this.starts)
    this.ends = grown(this.ends)
    this.flags = grown(this.flags)
  }
}

const bindingRows = 16

/** Everything that one pass over a document leaves behind. */
export interface Tables {
  readonly bytes: Buffer
  readonly symbols: Symbols
  readonly pieces: PieceTable
  readonly elements: ElementTable
  readonly attributes: AttributeTable
  readonly bindings: BindingTable
}
