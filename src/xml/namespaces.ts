import { xmlLimits } from '../limits.js'
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

const builtIn = { element: -1, start: 0, end: 0, flags: 0 }

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
    this.#inForce = new Int32Array(symbols.count + 32)
    this.#add({ ...builtIn, prefix: nothing, namespace: nothing }, noBinding)
    this.#add({ ...builtIn, prefix: xmlPrefix, namespace: xmlNamespace }, noBinding)
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
    if (prefix >= this.#inForce.length) this.#makeRoomFor(prefix)
    this.#inForce[prefix] = this.innermost = this.#add(declaration, shadowed)
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

  #add(declaration: Declaration, shadowed: number): number {
    const { bindings } = this
    bindings.outers.push(this.innermost)
    bindings.shadowed.push(shadowed)
    bindings.namespaces.push(declaration.namespace)
    bindings.elements.push(declaration.element)
    bindings.starts.push(declaration.start)
    bindings.ends.push(declaration.end)
    bindings.flags.push(declaration.flags)
    return bindings.prefixes.push(declaration.prefix) - 1
  }

  #makeRoomFor(prefix: number): void {
    const larger = new Int32Array(prefix * 2)
    larger.set(this.#inForce)
    this.#inForce = larger
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
    return absolute.test(this.#symbols.octets[namespace] ?? '') ? undefined : relative
  }
}

const malformed = (reason: string): Refusal => ({ kind: 'malformed', reason })
const twice = malformed('a prefix is declared twice in one tag')
const tooMany: Refusal = { kind: 'limit', reason: 'too many namespaces are in scope' }

// A scheme and a colon (RFC 3986 §3.1). C14N 1.0 §1.3 leaves no meaning to relative namespace names.
const absolute = /^[A-Za-z][A-Za-z0-9+.-]*:/
const relative: Refusal = { kind: 'refused', reason: 'a namespace name is a relative reference' }
