import { xmlLimits } from '../../limits/documents.js'
import { baseName, langName, nothing, spaceName, xmlNamespace } from '../symbols.js'
import { noBinding, type Tables } from '../tables.js'
import { attributeValue } from '../text.js'
import { XmlError } from '../xml-error.js'
import { attributesEnd } from './declarations.js'
import type { C14nMethod } from './method.js'
import type { RowList } from './row-list.js'
import { joinReferences } from './xml-base.js'

/** What the first element of a part takes over from the elements around it. */
export class ApexAttributes {
  readonly #inherited: readonly number[]
  /** The attribute `xml:base` with its new value; undefined where it stays as it is. */
  readonly #base: { readonly row: number; readonly value: string } | undefined

  constructor(inherited: readonly number[], base?: { row: number; value: string }) {
    this.#inherited = inherited
    this.#base = base
  }

  /** Whether the tag keeps the attributes that it has. */
  get changesNothing(): boolean {
    return this.#inherited.length === 0 && this.#base === undefined
  }

  /** Completes the attributes of the element. */
  applyTo(rows: RowList): void {
    for (const row of this.#inherited) rows.add(row)
    if (!this.#base) return
    const { row, value } = this.#base
    // An empty xml:base is not written (C14N 1.1 §2.4).
    if (value === '') rows.remove(row)
    else if (!rows.has(row)) rows.add(row)
  }

  /** The value that an attribute has instead of its own. */
  valueOf(row: number): Buffer | undefined {
    return this.#base?.row === row ? Buffer.from(this.#base.value, 'utf8') : undefined
  }
}

const inheritsNothing = new ApexAttributes([])

/**
 * The `xml:` attributes that an element inherits when what is around it is not written: all of them
 * in C14N 1.0 (§2.4); `xml:lang`, `xml:space` and a joined `xml:base` in C14N 1.1 (§2.4); none in the
 * exclusive form (§3).
 * @throws XmlError for an `xml:base` above the limit
 */
export function apexAttributes(method: C14nMethod, tables: Tables, apex: number): ApexAttributes {
  if (method.form === 'exclusive' || apex === 0) return inheritsNothing
  const all = method.form === 'inclusive 1.0'
  const { elements } = tables
  const seen = new Set<number>()
  const inherited: number[] = []
  const bases: number[] = []
  for (let element = apex; ; element = elements.parents[element] ?? 0) {
    for (const { row, local } of xmlAttributes(tables, element)) {
      if (local === baseName) bases.push(row)
      const inherits = all || local === langName || local === spaceName
      if (inherits && !seen.has(local) && element !== apex) inherited.push(row)
      seen.add(local)
    }
    if (element === 0) break
  }
  return new ApexAttributes(inherited, all ? undefined : joinedBase(tables, apex, bases))
}

function* xmlAttributes(
  tables: Tables,
  element: number,
): Generator<{ readonly row: number; readonly local: number }> {
  const { attributes, bindings, elements, symbols } = tables
  const end = attributesEnd(tables, element)
  for (let row = elements.firstAttributes[element] ?? 0; row < end; row++) {
    if (bindings.namespaces[attributes.bindings[row] ?? noBinding] !== xmlNamespace) continue
    yield { row, local: symbols.locals[attributes.names[row] ?? nothing] ?? nothing }
  }
}

/** @param rows the `xml:base` attributes from the apex outwards */
function joinedBase(
  tables: Tables,
  apex: number,
  rows: readonly number[],
): { row: number; value: string } | undefined {
  const [innermost, ...outer] = rows
  if (innermost === undefined) return undefined
  const isOwn = innermost >= (tables.elements.firstAttributes[apex] ?? 0)
  // Only the elements left out call for it.
  if (isOwn && outer.length === 0) return undefined
  const value = outer.reduce(
    (joined, row) => joinReferences(baseOf(tables, row), joined),
    baseOf(tables, innermost),
  )
  return { row: innermost, value }
}

function baseOf(tables: Tables, row: number): string {
  const { bytes, attributes } = tables
  const start = attributes.valueStarts[row] ?? 0
  if ((attributes.valueEnds[row] ?? 0) - start > xmlLimits.baseBytesMax) {
    throw new XmlError('limit', 'an xml:base is too long to be joined', bytes, start)
  }
  return attributeValue(tables, row)
}
