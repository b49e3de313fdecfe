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

function grown<Cells extends Uint8Array | Uint32Array | Int32Array>(cells: Cells): Cells {
  const larger = new (cells.constructor as new (length: number) => Cells)(cells.length * 2)
  larger.set(cells)
  return larger
}

export class PieceTable {
  count = 0
  kinds: Uint8Array
  starts: Uint32Array
  /** The element of a tag. */
  elements: Uint32Array

  constructor(rows: number) {
    this.kinds = new Uint8Array(rows)
    this.starts = new Uint32Array(rows)
    this.elements = new Uint32Array(rows)
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
    this.names = new Int32Array(rows)
    this.bindings = new Int32Array(rows)
    this.parents = new Int32Array(rows)
    this.afters = new Int32Array(rows)
    this.startPieces = new Int32Array(rows)
    this.endPieces = new Int32Array(rows)
    this.scopes = new Int32Array(rows)
    this.firstAttributes = new Int32Array(rows)
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
  flags: Uint8Array

  constructor(rows: number) {
    this.names = new Int32Array(rows)
    this.bindings = new Int32Array(rows)
    this.starts = new Int32Array(rows)
    this.valueStarts = new Int32Array(rows)
    this.valueEnds = new Int32Array(rows)
    this.flags = new Uint8Array(rows)
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

/** Declarations are few, and so plain arrays. The first two rows are `noBinding` and `xmlBinding`. */
export class BindingTable {
  readonly prefixes: number[] = []
  readonly namespaces: number[] = []
  /** The element that declares it. */
  readonly elements: number[] = []
  /** The next binding of the scope, outwards; `noBinding` at its end. */
  readonly outers: number[] = []
  /** What the prefix was bound to before. */
  readonly shadowed: number[] = []
  /** Where the declaration stands. */
  readonly starts: number[] = []
  readonly ends: number[] = []
  /** `verbatim`: its spelling is canonical. */
  readonly flags: number[] = []
}

/** Everything that one pass over a document leaves behind. */
export interface Tables {
  readonly bytes: Buffer
  readonly symbols: Symbols
  readonly pieces: PieceTable
  readonly elements: ElementTable
  readonly attributes: AttributeTable
  readonly bindings: BindingTable
}
