import { wsdlBytesMax } from '../limits/contracts.js'
import type { XmlDocument, XmlElement } from '../xml/document.js'
import { WsdlError } from './wsdl-error.js'

/** Namespaces by prefix; the default one under the empty prefix. */
export type Namespaces = ReadonlyMap<string, string>

/** What an element is to be otherwise than it stands in its document. */
export interface ElementChanges {
  /** Attributes without namespace: another value, or none. */
  readonly attributes?: ReadonlyMap<string, string | undefined>
  /** Namespaces to be declared besides. */
  readonly namespaces?: Namespaces
}

/** @returns undefined for an element that stays as it is */
export type ChangesOf = (element: XmlElement) => ElementChanges | undefined

const none: ElementChanges = {}

/** What one document may come to: every part declares its namespaces anew, so that little becomes much. */
export class SizeBudget {
  readonly #file: string
  #left = wsdlBytesMax

  constructor(file: string) {
    this.#file = file
  }

  /** @throws WsdlError where there is no room left */
  spend(text: string): string {
    this.#left -= text.length
    if (this.#left >= 0) return text
    const az = `Bir sənəd kimi WSDL ${wsdlBytesMax} bayt həddini aşır`
    const en = `As one document, the WSDL is above the limit of ${wsdlBytesMax} bytes`
    throw new WsdlError([{ file: this.#file, line: 0, text: { az, en } }])
  }
}

/**
 * An element as text for another place than its own: every namespace that is in scope of it and not there is declared,
 * so that qualified names in values keep their meaning. What stands between elements stays byte for byte.
 */
export class ElementWriter {
  readonly #document: XmlDocument
  readonly #changesOf: ChangesOf
  readonly #budget: SizeBudget
  readonly #byDefault: string | undefined

  /** @param byDefault what names without a prefix belong to where no default namespace is declared */
  constructor(document: XmlDocument, changesOf: ChangesOf, budget: SizeBudget, byDefault?: string) {
    this.#document = document
    this.#changesOf = changesOf
    this.#budget = budget
    this.#byDefault = byDefault
  }

  /** @param outer the namespaces in scope where the text will stand */
  write(element: XmlElement, outer: Namespaces): string {
    const pieces: string[] = []
    this.#write(element, outer, pieces)
    return pieces.join('')
  }

  /** The namespaces in scope of an element, as they will be. */
  namespacesOf(element: XmlElement): Namespaces {
    const inScope = this.#document.namespacesInScope(element)
    if (this.#byDefault !== undefined && !inScope.has('')) inScope.set('', this.#byDefault)
    for (const [prefix, name] of this.#changesOf(element)?.namespaces ?? []) {
      inScope.set(prefix, name)
    }
    return inScope
  }

  #write(element: XmlElement, outer: Namespaces, pieces: string[]): void {
    const document = this.#document
    const inScope = this.namespacesOf(element)
    const name = qualified(document.prefix(element), document.localName(element))
    const budget = this.#budget
    pieces.push(budget.spend(`<${name}${declarations(inScope, outer)}`))
    const { attributes } = this.#changesOf(element) ?? none
    pieces.push(budget.spend(this.#attributes(element, inScope, attributes)))
    const { start, end } = document.contentRange(element)
    if (start === end) {
      pieces.push('/>')
      return
    }
    pieces.push('>')
    const actual = joined(outer, inScope)
    let from = start
    for (const child of document.children(element)) {
      const range = document.range(child)
      pieces.push(budget.spend(document.bytes.toString('utf8', from, range.start)))
      this.#write(child, actual, pieces)
      from = range.end
    }
    pieces.push(budget.spend(document.bytes.toString('utf8', from, end)), `</${name}>`)
  }

  #attributes(
    element: XmlElement,
    inScope: Namespaces,
    changes: ReadonlyMap<string, string | undefined> = new Map(),
  ): string {
    let text = ''
    const left = new Map(changes)
    for (const { namespace, localName, value } of this.#document.attributes(element)) {
      const isChanged = namespace === '' && left.has(localName)
      const written = isChanged ? left.get(localName) : value
      if (isChanged) left.delete(localName)
      if (written === undefined) continue
      text += attribute(qualified(prefixOf(namespace, inScope), localName), written)
    }
    for (const [name, value] of left) if (value !== undefined) text += attribute(name, value)
    return text
  }
}

/** What is in scope in the text: what is outside too, where it is not hidden. */
function joined(outer: Namespaces, inScope: Namespaces): Namespaces {
  const all = new Map([...outer, ...inScope])
  if (!inScope.has('')) all.delete('')
  return all
}

/** The declarations that take one scope into the other. */
export function declarations(inScope: Namespaces, outer: Namespaces): string {
  let text = ''
  for (const [prefix, name] of [...inScope].sort(([one], [other]) => (one < other ? -1 : 1))) {
    if (outer.get(prefix) !== name) text += declaration(prefix, name)
  }
  // A prefix that is declared outside alone is used by nobody; the default namespace would be taken.
  if (outer.has('') && !inScope.has('')) text += declaration('', '')
  return text
}

function declaration(prefix: string, name: string): string {
  return attribute(prefix === '' ? 'xmlns' : `xmlns:${prefix}`, name)
}

/** A prefix for an attribute's namespace: the default one is not for attributes. */
function prefixOf(namespace: string, inScope: Namespaces): string {
  if (namespace === '') return ''
  for (const [prefix, name] of inScope) if (prefix !== '' && name === namespace) return prefix
  return 'xml'
}

function qualified(prefix: string, localName: string): string {
  return prefix === '' ? localName : `${prefix}:${localName}`
}

const references: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '"': '&quot;',
  '\t': '&#9;',
  '\n': '&#10;',
  '\r': '&#13;',
}

/** An attribute with a space before it. */
export function attribute(name: string, value: string): string {
  return ` ${name}="${value.replace(/[&<"\t\n\r]/g, (found) => references[found] ?? found)}"`
}
