import type { XmlElement } from '../../xml/document.js'
import { anySimpleType } from '../built-in-types.js'
import { textChecker } from '../check-text.js'
import { PatternError } from '../pattern/character-class.js'
import type { SimpleType, XmlName } from '../schema-model.js'
import { readFacets } from './read-facets.js'
import type { Resolver } from './resolver.js'
import { attributeOf, derivationsOf, partsOf, type SchemaScope } from './schema-scope.js'

/** Reads a `simpleType` element. */
export function readSimpleType(
  resolver: Resolver,
  scope: SchemaScope,
  element: XmlElement,
  name: XmlName | undefined,
): SimpleType {
  resolver.counts(scope, element)
  const finals = derivationsOf(attributeOf(scope, element, 'final'), scope.finalDefault)
  const [way] = partsOf(scope, element)
  const kind = way === undefined ? '' : scope.document.localName(way)
  if (way === undefined) {
    resolver.problems.add('invalid', scope, element, 'xs:simpleType')
    return anySimpleType
  }
  if (kind === 'list') return { ...readList(resolver, scope, way), name, finals }
  if (kind === 'union') return { ...readUnion(resolver, scope, way), name, finals }
  return { ...restrictSimple(resolver, scope, way, baseOf(resolver, scope, way)), name, finals }
}

/** The type of an attribute that names one, or of a `simpleType` inside. */
function baseOf(resolver: Resolver, scope: SchemaScope, restriction: XmlElement): SimpleType {
  const base = namedOrInside(resolver, scope, restriction, 'base')
  if (base === anySimpleType || base === undefined) {
    resolver.problems.add('invalid', scope, restriction, 'xs:restriction/@base')
    return anySimpleType
  }
  checkFinal(resolver, scope, restriction, base, 'restriction')
  return base
}

function namedOrInside(
  resolver: Resolver,
  scope: SchemaScope,
  element: XmlElement,
  attribute: string,
): SimpleType | undefined {
  const named = attributeOf(scope, element, attribute)
  const [inside] = partsOf(scope, element).filter(
    (part) => scope.document.localName(part) === 'simpleType',
  )
  if (named !== undefined && inside !== undefined) {
    resolver.problems.add('invalid', scope, element, `@${attribute}, xs:simpleType`)
  }
  if (named !== undefined) return resolver.simpleType(scope, element, named)
  return inside === undefined ? undefined : resolver.anonymousSimple(scope, inside)
}

function checkFinal(
  resolver: Resolver,
  scope: SchemaScope,
  at: XmlElement,
  type: SimpleType,
  way: 'restriction' | 'list' | 'union',
): void {
  if (type.finals?.includes(way)) {
    resolver.problems.add('invalid', scope, at, `final: ${type.name?.localName ?? ''}`)
  }
}

/** A restriction of a type by the facets inside an element. Its patterns are compiled here for the first time. */
export function restrictSimple(
  resolver: Resolver,
  scope: SchemaScope,
  restriction: XmlElement,
  base: SimpleType,
): SimpleType {
  const facets = readFacets(resolver.problems, scope, restriction, base)
  const type: SimpleType = { ...base, name: undefined, base, finals: [], facets }
  try {
    textChecker(type)
    return type
  } catch (error) {
    if (!(error instanceof PatternError)) throw error
    resolver.problems.add('pattern', scope, restriction, error.message)
    return { ...base, name: undefined, base }
  }
}

const noFacets = { whiteSpace: 'collapse' } as const

function readList(resolver: Resolver, scope: SchemaScope, list: XmlElement): SimpleType {
  const itemType = namedOrInside(resolver, scope, list, 'itemType')
  if (!itemType || hasLists(itemType)) {
    resolver.problems.add('invalid', scope, list, 'xs:list/@itemType')
    return anySimpleType
  }
  checkFinal(resolver, scope, list, itemType, 'list')
  return {
    ...anySimpleType,
    base: anySimpleType,
    variety: 'list',
    builtIn: 'anySimpleType',
    itemType,
    facets: noFacets,
  }
}

function hasLists(type: SimpleType): boolean {
  return type.variety === 'list' || type.memberTypes.some(hasLists)
}

function readUnion(resolver: Resolver, scope: SchemaScope, union: XmlElement): SimpleType {
  const names = (attributeOf(scope, union, 'memberTypes') ?? '').split(/[ \t\r\n]+/)
  const named = names
    .filter((name) => name !== '')
    .map((name) => resolver.simpleType(scope, union, name))
  const inside = partsOf(scope, union).map((part) => resolver.anonymousSimple(scope, part))
  const memberTypes = [...named, ...inside]
  if (memberTypes.length === 0) {
    resolver.problems.add('invalid', scope, union, 'xs:union/@memberTypes')
    return anySimpleType
  }
  for (const member of memberTypes) checkFinal(resolver, scope, union, member, 'union')
  return {
    ...anySimpleType,
    base: anySimpleType,
    variety: 'union',
    builtIn: 'anySimpleType',
    memberTypes,
    facets: noFacets,
  }
}
