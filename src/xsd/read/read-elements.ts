import type { XmlElement } from '../../xml/document.js'
import { anyType } from '../built-in-types.js'
import type { ElementDeclaration, SimpleType, TypeDefinition } from '../schema-model.js'
import { givenValues, hintOf } from './read-values.js'
import type { InMaking, Resolver } from './resolver.js'
import {
  attributeOf,
  derivationsOf,
  documentationOf,
  expandName,
  isTrue,
  partOf,
  type SchemaScope,
} from './schema-scope.js'

const ofGlobals = ['abstract', 'substitutionGroup', 'final'] as const
const ofDeclarations = ['name', 'type', 'default', 'fixed', 'nillable', 'block', 'form'] as const

/** An element declaration within a content model, or the global one that it refers to. */
export function readLocalElement(
  resolver: Resolver,
  scope: SchemaScope,
  element: XmlElement,
): ElementDeclaration | undefined {
  const ref = attributeOf(scope, element, 'ref')
  refuseAttributes(resolver, scope, element, ofGlobals)
  if (ref !== undefined) {
    refuseAttributes(resolver, scope, element, ofDeclarations)
    return resolver.element(scope, element, ref)
  }
  const form = attributeOf(scope, element, 'form')
  if (form !== undefined && form !== 'qualified' && form !== 'unqualified') {
    resolver.problems.add('invalid', scope, element, `form="${form}"`)
  }
  const isQualified = form === undefined ? scope.qualifiesElements : form === 'qualified'
  return readElement(resolver, scope, element, isQualified ? scope.targetNamespace : '')
}

function refuseAttributes(
  resolver: Resolver,
  scope: SchemaScope,
  element: XmlElement,
  names: readonly string[],
): void {
  for (const name of names) {
    if (attributeOf(scope, element, name) !== undefined) {
      resolver.problems.add('invalid', scope, element, `xs:element/@${name}`)
    }
  }
}

/** Reads a global element declaration. */
export function readGlobalElement(
  resolver: Resolver,
  scope: SchemaScope,
  element: XmlElement,
): ElementDeclaration | undefined {
  refuseAttributes(resolver, scope, element, ['ref', 'form', 'minOccurs', 'maxOccurs'])
  return readElement(resolver, scope, element, scope.targetNamespace)
}

function readElement(
  resolver: Resolver,
  scope: SchemaScope,
  element: XmlElement,
  namespace: string,
): ElementDeclaration | undefined {
  const localName = attributeOf(scope, element, 'name')
  if (localName === undefined || localName === '') {
    resolver.problems.add('invalid', scope, element, 'xs:element/@name')
    return undefined
  }
  for (const kind of ['key', 'keyref', 'unique']) {
    const part = partOf(scope, element, kind)
    if (part !== undefined) resolver.problems.add('unsupported', scope, part, `xs:${kind}`)
  }
  const type = typeOf(resolver, scope, element)
  const given = hasGiven(scope, element)
    ? givenValues(resolver.problems, scope, element, valueTypeOf(resolver, scope, element, type))
    : { defaultValue: undefined, fixedValue: undefined }
  const declaration: InMaking<ElementDeclaration> = {
    kind: 'element',
    name: { namespace, localName },
    type,
    isNillable: isTrue(scope, element, 'nillable'),
    isAbstract: isTrue(scope, element, 'abstract'),
    ...given,
    substitutes: [],
    blocks: derivationsOf(attributeOf(scope, element, 'block'), scope.blockDefault),
    documentation: documentationOf(scope, element),
    hint: hintOf(scope, element),
  }
  return declaration
}

function hasGiven({ document }: SchemaScope, element: XmlElement): boolean {
  return (
    document.attribute(element, '', 'default') !== undefined ||
    document.attribute(element, '', 'fixed') !== undefined
  )
}

/** The type of an element's text; undefined where it may have elements inside. */
function valueTypeOf(
  resolver: Resolver,
  scope: SchemaScope,
  element: XmlElement,
  type: TypeDefinition,
): SimpleType | undefined {
  if (type.kind === 'simple') return type
  resolver.complete(scope, element, type)
  return type.content.kind === 'simple' ? type.content.type : undefined
}

function typeOf(resolver: Resolver, scope: SchemaScope, element: XmlElement): TypeDefinition {
  const named = attributeOf(scope, element, 'type')
  const simple = partOf(scope, element, 'simpleType')
  const complex = partOf(scope, element, 'complexType')
  const given = [named, simple, complex].filter((each) => each !== undefined)
  if (given.length > 1) {
    resolver.problems.add('invalid', scope, element, '@type, xs:simpleType, xs:complexType')
  }
  if (named !== undefined) return resolver.type(scope, element, named)
  if (simple !== undefined) return resolver.anonymousSimple(scope, simple)
  if (complex !== undefined) return resolver.anonymousComplex(scope, complex)
  const head = attributeOf(scope, element, 'substitutionGroup')
  if (head !== undefined && expandName(scope, element, head)) {
    return resolver.element(scope, element, head)?.type ?? anyType
  }
  return anyType
}
