import { nothing, type Symbols } from '../symbols.js'
import { noBinding, type Tables } from '../tables.js'
import type { C14nMethod } from './method.js'
import type { RowList } from './row-list.js'
import { forBindingsInScope, forOwnBindings, type RenderedNamespaces } from './rendered.js'

/**
 * Finds the bindings that a start tag has to declare in the output, and notes them as rendered.
 * `apex`: the element is the first that is written, and so has to bring what it stood in.
 */
export type FindDeclarations = (element: number, apex: boolean, found: RowList) => void

export function declarationsOf(
  method: C14nMethod,
  tables: Tables,
  rendered: RenderedNamespaces,
): FindDeclarations {
  return method.form === 'exclusive'
    ? exclusive(tables, rendered, method.inclusivePrefixes)
    : inclusive(tables, rendered, () => true)
}

/** Every namespace in scope, where it is not yet in force in the output (C14N 1.0 §2.3). */
function inclusive(
  tables: Tables,
  rendered: RenderedNamespaces,
  wants: (binding: number) => boolean,
): FindDeclarations {
  return (element, apex, found) => {
    const forBindings = apex ? forBindingsInScope : forOwnBindings
    forBindings(tables, element, (binding) => {
      if (!wants(binding) || rendered.has(binding)) return
      rendered.add(binding, element)
      found.add(binding)
    })
  }
}

/**
 * The namespaces that the names of the tag use, where they are not yet in force in the output, and
 * those of the PrefixList as in inclusive C14N (Exclusive C14N 1.0 §3).
 */
function exclusive(
  tables: Tables,
  rendered: RenderedNamespaces,
  inclusivePrefixes: readonly string[],
): FindDeclarations {
  const { attributes, bindings, elements } = tables
  const listed = symbolsOf(inclusivePrefixes, tables.symbols)
  const findListed = inclusive(tables, rendered, (binding) =>
    listed.has(bindings.prefixes[binding] ?? nothing),
  )
  const use = (binding: number, element: number, found: RowList): void => {
    if (rendered.has(binding)) return
    rendered.add(binding, element)
    found.add(binding)
  }
  return (element, apex, found) => {
    if (listed.size > 0) findListed(element, apex, found)
    use(elements.bindings[element] ?? noBinding, element, found)
    const end = attributesEnd(tables, element)
    for (let row = elements.firstAttributes[element] ?? 0; row < end; row++) {
      const binding = attributes.bindings[row] ?? noBinding
      // A name without prefix has no namespace, whatever the default is.
      if (binding !== noBinding) use(binding, element, found)
    }
  }
}

function symbolsOf(prefixes: readonly string[], symbols: Symbols): Set<number> {
  const found = new Set<number>()
  for (const prefix of prefixes) {
    const symbol = prefix === '#default' ? nothing : symbols.find(prefix)
    if (symbol !== undefined) found.add(symbol)
  }
  return found
}

/** The row after the last attribute of an element. */
export function attributesEnd({ elements, attributes }: Tables, element: number): number {
  const next = element + 1
  return next < elements.count ? (elements.firstAttributes[next] ?? 0) : attributes.count
}
