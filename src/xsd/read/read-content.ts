import type { XmlElement } from '../../xml/document.js'
import type { Content, Particle } from '../schema-model.js'
import { isParticle, readParticle } from './read-particles.js'
import type { Resolver } from './resolver.js'
import { partsOf, type SchemaScope } from './schema-scope.js'

/** Reads the content model inside a type or a derivation. */
export function readContent(
  resolver: Resolver,
  scope: SchemaScope,
  parent: XmlElement,
  isMixed: boolean,
): Content {
  const parts = partsOf(scope, parent).filter((part) => isParticle(scope.document.localName(part)))
  const [part, second] = parts
  if (second !== undefined) {
    resolver.problems.add('invalid', scope, second, `xs:${scope.document.localName(second)}`)
  }
  const particle = part === undefined ? undefined : readParticle(resolver, scope, part)
  if (particle && !isEmptyGroup(particle)) return { kind: 'elements', isMixed, particle }
  if (!isMixed) return { kind: 'empty' }
  return { kind: 'elements', isMixed, particle: nothing }
}

const nothing: Particle = { min: 1, max: 1, term: { kind: 'sequence', particles: [] } }

/** A group without members that may be left out, or is a sequence. */
function isEmptyGroup({ term }: Particle): boolean {
  return (
    (term.kind === 'sequence' || term.kind === 'all' || term.kind === 'choice') &&
    term.particles.length === 0
  )
}

/** Content of an extension: that of the base, then its own (part 1 §3.4.2); undefined where they do not go together. */
export function extended(base: Content, own: Content): Content | undefined {
  if (base.kind === 'simple' || own.kind === 'simple') return undefined
  if (own.kind === 'empty') return base
  if (base.kind === 'empty') return own
  const isEmptyOwn = isEmptyGroup(own.particle)
  if (isEmptyOwn && own.isMixed === base.isMixed) return base
  if (own.isMixed !== base.isMixed) return undefined
  if (isEmptyGroup(base.particle)) return own
  if (base.particle.term.kind === 'all' || own.particle.term.kind === 'all') return undefined
  const particles = [base.particle, own.particle]
  return {
    kind: 'elements',
    isMixed: base.isMixed,
    particle: { min: 1, max: 1, term: { kind: 'sequence', particles } },
  }
}
