import type { XmlElement } from '../../xml/document.js'
import { anyType } from '../built-in-types.js'
import { keyOf, type AttributeUse, type ComplexType, type Content } from '../schema-model.js'
import { allows } from '../wildcards.js'
import { extendAttributes, readAttributes } from './read-attributes.js'
import { extended, readContent } from './read-content.js'
import { restrictSimple } from './read-simple-type.js'
import type { AttributeSet, InMaking, Resolver } from './resolver.js'
import { attributeOf, derivationsOf, isTrue, partOf, type SchemaScope } from './schema-scope.js'

/** Fills in a type of which there was but the identity. Its base is complete by then. */
export function fillComplexType(
  resolver: Resolver,
  scope: SchemaScope,
  element: XmlElement,
  type: InMaking<ComplexType>,
): void {
  resolver.counts(scope, element)
  type.isAbstract = isTrue(scope, element, 'abstract')
  type.blocks = derivationsOf(attributeOf(scope, element, 'block'), scope.blockDefault)
  type.finals = derivationsOf(attributeOf(scope, element, 'final'), scope.finalDefault)
  const derived = partOf(scope, element, 'simpleContent', 'complexContent')
  if (derived === undefined) {
    setAttributes(type, readAttributes(resolver, scope, element))
    type.content = readContent(resolver, scope, element, isTrue(scope, element, 'mixed'))
    return
  }
  const way = partOf(scope, derived, 'extension', 'restriction')
  if (way === undefined) {
    resolver.problems.add('invalid', scope, derived, 'xs:extension, xs:restriction')
  } else if (scope.document.localName(derived) === 'simpleContent') {
    fillSimpleContent(resolver, scope, way, type)
  } else {
    const mixed = attributeOf(scope, derived, 'mixed') === undefined ? element : derived
    fillComplexContent(resolver, scope, way, type, isTrue(scope, mixed, 'mixed'))
  }
}

function setAttributes(type: InMaking<ComplexType>, { uses, wildcard }: AttributeSet): void {
  type.attributes = uses
  type.anyAttribute = wildcard
}

/** The complete complex base type; undefined for a simple one, and for what is not there. */
function baseOf(
  resolver: Resolver,
  scope: SchemaScope,
  way: XmlElement,
): { complex: ComplexType | undefined; content: Content } {
  const named = resolver.type(scope, way, attributeOf(scope, way, 'base') ?? '')
  if (named.kind === 'simple')
    return { complex: undefined, content: { kind: 'simple', type: named } }
  resolver.complete(scope, way, named)
  const kind = scope.document.localName(way) === 'extension' ? 'extension' : 'restriction'
  if (named.finals?.includes(kind)) {
    resolver.problems.add('invalid', scope, way, `final: ${named.name?.localName ?? ''}`)
  }
  return { complex: named, content: named.content }
}

function attributesOf(base: ComplexType | undefined): AttributeSet {
  return { uses: base?.attributes ?? [], prohibited: new Set(), wildcard: base?.anyAttribute }
}

function fillSimpleContent(
  resolver: Resolver,
  scope: SchemaScope,
  way: XmlElement,
  type: InMaking<ComplexType>,
): void {
  const { complex, content } = baseOf(resolver, scope, way)
  const isExtension = scope.document.localName(way) === 'extension'
  derive(resolver, scope, way, type, complex, isExtension)
  const inside = partOf(scope, way, 'simpleType')
  const own = inside === undefined ? undefined : resolver.anonymousSimple(scope, inside)
  const valueType = content.kind === 'simple' ? content.type : undefined
  if (isExtension) {
    if (valueType) type.content = { kind: 'simple', type: valueType }
    else resolver.problems.add('invalid', scope, way, 'xs:simpleContent/xs:extension/@base')
    return
  }
  const base = own ?? valueType
  if (!complex || !base) {
    resolver.problems.add('invalid', scope, way, 'xs:simpleContent/xs:restriction/@base')
    return
  }
  type.content = { kind: 'simple', type: restrictSimple(resolver, scope, way, base) }
}

function fillComplexContent(
  resolver: Resolver,
  scope: SchemaScope,
  way: XmlElement,
  type: InMaking<ComplexType>,
  isMixed: boolean,
): void {
  const { complex, content } = baseOf(resolver, scope, way)
  const isExtension = scope.document.localName(way) === 'extension'
  if (!complex) {
    resolver.problems.add('invalid', scope, way, 'xs:complexContent/@base')
    return
  }
  derive(resolver, scope, way, type, complex, isExtension)
  const own = readContent(resolver, scope, way, isMixed)
  if (!isExtension) {
    type.content = own
    return
  }
  const joined = extended(content, own)
  if (joined === undefined) resolver.problems.add('invalid', scope, way, 'xs:extension')
  else type.content = joined
}

function derive(
  resolver: Resolver,
  scope: SchemaScope,
  way: XmlElement,
  type: InMaking<ComplexType>,
  base: ComplexType | undefined,
  isExtension: boolean,
): void {
  type.base = base === anyType ? undefined : base
  type.derivation = isExtension ? 'extension' : 'restriction'
  const own = readAttributes(resolver, scope, way)
  const inherited = attributesOf(base)
  if (isExtension) {
    const all = extendAttributes(inherited, own)
    const keys = new Set(all.uses.map(({ name }) => keyOf(name)))
    if (keys.size < all.uses.length) {
      resolver.problems.add(
        'repeated',
        scope,
        way,
        own.uses.map((use) => `@${use.name.localName}`).join(', '),
      )
    }
    setAttributes(type, all)
    return
  }
  checkRestricted(resolver, scope, way, inherited, own)
  const changed = new Set(own.uses.map(({ name }) => keyOf(name)))
  const kept = inherited.uses.filter(
    ({ name }) => !changed.has(keyOf(name)) && !own.prohibited.has(keyOf(name)),
  )
  setAttributes(type, {
    uses: [...kept, ...own.uses],
    prohibited: own.prohibited,
    wildcard: own.wildcard,
  })
}

/** An attribute of a restriction is one of the base, and what is required stays so (part 1 §3.4.6). */
function checkRestricted(
  resolver: Resolver,
  scope: SchemaScope,
  way: XmlElement,
  base: AttributeSet,
  own: AttributeSet,
): void {
  const before = new Map(base.uses.map((use) => [keyOf(use.name), use]))
  const isKept = (use: AttributeUse): boolean => {
    const inherited = before.get(keyOf(use.name))
    if (!inherited) return base.wildcard !== undefined && allows(base.wildcard, use.name.namespace)
    return use.isRequired || !inherited.isRequired
  }
  for (const use of own.uses) {
    if (!isKept(use)) resolver.problems.add('invalid', scope, way, `@${use.name.localName}`)
  }
  for (const [key, use] of before) {
    if (use.isRequired && own.prohibited.has(key)) {
      resolver.problems.add('invalid', scope, way, `@${use.name.localName}`)
    }
  }
  if (own.wildcard && !base.wildcard)
    resolver.problems.add('invalid', scope, way, 'xs:anyAttribute')
}
