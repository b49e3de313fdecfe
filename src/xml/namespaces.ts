import { xmlLimits } from '../limits/documents.js'
import { cellsOf, grown } from './cells.js'
import {
  nothing,
  xmlNamespace,
  xmlnsNamespace,
  xmlnsPrefix,
  xmlPrefix,
  type Symbols,
} from './symbols.js'
import { BindingTable, noBinding, xmlBinding } from './tables.js'

/** A declaration as it stands in a start tag. */
export interface Declaration {
  readonly prefix: number
  readonly namespace: number
  readonly element: number
  readonly start: number
  readonly end: number
  readonly flags: number
}

/** Why a declaration is not accepted. */
export interface Refusal {
  readonly kind: 'malformed' | 'refused' | 'limit'
  readonly reason: string
}

/** The namespaces in scope at the place that is being read (Namespaces in XML 1.0 §6). */
export class NamespaceScope {
  readonly bindings = new BindingTable()
  /** The innermost binding; the others follow through `outers`. */
  innermost = noBinding
  readonly #symbols: Symbols
  /** By the symbol of a prefix: the binding in force; `noBinding` where there is none. */
  #inForce: Int32Array
  #count = 0

  constructor(symbols: Symbols) {
    this.#symbols = symbols
    // Some room for the prefixes that this document is the first to use.
    this.#inForce = cellsOf(symbols.count + 32)
    this.bindings.add(nothing, nothing, builtIn, noBinding, noBinding)
    this.bindings.add(xmlPrefix, xmlNamespace, builtIn, noBinding, noBinding)
    this.#inForce[xmlPrefix] = xmlBinding
  }

  /** The binding in force for a prefix; `noBinding` where there is none. */
  bindingOf(prefix: number): number {
    return this.#inForce[prefix] ?? noBinding
  }

  /** Takes a declaration into the scope. @returns why not, if it may not be */
  declare(declaration: Declaration): Refusal | undefined {
    const { prefix, element } = declaration
    const refusal = this.#refusalOf(declaration)
    if (refusal) return refusal
    const shadowed = this.bindingOf(prefix)
    if (this.bindings.elements[shadowed] === element) return twice
    if (shadowed === noBinding && ++this.#count > xmlLimits.namespacesInScopeMax) return tooMany
    while (prefix >= this.#inForce.length) this.#inForce = grown(this.#inForce)
    const { bindings } = this
    const binding = bindings.add(prefix, declaration.namespace, element, this.innermost, shadowed)
    bindings.starts[binding] = declaration.start
    bindings.ends[binding] = declaration.end
    bindings.flags[binding] = declaration.flags
    this.#inForce[prefix] = this.innermost = binding
    return undefined
  }

  /** Takes the declarations of an element out of the scope. */
  leave(element: number): void {
    const { bindings } = this
    while (bindings.elements[this.innermost] === element) {
      const shadowed = bindings.shadowed[this.innermost] ?? noBinding
      if (shadowed === noBinding) this.#count--
      this.#inForce[bindings.prefixes[this.innermost] ?? nothing] = shadowed
      this.innermost = bindings.outers[this.innermost] ?? noBinding
    }
  }

  /** Namespaces in XML 1.0 §2.2, §3 (reserved prefixes and namespace names), §6.1 (undeclaring). */
  #refusalOf({ prefix, namespace }: Declaration): Refusal | undefined {
    if (prefix === xmlnsPrefix) return malformed('the prefix xmlns may not be declared')
    if ((prefix === xmlPrefix) !== (namespace === xmlNamespace)) {
      return malformed('the prefix xml and its namespace belong to each other alone')
    }
    if (namespace === xmlnsNamespace) return malformed('the namespace of xmlns may not be declared')
    if (namespace === nothing) {
      return prefix === nothing ? undefined : malformed('a prefix may not be undeclared')
    }
    // A namespace name is a URI (§2.1); C14N leaves no meaning to a relative one (C14N 1.0 §1.3).
    if (this.#symbols.isUri(namespace)) return undefined
    const hasScheme = /^[A-Za-z][A-Za-z0-9+.-]*:/.test(this.#symbols.octets[namespace] ?? '')
    return hasScheme ? malformed('a namespace name is not a URI') : relative
  }
}

/** The element of a binding that no element declares. */
const builtIn = -1

const malformed = (reason: string): Refusal => ({ kind: 'malformed', reason })
const twice = malformed('a prefix is declared twice in one tag')
const tooMany: Refusal = { kind: 'limit', reason: 'too many namespaces are in scope' }
const relative: Refusal = { kind: 'refused', reason: 'a namespace name is a relative reference' }
