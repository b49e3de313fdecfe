import { nothing } from '../symbols.js'
import { noBinding, verbatim, type Tables } from '../tables.js'
import { decodedAttribute } from '../values.js'
import { attributesEnd, type FindDeclarations } from './declarations.js'
import type { ApexAttributes } from './apex-attributes.js'
import { RowList } from './row-list.js'
import type { CanonicalWriter } from './write.js'

/** Writes start tags: declarations by prefix, then attributes by namespace and local name. */
export class StartTagWriter {
  readonly #tables: Tables
  readonly #writer: CanonicalWriter
  readonly #findDeclarations: FindDeclarations
  /** What the tag gets, sorted: bindings, and rows of attributes. */
  readonly #declarations = new RowList()
  readonly #attributes = new RowList()
  readonly #comparePrefixes = (one: number, other: number): number => {
    const { bindings, symbols } = this.#tables
    return compareOctets(symbols.octets, bindings.prefixes[one], bindings.prefixes[other])
  }

  readonly #compareAttributes = (one: number, other: number): number => {
    const { attributes, bindings, symbols } = this.#tables
    const { octets, locals } = symbols
    const namespace = bindings.namespaces[attributes.bindings[one] ?? noBinding]
    const otherNamespace = bindings.namespaces[attributes.bindings[other] ?? noBinding]
    if (namespace !== otherNamespace) return compareOctets(octets, namespace, otherNamespace)
    const local = locals[attributes.names[one] ?? nothing]
    return compareOctets(octets, local, locals[attributes.names[other] ?? nothing])
  }

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
    const declarations = this.#declarations
    const attributes = this.#attributes
    this.#apex = apex
    declarations.count = attributes.count = 0
    this.#findDeclarations(element, apex !== undefined, declarations)
    const end = attributesEnd(this.#tables, element)
    for (let row = elements.firstAttributes[element] ?? 0; row < end; row++) attributes.add(row)
    if (apex) apex.applyTo(attributes)
    declarations.sort(this.#comparePrefixes)
    attributes.sort(this.#compareAttributes)
    if (((pieces.kinds[elements.startPieces[element] ?? 0] ?? 0) & verbatim) === 0) return false
    // The spelling is canonical; now everything must be there, nothing else, and in this order.
    let own = 0
    let binding = elements.scopes[element] ?? noBinding
    for (; bindings.elements[binding] === element; own++) {
      binding = bindings.outers[binding] ?? noBinding
    }
    return own === declarations.count && (apex?.changesNothing ?? true) && this.#isInOrder(element)
  }

  /** Writes the tag that was prepared, without what closes an empty element. */
  write(element: number): void {
    const { bytes, bindings, attributes } = this.#tables
    const writer = this.#writer
    writer.octets('<')
    this.writeName(element)
    for (let at = 0; at < this.#declarations.count; at++) {
      const binding = this.#declarations.rows[at] ?? noBinding
      writer.octets(' ')
      if (((bindings.flags[binding] ?? 0) & verbatim) !== 0) {
        writer.copy(bytes, bindings.starts[binding] ?? 0, bindings.ends[binding] ?? 0)
      } else {
        this.#writeDeclaration(binding)
      }
    }
    for (let at = 0; at < this.#attributes.count; at++) {
      const row = this.#attributes.rows[at] ?? 0
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
    for (let at = 0; at < this.#declarations.count; at++) {
      const binding = this.#declarations.rows[at] ?? noBinding
      if (bindings.elements[binding] !== element) return false
      const start = bindings.starts[binding] ?? 0
      if (start < before) return false
      before = start
    }
    for (let at = 0; at < this.#attributes.count; at++) {
      const row = this.#attributes.rows[at] ?? 0
      const start = attributes.starts[row] ?? 0
      if (start < before) return false
      before = start
    }
    return true
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
