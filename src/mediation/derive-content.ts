import {
  keyOf,
  type Content,
  type ElementDeclaration,
  type Particle,
  type XmlName,
} from '../xsd/schema-model.js'
import { problem } from './mapping-problem.js'
import type { ContentGroup, ContentNode, ElementProperty, ShapeProblem } from './shape.js'

type MakeProperty = (
  declaration: ElementDeclaration,
  min: number,
  max: number,
  isConditional: boolean,
) => ElementProperty

/** Where in the content model something stands: in which branch of which choices, in a group that may be left out. */
interface Context {
  readonly branches: ReadonlyMap<number, number>
  readonly isConditional: boolean
}

interface Occurrence {
  readonly slot: number
  readonly declaration: ElementDeclaration
  readonly branches: readonly ReadonlyMap<number, number>[]
}

/** Makes the properties of one type's content, and the order in which they stand. */
export class ContentReader {
  readonly elements: ElementProperty[] = []
  readonly problems: ShapeProblem[] = []
  readonly #property: MakeProperty
  readonly #occurrences = new Map<string, Occurrence>()
  #choices = 0

  constructor(property: MakeProperty) {
    this.#property = property
  }

  read(content: Content): ContentGroup | undefined {
    if (content.kind !== 'elements') return undefined
    if (content.isMixed) this.#problem('', 'mixed')
    const node = this.#node(content.particle, { branches: new Map(), isConditional: false })
    if (node === undefined) return undefined
    return node.kind === 'element' ? groupOf('sequence', false, [node]) : node
  }

  #node(particle: Particle, context: Context): ContentNode | undefined {
    const { term } = particle
    if (particle.max === 0) return undefined
    switch (term.kind) {
      case 'element':
        return this.#elementNode(term, particle, context)
      case 'any':
        this.#problem('/*', 'any')
        return undefined
      case 'sequence':
      case 'all':
        return this.#groupNode(term.kind, particle, term.particles, context)
      case 'choice':
        return this.#choiceNode(particle, term.particles, context)
    }
  }

  #elementNode(
    declaration: ElementDeclaration,
    particle: Particle,
    context: Context,
  ): ContentNode | undefined {
    const { isAbstract, substitutes, name } = declaration
    const members = isAbstract ? substitutes : [declaration, ...substitutes]
    const [only, ...others] = members
    if (only === undefined) {
      this.#problem(`/${name.localName}`, 'noInstance', name.localName)
      return undefined
    }
    if (others.length === 0) return this.#slotNode(only, particle.min, particle.max, context)
    return this.#choiceNode(
      particle,
      members.map((term) => ({ min: 1, max: 1, term })),
      context,
    )
  }

  #groupNode(
    kind: 'sequence' | 'all',
    particle: Particle,
    particles: readonly Particle[],
    context: Context,
  ): ContentNode | undefined {
    const isOptional = particle.min === 0
    // One that repeats is in the end its only element, which says itself that it may be absent.
    const isConditional = context.isConditional || (isOptional && particle.max === 1)
    const inner = { ...context, isConditional }
    const nodes = particles
      .map((each) => this.#node(each, inner))
      .filter((node) => node !== undefined)
    return this.#repeated(groupOf(kind, isOptional, nodes), particle)
  }

  #choiceNode(
    particle: Particle,
    particles: readonly Particle[],
    context: Context,
  ): ContentNode | undefined {
    const choice = this.#choices++
    const isOptional = particle.min === 0 && particle.max === 1
    const nodes: ContentNode[] = []
    particles.forEach((each, branch) => {
      const branches = new Map(context.branches).set(choice, branch)
      const isConditional = context.isConditional || isOptional || particles.length > 1
      const node = this.#node(each, { branches, isConditional })
      if (node !== undefined) nodes.push(node)
      // A branch that may be empty makes the choice one that may be.
      else nodes.push(groupOf('sequence', true, []))
    })
    return this.#repeated(groupOf('choice', particle.min === 0, nodes), particle)
  }

  /** A group that repeats is no more than its one element that does; with more in it the order would be lost. */
  #repeated(group: ContentGroup, { min, max }: Particle): ContentNode | undefined {
    const [only, ...others] = group.nodes
    if (only === undefined) return undefined
    if (max === 1) return group
    if (only.kind !== 'element' || others.length > 0) {
      this.#problem('', 'repeatingGroup', this.#namesOf(group.slots))
      return undefined
    }
    const counts = { min: min * only.min, max: times(max, only.max) }
    // (a{2}){0,3} is 0, 2, 4 or 6: no array can say that.
    if (only.min > 1)
      this.#problem(`/${this.#namesOf(group.slots)}`, 'unevenRepeat', this.#namesOf(group.slots))
    this.#recount(only.slot, counts.min, counts.max)
    return { kind: 'element', slot: only.slot, ...counts }
  }

  #recount(slot: number, min: number, max: number): void {
    const property = this.elements[slot]
    if (property) this.elements[slot] = { ...property, min, max, isArray: max > 1 }
  }

  #slotNode(
    declaration: ElementDeclaration,
    min: number,
    max: number,
    { branches, isConditional }: Context,
  ): ContentNode | undefined {
    const key = keyOf(declaration.name)
    const known = this.#occurrences.get(key)
    if (known === undefined) {
      const slot = this.elements.length
      this.elements.push(this.#property(declaration, min, max, isConditional))
      this.#occurrences.set(key, { slot, declaration, branches: [branches] })
      return { kind: 'element', slot, min, max }
    }
    if (
      !isSame(known.declaration, declaration) ||
      !known.branches.every((each) => exclude(each, branches))
    ) {
      this.#problem(`/${declaration.name.localName}`, 'sameElement', nameOf(declaration.name))
      return undefined
    }
    this.#occurrences.set(key, { ...known, branches: [...known.branches, branches] })
    const property = this.elements[known.slot]
    if (property)
      this.#recount(known.slot, Math.min(min, property.min), Math.max(max, property.max))
    return { kind: 'element', slot: known.slot, min, max }
  }

  #namesOf(slots: ReadonlySet<number>): string {
    return [...slots].map((slot) => this.elements[slot]?.element.localName ?? '').join(', ')
  }

  #problem(at: string, ...what: Parameters<typeof problem>): void {
    this.problems.push({ at, problem: problem(...what) })
  }
}

function groupOf(
  kind: ContentGroup['kind'],
  isOptional: boolean,
  nodes: readonly ContentNode[],
): ContentGroup {
  const slots = nodes.flatMap((node) => (node.kind === 'element' ? [node.slot] : [...node.slots]))
  return { kind, isOptional, nodes, slots: new Set(slots) }
}

/** Whether two places can never both be taken: different branches of one choice. */
function exclude(a: ReadonlyMap<number, number>, b: ReadonlyMap<number, number>): boolean {
  for (const [choice, branch] of a) {
    const other = b.get(choice)
    if (other !== undefined && other !== branch) return true
  }
  return false
}

function isSame(a: ElementDeclaration, b: ElementDeclaration): boolean {
  return (
    a.type === b.type &&
    a.isNillable === b.isNillable &&
    a.defaultValue === b.defaultValue &&
    a.fixedValue === b.fixedValue
  )
}

function times(a: number, b: number): number {
  return a === 0 || b === 0 ? 0 : a * b
}

function nameOf({ localName }: XmlName): string {
  return localName
}
