import { violation, type Violation } from '../violation/violation.js'
import type { XmlDocument, XmlElement } from '../xml/document.js'
import type { ElementDeclaration, SchemaSet } from './schema-model.js'
import { validateElement, type ValidationOptions } from './validate-element.js'

/**
 * Holds the element that is a message's payload to its declaration. Paths begin inside of it, as those of the other
 * protocols do: the element itself is `/`.
 */
export function checkPayload(
  document: XmlDocument,
  element: XmlElement,
  declaration: ElementDeclaration,
  schemas: SchemaSet,
  options?: ValidationOptions,
): readonly Violation[] {
  const other = otherElement(document, element, declaration)
  if (other !== undefined) return [other]
  const violations = validateElement(document, element, declaration, schemas, options)
  if (violations.length === 0) return violations
  const root = document.localName(element).length + 1
  return violations.map(({ path, rule, text }) => ({ path: path.slice(root) || '/', rule, text }))
}

/** What is wrong with an element that is neither the declared one nor one that may stand for it. */
export function otherElement(
  document: XmlDocument,
  element: XmlElement,
  { name: { namespace, localName }, substitutes }: ElementDeclaration,
): Violation | undefined {
  const isDeclared =
    document.is(element, namespace, localName) ||
    substitutes.some(({ name }) => document.is(element, name.namespace, name.localName))
  if (isDeclared) return undefined
  const path = `/${document.localName(element)}`
  return violation(path, 'unexpected', `{${namespace}}${localName}`)
}
