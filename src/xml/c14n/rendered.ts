import { nothing, xmlPrefix } from '../symbols.js'
import { noBinding, type Tables } from '../tables.js'

/** The namespace declarations that the output has in force, at the place where it is written. */
export class RenderedNamespaces {
  readonly #tables: Tables
  /** By the symbol of a prefix: the symbol of its namespace; `nothing` where none is declared. */
  readonly #inForce: Int32Array
  /** What was in force before: prefix and namespace, and so on. */
  readonly #before: number[] = []
  /** The elements with declarations around the place, and the length of `#before` at each. */
  readonly #marks: number[] = []
  /** The innermost of them; -1 where there is none. */
  innermost = -1

  constructor(tables: Tables) {
    this.#tables = tables
    this.#inForce = new Int32Array(tables.symbols.count)
  }

  /** Whether a binding holds in the output without a further declaration. */
  has(binding: number): boolean {
    const { bindings } = this.#tables
    const prefix = bindings.prefixes[binding] ?? nothing
    return this.#inForce[prefix] === bindings.namespaces[binding] || prefix === xmlPrefix
  }

  /** Takes note of a declaration that is written at an element. */
  add(binding: number, element: number): void {
    const { bindings } = this.#tables
    if (this.innermost !== element) {
      this.#marks.push(this.innermost, this.#before.length)
      this.innermost = element
    }
    const prefix = bindings.prefixes[binding] ?? nothing
    this.#before.push(prefix, this.#inForce[prefix] ?? nothing)
    this.#inForce[prefix] = bindings.namespaces[binding] ?? nothing
  }

  /** Goes back to what was in force around the innermost element with declarations. */
  leave(): void {
    const length = this.#marks.pop() ?? 0
    this.innermost = this.#marks.pop() ?? -1
    while (this.#before.length > length) {
      const namespace = this.#before.pop() ?? nothing
      this.#inForce[this.#before.pop() ?? nothing] = namespace
    }
  }
}

/** Calls `use` with every binding that an element declares itself. */
export function forOwnBindings(
  { bindings, elements }: Tables,
  element: number,
  use: (binding: number) => void,
): void {
  let binding = elements.scopes[element] ?? noBinding
  while (bindings.elements[binding] === element) {
    use(binding)
    binding = bindings.outers[binding] ?? noBinding
  }
}

/** Calls `use` with every binding in force inside an element, `xml` and `xmlns=""` included. */
export function forBindingsInScope(
  { bindings, elements }: Tables,
  element: number,
  use: (binding: number) => void,
): void {
  const seen = new Set<number>()
  let binding = elements.scopes[element] ?? noBinding
  for (; binding !== noBinding; binding = bindings.outers[binding] ?? noBinding) {
    const prefix = bindings.prefixes[binding] ?? nothing
    if (seen.has(prefix)) continue
    seen.add(prefix)
    use(binding)
  }
}
