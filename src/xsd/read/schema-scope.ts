import type { XmlDocument, XmlElement } from '../../xml/document.js'
import { placeOf } from '../../xml/xml-error.js'
import { xsdNamespace } from '../built-in-types.js'
import {
  schemaProblem,
  SchemaError,
  type SchemaProblem,
  type SchemaProblemKind,
} from '../schema-error.js'
import { xsdLimits } from '../../limits/contracts.js'
import type { Derivation, XmlName } from '../schema-model.js'

/** One `xs:schema` element as it is read: a document included without namespace is read for each includer. */
export interface SchemaScope {
  readonly file: string
  readonly document: XmlDocument
  readonly schema: XmlElement
  readonly targetNamespace: string
  /** Included without a namespace of its own: names without prefix are the includer's. */
  readonly isChameleon: boolean
  readonly qualifiesElements: boolean
  readonly qualifiesAttributes: boolean
  readonly blockDefault: string
  readonly finalDefault: string
}

/** What is found wrong, up to `problemsMax`. */
export class Problems {
  readonly #all: SchemaProblem[] = []

  add(kind: SchemaProblemKind, scope: SchemaScope, element: XmlElement, term: string): void {
    if (this.#all.length >= xsdLimits.problemsMax) return
    const { document, file } = scope
    const { line } = placeOf(document.bytes, document.range(element).start)
    this.#all.push(schemaProblem(kind, file, line, term))
  }

  addOfFile(kind: SchemaProblemKind, file: string, line: number, term: string): void {
    if (this.#all.length < xsdLimits.problemsMax) {
      this.#all.push(schemaProblem(kind, file, line, term))
    }
  }

  get count(): number {
    return this.#all.length
  }

  /** @throws SchemaError where there is any */
  check(): void {
    const [first, ...others] = this.#all
    if (first) throw new SchemaError([first, ...others])
  }
}

/** A scope for a schema element. @param includer namespace of who includes it, undefined for none */
export function scopeOf(
  file: string,
  document: XmlDocument,
  schema: XmlElement,
  includer?: string,
): SchemaScope {
  const own = document.attribute(schema, '', 'targetNamespace')
  return {
    file,
    document,
    schema,
    targetNamespace: own ?? includer ?? '',
    isChameleon: own === undefined && includer !== undefined && includer !== '',
    qualifiesElements: document.attribute(schema, '', 'elementFormDefault') === 'qualified',
    qualifiesAttributes: document.attribute(schema, '', 'attributeFormDefault') === 'qualified',
    blockDefault: document.attribute(schema, '', 'blockDefault') ?? '',
    finalDefault: document.attribute(schema, '', 'finalDefault') ?? '',
  }
}

/** An attribute without namespace, white space collapsed. */
export function attributeOf(
  { document }: SchemaScope,
  element: XmlElement,
  name: string,
): string | undefined {
  return document.attribute(element, '', name)?.trim()
}

/** `true` or `1`. */
export function isTrue(scope: SchemaScope, element: XmlElement, name: string): boolean {
  const value = attributeOf(scope, element, name)
  return value === 'true' || value === '1'
}

/** The schema elements inside, without annotations; of another namespace nothing is looked at. */
export function partsOf({ document }: SchemaScope, element: XmlElement): XmlElement[] {
  const parts: XmlElement[] = []
  for (const child of document.children(element)) {
    if (document.namespace(child) === xsdNamespace && document.localName(child) !== 'annotation') {
      parts.push(child)
    }
  }
  return parts
}

/** The first schema element inside with one of these names. */
export function partOf(
  scope: SchemaScope,
  element: XmlElement,
  ...names: readonly string[]
): XmlElement | undefined {
  return partsOf(scope, element).find((part) => names.includes(scope.document.localName(part)))
}

/** The expanded name that a qualified name in the schema stands for; undefined where its prefix is not declared. */
export function expandName(
  scope: SchemaScope,
  at: XmlElement,
  qualified: string,
): XmlName | undefined {
  const colon = qualified.indexOf(':')
  const localName = qualified.slice(colon + 1)
  const namespace = scope.document.namespaceOfPrefix(at, qualified.slice(0, Math.max(colon, 0)))
  if (namespace !== undefined) return { namespace, localName }
  if (colon >= 0) return undefined
  return { namespace: scope.isChameleon ? scope.targetNamespace : '', localName }
}

const derivations: readonly Derivation[] = [
  'extension',
  'restriction',
  'substitution',
  'list',
  'union',
]

/** The value of `block` or `final`. */
export function derivationsOf(value: string | undefined, byDefault: string): readonly Derivation[] {
  const words = (value ?? byDefault).split(/[ \t\r\n]+/)
  return words.includes('#all') ? derivations : derivations.filter((each) => words.includes(each))
}

/** Text of `xs:documentation`. */
export function documentationOf({ document }: SchemaScope, element: XmlElement): string {
  const annotation = document.child(element, xsdNamespace, 'annotation')
  const texts: string[] = []
  if (annotation === undefined) return ''
  for (const each of document.children(annotation)) {
    if (document.is(each, xsdNamespace, 'documentation'))
      texts.push(document.textInside(each).trim())
  }
  return texts.filter((text) => text !== '').join('\n')
}
