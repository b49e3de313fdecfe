import { firstIdName, lastIdName, nothing, wsuNamespace, xmlNamespace } from './symbols.js'
import { noBinding, type Tables } from './tables.js'
import { attributeValue } from './text.js'

/** `Id` stands for `Id`, `ID` and `id` without a namespace. */
export type IdKind = 'wsu:Id' | 'xml:id' | 'Id'

/** Where a value stands: at one element, or at a second one too, whose attribute is at `again`. */
export interface IdPlace {
  readonly element: number
  readonly kinds: IdKind[]
  again: number | undefined
}

/** Every value of an Id attribute, of whatever kind, in one pass over the attributes. */
export function findIds(tables: Tables): Map<string, IdPlace> {
  const { elements, attributes } = tables
  const places = new Map<string, IdPlace>()
  let element = 0
  for (let row = 0; row < attributes.count; row++) {
    while (element + 1 < elements.count && (elements.firstAttributes[element + 1] ?? 0) <= row) {
      element++
    }
    const kind = idKindOf(tables, row)
    if (kind === undefined) continue
    const value = attributeValue(tables, row)
    const place = places.get(value)
    if (!place) places.set(value, { element, kinds: [kind], again: undefined })
    else if (place.element === element) place.kinds.push(kind)
    else place.again ??= attributes.starts[row]
  }
  return places
}

function idKindOf(tables: Tables, row: number): IdKind | undefined {
  const { attributes, bindings, symbols } = tables
  const local = symbols.locals[attributes.names[row] ?? nothing] ?? nothing
  if (local < firstIdName || local > lastIdName) return undefined
  const namespace = bindings.namespaces[attributes.bindings[row] ?? noBinding]
  if (namespace === nothing) return 'Id'
  if (namespace === wsuNamespace && local === firstIdName) return 'wsu:Id'
  return namespace === xmlNamespace && local === lastIdName ? 'xml:id' : undefined
}
