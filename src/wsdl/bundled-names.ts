import type { XmlDocument, XmlElement } from '../xml/document.js'
import { wsdlNamespace } from './names.js'
import type { WsdlDocument } from './wsdl-documents.js'
import type { ElementChanges, Namespaces } from './write-element.js'

/** Attributes that name a definition, by the elements that have them; those of SOAP are `header` and `headerfault`. */
const referring: ReadonlyMap<string, string> = new Map([
  ['input', 'message'],
  ['output', 'message'],
  ['fault', 'message'],
  ['header', 'message'],
  ['headerfault', 'message'],
  ['binding', 'type'],
  ['port', 'binding'],
])
/** Those that name something of a schema. */
const ofSchemas = ['element', 'type']

/**
 * Qualified names in the definitions of several WSDLs as they are in one: definitions are all in the main namespace, and every
 * prefix is one of the root's, because some tools look nowhere else.
 */
export class BundledNames {
  readonly #targetNamespace: string
  readonly #inScope: Map<string, string>
  readonly #prefixes = new Map<string, string>()
  /** Prefixes that mean something somewhere. */
  readonly #taken = new Set<string>()

  constructor(documents: readonly WsdlDocument[], { document, targetNamespace }: WsdlDocument) {
    this.#targetNamespace = targetNamespace
    this.#inScope = document.namespacesInScope(document.root)
    for (const [prefix, namespace] of this.#inScope) {
      if (prefix !== '' && !this.#prefixes.has(namespace)) this.#prefixes.set(namespace, prefix)
    }
    for (const { document: each } of documents) {
      const text = each.bytes.toString('utf8')
      for (const [, prefix = ''] of text.matchAll(/xmlns:([^\s=]+)/g)) this.#taken.add(prefix)
    }
    // So that the root has every prefix before the first child is written.
    for (const { document: each } of documents) {
      for (const element of each.inside(each.root)) this.changesOf(each, element)
    }
  }

  /** The namespaces of the root. */
  get inScope(): Namespaces {
    return this.#inScope
  }

  /** For `ElementWriter`. */
  changesOf(document: XmlDocument, element: XmlElement): ElementChanges | undefined {
    const attributes = new Map<string, string>()
    const namespaces = new Map<string, string>()
    if (!document.namespace(element).startsWith(wsdlNamespace)) return undefined
    const localName = document.localName(element)
    const isPart = localName === 'part' && document.namespace(element) === wsdlNamespace
    const definition = referring.get(localName)
    for (const name of isPart ? ofSchemas : definition === undefined ? [] : [definition]) {
      const value = document.attribute(element, '', name)?.trim()
      if (value === undefined || value === '') continue
      const colon = value.indexOf(':')
      const prefix = value.slice(0, Math.max(colon, 0))
      const said = document.namespacesInScope(element).get(prefix) ?? ''
      const meant = isPart ? said : this.#targetNamespace
      if (said === meant && (this.#inScope.get(prefix) ?? '') === said) continue
      if (meant === '') continue
      const known = this.#prefixOf(meant)
      attributes.set(name, `${known}:${value.slice(colon + 1)}`)
      namespaces.set(known, meant)
    }
    return attributes.size === 0 ? undefined : { attributes, namespaces }
  }

  #prefixOf(namespace: string): string {
    const known = this.#prefixes.get(namespace)
    if (known !== undefined) return known
    let number = this.#prefixes.size
    while (this.#taken.has(`ns${number}`)) number++
    const prefix = `ns${number}`
    this.#taken.add(prefix)
    this.#prefixes.set(namespace, prefix)
    this.#inScope.set(prefix, namespace)
    return prefix
  }
}
