import { xsdLimits } from '../limits/contracts.js'
import { checkIncluded, type IncludedFiles } from './included-files.js'
import type { Violation } from '../violation/violation.js'
import type { XmlAttribute, XmlDocument, XmlElement } from '../xml/document.js'
import { XmlError } from '../xml/xml-error.js'
import { anyType } from './built-in-types.js'
import {
  keyOf,
  type ElementDeclaration,
  type SchemaSet,
  type SimpleType,
  type TypeDefinition,
  type Wildcard,
} from './schema-model.js'
import { compiledType, type CompiledType } from './validate/compiled-type.js'
import { instanceAttribute, maySubstitute, namedType } from './validate/instance-type.js'
import { refuseAttributes, validateAttributes } from './validate/validate-attributes.js'
import { validateContent, type ElementVisitor } from './validate/validate-content.js'
import { checkReferences, findingOf, isFixedValue } from './validate/validate-value.js'
import { Validation } from './validate/validation.js'

export interface ValidationOptions {
  /** Violations after which nothing more is looked at. */
  readonly violationsMax?: number
  /**
   * Attachments of a message that is packed as MTOM: an `xop:Include` then stands for a value of `xs:base64Binary`
   * (XOP 1.0 §3).
   */
  readonly files?: IncludedFiles | undefined
}

const xopNamespace = 'http://www.w3.org/2004/08/xop/include'

/**
 * Validates an element and everything inside against a declaration (XML Schema 1.0 part 1 §3.3.4), without
 * a copy of the document. Cost is linear in the element.
 * @returns what is wrong, in document order; empty where nothing is. Paths begin with the element's own name.
 */
export function validateElement(
  document: XmlDocument,
  element: XmlElement,
  declaration: ElementDeclaration,
  schemas: SchemaSet,
  { violationsMax = xsdLimits.violationsMax, files }: ValidationOptions = {},
): Violation[] {
  const validation = new Validation(document, element, schemas, violationsMax, files)
  const name = { namespace: document.namespace(element), localName: document.localName(element) }
  const found = [declaration, ...declaration.substitutes].find(
    (each) => each.name.localName === name.localName && each.name.namespace === name.namespace,
  )
  if (found) new ElementValidator(validation).declared(element, found)
  else validation.add(element, 'unexpected', declaration.name.localName)
  checkReferences(validation)
  return validation.violations
}

class ElementValidator implements ElementVisitor {
  readonly #validation: Validation
  readonly #document: XmlDocument

  constructor(validation: Validation) {
    this.#validation = validation
    this.#document = validation.document
  }

  /** An element for which there is a declaration. */
  declared(element: XmlElement, declaration: ElementDeclaration): void {
    const validation = this.#validation
    const attributes = this.#document.attributes(element)
    if (declaration.isAbstract) validation.add(element, 'abstract')
    let type = declaration.type
    if (attributes.length > 0) {
      type = this.#instanceType(element, attributes, declaration)
      if (this.#isNil(element, attributes, declaration, type)) return
    }
    this.#typed(element, attributes, type, declaration)
  }

  /** An element in the place of a wildcard. */
  wild(element: XmlElement, { process }: Wildcard): void {
    if (process === 'skip') return
    const document = this.#document
    const namespace = document.namespace(element)
    const localName = document.localName(element)
    const declaration = this.#validation.schemas.elements.get(keyOf({ namespace, localName }))
    if (declaration) {
      this.declared(element, declaration)
      return
    }
    const attributes = document.attributes(element)
    const named = instanceAttribute(attributes, 'type')
    const type = named === undefined ? undefined : namedType(this.#validation, element, named)
    if (type) this.#typed(element, attributes, type, undefined)
    else if (process === 'strict') this.#validation.add(element, 'unknown')
    else if (named !== undefined) this.#validation.add(element, 'derivedType')
    else this.#typed(element, attributes, anyType, undefined)
  }

  #instanceType(
    element: XmlElement,
    attributes: readonly XmlAttribute[],
    declaration: ElementDeclaration,
  ): TypeDefinition {
    const named = instanceAttribute(attributes, 'type')
    if (named === undefined) return declaration.type
    const type = namedType(this.#validation, element, named)
    if (type && maySubstitute(type, declaration.type, declaration.blocks ?? [])) return type
    this.#validation.add(element, 'derivedType')
    return declaration.type
  }

  /** Deals with `xsi:nil` (part 1 §3.3.4, clause 3). @returns whether the element is nil, and so done */
  #isNil(
    element: XmlElement,
    attributes: readonly XmlAttribute[],
    declaration: ElementDeclaration,
    type: TypeDefinition,
  ): boolean {
    const nil = instanceAttribute(attributes, 'nil')
    if (nil === undefined) return false
    const validation = this.#validation
    if (!declaration.isNillable) {
      validation.add(element, 'null')
      return false
    }
    if (nil === 'false' || nil === '0') return false
    if (nil !== 'true' && nil !== '1') {
      validation.addOfAttribute(element, 'nil', 'type', 'boolean')
      return false
    }
    const isEmpty =
      this.#document.firstChild(element) === undefined && this.#document.textInside(element) === ''
    if (!isEmpty) validation.add(element, 'notEmpty')
    if (declaration.fixedValue !== undefined) validation.add(element, 'null')
    if (type.kind === 'simple') refuseAttributes(validation, element, attributes)
    else validateAttributes(validation, element, attributes, compiledType(type))
    return true
  }

  #typed(
    element: XmlElement,
    attributes: readonly XmlAttribute[],
    type: TypeDefinition,
    declaration: ElementDeclaration | undefined,
  ): void {
    const validation = this.#validation
    if (type.kind === 'simple') {
      if (attributes.length > 0) refuseAttributes(validation, element, attributes)
      this.#value(element, type, declaration)
      return
    }
    const compiled = compiledType(type)
    if (type.isAbstract) validation.add(element, 'abstract')
    validateAttributes(validation, element, attributes, compiled)
    if (compiled.valueType) this.#value(element, compiled.valueType, declaration)
    else this.#content(element, compiled)
  }

  #content(element: XmlElement, { model, isMixed }: CompiledType): void {
    const document = this.#document
    // Not even white space stands in what is empty (part 1 §3.4.4, clause 2.1).
    if (!model && document.textInside(element) !== '') this.#validation.add(element, 'text')
    else if (!isMixed && !document.hasOnlyElements(element)) this.#validation.add(element, 'text')
    if (model) {
      validateContent(this.#validation, element, model, this)
      return
    }
    for (const child of document.children(element)) this.#validation.add(child, 'unknown')
  }

  #value(element: XmlElement, type: SimpleType, declaration: ElementDeclaration | undefined): void {
    const validation = this.#validation
    const inside = this.#document.firstChild(element)
    if (inside !== undefined) {
      this.#included(element, inside, type, declaration)
      return
    }
    const text = this.#text(element)
    if (text === undefined) return
    const given = declaration?.defaultValue ?? declaration?.fixedValue
    // An empty element has the value that its declaration gives (part 1 §3.3.4, clause 5.1).
    if (text === '' && given !== undefined) return
    const found = findingOf(validation, element, type, text)
    if (found) {
      validation.add(element, found.rule, found.term)
    } else if (declaration?.fixedValue !== undefined) {
      if (!isFixedValue(type, declaration.fixedValue, text)) {
        validation.add(element, 'fixed', declaration.fixedValue)
      }
    }
  }

  /** An element in a value, which may be what stands for an attachment of the message (XOP 1.0 §4.2). */
  #included(
    element: XmlElement,
    inside: XmlElement,
    type: SimpleType,
    declaration: ElementDeclaration | undefined,
  ): void {
    const validation = this.#validation
    const document = this.#document
    const { files } = validation
    const isInclude =
      type.primitive === 'base64Binary' &&
      document.is(inside, xopNamespace, 'Include') &&
      document.nextSibling(inside) === undefined &&
      document.firstChild(inside) === undefined &&
      document.hasOnlyElements(element) &&
      document.hasOnlyElements(inside)
    if (files === undefined || !isInclude || declaration?.fixedValue !== undefined) {
      validation.add(inside, 'unknown')
      return
    }
    const found = checkIncluded(type, document.attribute(inside, '', 'href') ?? '', files)
    if (found) validation.add(element, found.rule, found.term)
  }

  /** The text of a value; undefined, and noted, where a comment stands in it: others read up to there only. */
  #text(element: XmlElement): string | undefined {
    try {
      return this.#document.text(element)
    } catch (error) {
      if (!(error instanceof XmlError)) throw error
      this.#validation.add(element, 'syntax', error.reason)
      return undefined
    }
  }
}
