import { nothing } from '../symbols.js'
import { noBinding, verbatim, type Tables } from '../tables.js'
import { decodedAttribute } from '../values.js'
import { attributesEnd, type FindDeclarations } from './declarations.js'
import type { ApexAttributes } from './apex-attributes.js'
import type { CanonicalWriter } from './write.js'

/** Writes start tags: declarations by prefix, then attributes by namespace and local name. */
export class StartTagWriter {
  readonly #tables: Tables
  readonly #writer: CanonicalWriter
  readonly #findDeclarations: FindDeclarations
  /** What the tag gets, sorted: bindings, and rows of attributes. */
  readonly #declarations: number[] = []
  readonly #attributes: number[] = []
  /** What the first element inherits, while its tag is written. */
  #apex: ApexAttributes | undefined

  constructor(tables: Tables, writer: CanonicalWriter, findDeclarations: FindDeclarations) {
    this.#tables = tables
    this.#writer = writer
    this.#findDeclarations = findDeclarations
  }

  /**
   * Finds out what the tag of an element gets.
   * @param apex what the element inherits, if it is the first that is written
   * @returns whether that is, byte for byte, the tag as it stands
   */
  prepare(element: number, apex: ApexAttributes | undefined): boolean {
    const { elements, bindings, pieces } = this.#tables
    const [declarations, attributes] = [this.#declarations, this.#attributes]
    this.#apex = apex
    declarations.length = attributes.length = 0
    this.#findDeclarations(element, apex !== undefined, declarations)
    const end = attributesEnd(this.#tables, element)
    for (let row = elements.firstAttributes[element] ?? 0; row < end; row++) attributes.push(row)
    if (apex) apex.applyTo(attributes)
    sort(declarations, (one, other) => this.#comparePrefixes(one, other))
    sort(attributes, (one, other) => this.#compareAttributes(one, other))
    if (((pieces.kinds[elements.startPieces[element] ?? 0] ?? 0) & verbatim) === 0) return false
    // The spelling is canonical; now everything must be there, nothing else, and in this order.
    let own = 0
    let binding = elements.scopes[element] ?? noBinding
    for (; bindings.elements[binding] === element; own++) {
      binding = bindings.outers[binding] ?? noBinding
    }
    return own === declarations.length && (apex?.changesNothing ?? true) && this.#isInOrder(element)
  }

  /** Writes the tag that was prepared, without what closes an empty element. */
  write(element: number): void {
    const { bytes, bindings, attributes } = this.#tables
    const writer = this.#writer
    writer.octets('<')
    this.writeName(element)
    for (const binding of this.#declarations) {
      writer.octets(' ')
      if (((bindings.flags[binding] ?? 0) & verbatim) !== 0) {
        writer.copy(bytes, bindings.starts[binding] ?? 0, bindings.ends[binding] ?? 0)
      } else {
        this.#writeDeclaration(binding)
      }
    }
    for (const row of this.#attributes) {
      writer.octets(' ')
      const inherited = this.#apex?.valueOf(row)
      if (inherited === undefined && ((attributes.flags[row] ?? 0) & verbatim) !== 0) {
        writer.copy(bytes, attributes.starts[row] ?? 0, (attributes.valueEnds[row] ?? 0) + 1)
      } else {
        this.#writeAttribute(row, inherited)
      }
    }
    writer.octets('>')
  }

  writeName(element: number): void {
    const { elements, symbols } = this.#tables
    this.#writer.octets(symbols.octets[elements.names[element] ?? nothing] ?? '')
  }

  #writeDeclaration(binding: number): void {
    const { bindings, symbols } = this.#tables
    const prefix = bindings.prefixes[binding] ?? nothing
    const name = prefix === nothing ? 'xmlns' : `xmlns:${symbols.octets[prefix] ?? ''}`
    const namespace = symbols.octets[bindings.namespaces[binding] ?? nothing] ?? ''
    this.#writeNameAndValue(name, Buffer.from(namespace, 'latin1'))
  }

  #writeAttribute(row: number, inherited: Buffer | undefined): void {
    const { attributes, bytes, symbols } = this.#tables
    const value =
      inherited ??
      decodedAttribute(bytes, attributes.valueStarts[row] ?? 0, attributes.valueEnds[row] ?? 0)
    this.#writeNameAndValue(symbols.octets[attributes.names[row] ?? nothing] ?? '', value)
  }

  #writeNameAndValue(name: string, value: Buffer): void {
    this.#writer.octets(name)
    this.#writer.octets('="')
    this.#writer.attributeValue(value, 0, value.length)
    this.#writer.octets('"')
  }

  /** Whether what the tag gets stands in this very order in the tag. */
  #isInOrder(element: number): boolean {
    const { bindings, attributes } = this.#tables
    let before = -1
    for (const binding of this.#declarations) {
      if (bindings.elements[binding] !== element) return false
      const start = bindings.starts[binding] ?? 0
      if (start < before) return false
      before = start
    }
    for (const row of this.#attributes) {
      const start = attributes.starts[row] ?? 0
      if (start < before) return false
      before = start
    }
    return true
  }

  #comparePrefixes(one: number, other: number): number {
    const { bindings, symbols } = this.#tables
    return compareOctets(symbols.octets, bindings.prefixes[one], bindings.prefixes[other])
  }

  #compareAttributes(one: number, other: number): number {
    const { attributes, bindings, symbols } = this.#tables
    const { octets, locals } = symbols
    const namespaceOf = (row: number): number | undefined =>
      bindings.namespaces[attributes.bindings[row] ?? noBinding]
    const localOf = (row: number): number | undefined => locals[attributes.names[row] ?? nothing]
    return (
      compareOctets(octets, namespaceOf(one), namespaceOf(other)) ||
      compareOctets(octets, localOf(one), localOf(other))
    )
  }
}

/** Compares two symbols by code point: that is the order of their octets. */
function compareOctets(
  octets: readonly string[],
  one: number | undefined,
  other: number | undefined,
): number {
  if (one === other) return 0
  return (octets[one ?? nothing] ?? '') < (octets[other ?? nothing] ?? '') ? -1 : 1
}

/** Insertion sort: the lists are short, limited by `xmlLimits`, and mostly sorted already. */
function sort(rows: number[], compare: (one: number, other: number) => number): void {
  for (let sorted = 1; sorted < rows.length; sorted++) {
    const row = rows[sorted] ?? 0
    let at = sorted
    for (; at > 0 && compare(rows[at - 1] ?? 0, row) > 0; at--) rows[at] = rows[at - 1] ?? 0
    rows[at] = row
  }
}
