import type { XmlElement } from '../xml/document.js'
import type { XmlName } from '../xsd/schema-model.js'
import { wsdlNamespace } from './names.js'
import type { Problems, WsdlDocument } from './wsdl-documents.js'

/** An element of one of the documents. */
export interface Placed {
  readonly from: WsdlDocument
  readonly element: XmlElement
}

/** What a WSDL can refer to by a qualified name. */
export const definitionKinds = ['message', 'portType', 'binding', 'service'] as const
export type DefinitionKind = (typeof definitionKinds)[number]

/** The definitions of several documents, found by kind and name. */
export class Definitions {
  readonly #byName = new Map<string, Placed>()
  readonly #problems: Problems

  constructor(documents: readonly WsdlDocument[], problems: Problems) {
    this.#problems = problems
    for (const from of documents) {
      const { document } = from
      for (const element of document.children(document.root)) {
        if (document.namespace(element) !== wsdlNamespace) continue
        const kind = definitionKinds.find((each) => each === document.localName(element))
        if (kind !== undefined) this.#add(kind, { from, element })
      }
    }
  }

  /** Of two with one name nobody can say which is meant (WSDL 1.1 §2.1.2). */
  #add(kind: DefinitionKind, placed: Placed): void {
    const { from, element } = placed
    const localName = attributeOf(placed, 'name')?.trim() ?? ''
    const key = definitionKey(kind, { namespace: from.targetNamespace, localName })
    if (this.#byName.has(key)) {
      const az = `${kind} «${localName}» təkrarlanır`
      this.#problems.at(from, element, az, `The ${kind} "${localName}" is there more than once`)
    }
    this.#byName.set(key, placed)
  }

  /** All of one kind, in the order of the documents. */
  *all(kind: DefinitionKind): Generator<Placed, void> {
    for (const [key, placed] of this.#byName) if (key.startsWith(`${kind} `)) yield placed
  }

  /** What an attribute of this element refers to; undefined, and a problem, where that is not there. */
  referred(by: Placed, attribute: string, kind: DefinitionKind): Placed | undefined {
    const name = qualifiedName(by, attribute)
    const found = name && this.#byName.get(definitionKey(kind, name))
    if (found) return found
    const value = attributeOf(by, attribute) ?? ''
    this.#problems.at(
      by.from,
      by.element,
      `${kind} «${value}» tapılmır`,
      `There is no ${kind} "${value}"`,
    )
    return undefined
  }
}

function definitionKey(kind: string, { namespace, localName }: XmlName): string {
  return `${kind} {${namespace}}${localName}`
}

export function attributeOf({ from, element }: Placed, name: string): string | undefined {
  return from.document.attribute(element, '', name)
}

/** The expanded name in an attribute; undefined where there is none, or its prefix is not declared. */
export function qualifiedName(placed: Placed, attribute: string): XmlName | undefined {
  const value = attributeOf(placed, attribute)?.trim()
  if (value === undefined || value === '') return undefined
  const colon = value.indexOf(':')
  const prefix = colon === -1 ? '' : value.slice(0, colon)
  const namespace = placed.from.document.namespaceOfPrefix(placed.element, prefix)
  if (namespace === undefined && prefix !== '') return undefined
  return { namespace: namespace ?? '', localName: value.slice(colon + 1) }
}

/** The children with this expanded name, in order. */
export function* childrenNamed(
  { from, element }: Placed,
  namespace: string,
  localName: string,
): Generator<Placed, void> {
  for (const child of from.document.children(element)) {
    if (from.document.is(child, namespace, localName)) yield { from, element: child }
  }
}

/** The first of them. */
export function childNamed(
  { from, element }: Placed,
  namespace: string,
  localName: string,
): Placed | undefined {
  const child = from.document.child(element, namespace, localName)
  return child === undefined ? undefined : { from, element: child }
}

/** The text of `wsdl:documentation`, with white space collapsed; empty where there is none. */
export function documentationOf(placed: Placed): string {
  const child = childNamed(placed, wsdlNamespace, 'documentation')
  if (child === undefined) return ''
  return child.from.document.textInside(child.element).trim().replace(/\s+/g, ' ')
}
