import type { XmlElement } from '../../xml/document.js'
import { xsdLimits } from '../../limits/contracts.js'
import type { ModelGroup, Particle, Term } from '../schema-model.js'
import { readWildcard } from './read-attributes.js'
import { readLocalElement } from './read-elements.js'
import { occurrence } from './read-values.js'
import type { Resolver } from './resolver.js'
import { attributeOf, partsOf, type SchemaScope } from './schema-scope.js'

const groups = ['all', 'choice', 'sequence']

/** Whether an element stands for a part of a content model. */
export function isParticle(name: string): boolean {
  return groups.includes(name) || name === 'element' || name === 'group' || name === 'any'
}

/** Reads one part of a content model; undefined where it says nothing (`maxOccurs="0"`). */
export function readParticle(
  resolver: Resolver,
  scope: SchemaScope,
  element: XmlElement,
  depth = 0,
): Particle | undefined {
  resolver.counts(scope, element)
  const { min, max } = occurrence(resolver.problems, scope, element)
  if (depth > xsdLimits.nestingMax) {
    resolver.problems.add('tooLarge', scope, element, String(xsdLimits.nestingMax))
    return undefined
  }
  const term = readTerm(resolver, scope, element, depth)
  if (!term || max === 0) return undefined
  if (term.kind === 'all' && (depth > 0 || max !== 1)) {
    resolver.problems.add('invalid', scope, element, 'xs:all')
    return undefined
  }
  return { min, max, term }
}

function readTerm(
  resolver: Resolver,
  scope: SchemaScope,
  element: XmlElement,
  depth: number,
): Term | undefined {
  switch (scope.document.localName(element)) {
    case 'element':
      return readLocalElement(resolver, scope, element)
    case 'any':
      return readWildcard(resolver, scope, element)
    case 'group':
      return resolver.group(scope, element, attributeOf(scope, element, 'ref') ?? '')
    default:
      return readGroup(resolver, scope, element, depth)
  }
}

/** Reads `xs:sequence`, `xs:choice` or `xs:all`. */
export function readGroup(
  resolver: Resolver,
  scope: SchemaScope,
  element: XmlElement,
  depth: number,
): ModelGroup | undefined {
  const kind = scope.document.localName(element)
  if (kind !== 'sequence' && kind !== 'choice' && kind !== 'all') return undefined
  const particles: Particle[] = []
  let isOptional = false
  for (const part of partsOf(scope, element)) {
    const particle = readParticle(resolver, scope, part, depth + 1)
    if (!particle) isOptional = true
    else particles.push(particle)
    if (kind === 'all' && particle && particle.max > 1) {
      resolver.problems.add('invalid', scope, part, 'xs:all, maxOccurs')
    }
  }
  if (kind === 'choice' && particles.length === 0 && !isOptional) {
    resolver.problems.add('unsupported', scope, element, 'xs:choice ()')
  }
  return { kind, particles }
}
