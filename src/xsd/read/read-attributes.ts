import type { XmlElement } from '../../xml/document.js'
import { anySimpleType, xsiNamespace } from '../built-in-types.js'
import { keyOf, type AttributeUse, type SimpleType, type Wildcard } from '../schema-model.js'
import { joined, shared } from '../wildcards.js'
import { givenValues, hintOf } from './read-values.js'
import type { AttributeSet, Resolver } from './resolver.js'
import { attributeOf, partOf, partsOf, type SchemaScope } from './schema-scope.js'

/** Reads the attributes directly inside a type, a derivation or an attribute group. */
export function readAttributes(
  resolver: Resolver,
  scope: SchemaScope,
  parent: XmlElement,
): AttributeSet {
  const uses: AttributeUse[] = []
  const prohibited = new Set<string>()
  let wildcard: Wildcard | undefined
  let ofGroups: Wildcard | undefined
  for (const part of partsOf(scope, parent)) {
    const kind = scope.document.localName(part)
    if (kind === 'anyAttribute') wildcard = readWildcard(resolver, scope, part)
    if (kind === 'attribute') {
      const use = readAttribute(resolver, scope, part, false)
      if (use && attributeOf(scope, part, 'use') === 'prohibited') prohibited.add(keyOf(use.name))
      else if (use) uses.push(use)
    }
    if (kind === 'attributeGroup') {
      const name = attributeOf(scope, part, 'ref') ?? ''
      const group = resolver.attributeGroup(scope, part, name)
      uses.push(...group.uses)
      for (const key of group.prohibited) prohibited.add(key)
      ofGroups =
        ofGroups && group.wildcard ? shared(ofGroups, group.wildcard) : (ofGroups ?? group.wildcard)
    }
  }
  return {
    uses: once(resolver, scope, parent, uses),
    prohibited,
    wildcard: wildcard && ofGroups ? shared(wildcard, ofGroups) : (wildcard ?? ofGroups),
  }
}

/** Each attribute once. What is repeated is noted and dropped, or groups within groups would double without end. */
function once(
  resolver: Resolver,
  scope: SchemaScope,
  parent: XmlElement,
  uses: readonly AttributeUse[],
): AttributeUse[] {
  const byKey = new Map<string, AttributeUse>()
  for (const use of uses) {
    const key = keyOf(use.name)
    if (byKey.has(key)) resolver.problems.add('repeated', scope, parent, `@${use.name.localName}`)
    else byKey.set(key, use)
  }
  const kept = [...byKey.values()]
  if (kept.filter(({ type }) => type.builtIn === 'ID').length > 1) {
    resolver.problems.add('invalid', scope, parent, 'xs:ID, xs:ID')
  }
  return kept
}

/** Reads an attribute declaration or a reference to one. */
export function readAttribute(
  resolver: Resolver,
  scope: SchemaScope,
  element: XmlElement,
  isGlobal: boolean,
): AttributeUse | undefined {
  resolver.counts(scope, element)
  const ref = attributeOf(scope, element, 'ref')
  const use = attributeOf(scope, element, 'use') ?? 'optional'
  if (!['optional', 'required', 'prohibited'].includes(use)) {
    resolver.problems.add('invalid', scope, element, `use="${use}"`)
  }
  if (ref === undefined) return declared(resolver, scope, element, isGlobal, use === 'required')
  const referred = resolver.attribute(scope, element, ref)
  if (!referred) return undefined
  const given = givenValues(resolver.problems, scope, element, referred.type)
  return {
    ...referred,
    isRequired: use === 'required',
    defaultValue: given.defaultValue ?? referred.defaultValue,
    fixedValue: given.fixedValue ?? referred.fixedValue,
    hint: hintOf(scope, element) ?? referred.hint,
  }
}

function declared(
  resolver: Resolver,
  scope: SchemaScope,
  element: XmlElement,
  isGlobal: boolean,
  isRequired: boolean,
): AttributeUse | undefined {
  const localName = attributeOf(scope, element, 'name')
  if (localName === undefined || localName === '' || localName === 'xmlns') {
    resolver.problems.add('invalid', scope, element, 'xs:attribute/@name')
    return undefined
  }
  const form = attributeOf(scope, element, 'form')
  const isQualified =
    isGlobal || (form === undefined ? scope.qualifiesAttributes : form === 'qualified')
  const namespace = isQualified ? scope.targetNamespace : ''
  if (namespace === xsiNamespace) resolver.problems.add('invalid', scope, element, xsiNamespace)
  const type = typeOf(resolver, scope, element)
  const given = givenValues(resolver.problems, scope, element, type)
  if (isRequired && given.defaultValue !== undefined) {
    resolver.problems.add('invalid', scope, element, 'use="required", default')
  }
  return {
    name: { namespace, localName },
    type,
    isRequired,
    ...given,
    hint: hintOf(scope, element),
  }
}

function typeOf(resolver: Resolver, scope: SchemaScope, element: XmlElement): SimpleType {
  const named = attributeOf(scope, element, 'type')
  const inside = partOf(scope, element, 'simpleType')
  if (named !== undefined && inside !== undefined) {
    resolver.problems.add('invalid', scope, element, '@type, xs:simpleType')
  }
  if (named !== undefined) return resolver.simpleType(scope, element, named)
  return inside === undefined ? anySimpleType : resolver.anonymousSimple(scope, inside)
}

/** Reads `xs:any` or `xs:anyAttribute`. */
export function readWildcard(
  resolver: Resolver,
  scope: SchemaScope,
  element: XmlElement,
): Wildcard {
  const process = attributeOf(scope, element, 'processContents') ?? 'strict'
  if (process !== 'strict' && process !== 'lax' && process !== 'skip') {
    resolver.problems.add('invalid', scope, element, `processContents="${process}"`)
  }
  const words = (attributeOf(scope, element, 'namespace') ?? '##any').split(/[ \t\r\n]+/)
  const own = scope.targetNamespace
  const namespaces =
    words[0] === '##any'
      ? 'any'
      : words[0] === '##other'
        ? { not: own === '' ? [''] : [own, ''] }
        : {
            of: words.map((word) =>
              word === '##targetNamespace' ? own : word === '##local' ? '' : word,
            ),
          }
  return {
    kind: 'any',
    namespaces,
    process: process === 'lax' || process === 'skip' ? process : 'strict',
  }
}

/** Attributes of an extension: those of the base and its own (part 1 §3.4.2). */
export function extendAttributes(base: AttributeSet, own: AttributeSet): AttributeSet {
  return {
    uses: [...base.uses, ...own.uses],
    prohibited: own.prohibited,
    wildcard:
      base.wildcard && own.wildcard
        ? joined(own.wildcard, base.wildcard)
        : (own.wildcard ?? base.wildcard),
  }
}
