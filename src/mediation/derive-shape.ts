import type {
  AttributeUse,
  ComplexType,
  ElementDeclaration,
  JsonHint,
  Particle,
} from '../xsd/schema-model.js'
import { mappingLimits } from '../limits/mediation.js'
import { ContentReader } from './derive-content.js'
import { MappingError, problem } from './mapping-problem.js'
import type { Mutable } from './mutable.js'
import {
  notRefined,
  type ArrayShape,
  type AttributeProperty,
  type ElementProperty,
  type ObjectShape,
  type Shape,
  type ShapeProblem,
} from './shape.js'
import { simpleShape } from './simple-shape.js'

/**
 * The JSON form of an element by the rules of README.md. What cannot be mapped is noted in its place, because a
 * refinement may take it away; `checkShape` says whether something is left.
 * @throws MappingError where the types have more than `propertiesMax` elements and attributes
 */
export function deriveShape(
  element: ElementDeclaration,
  names: NameStyle = 'asIs',
): ElementProperty {
  return new Derivation(names).property(element, 1, 1, false)
}

/** What becomes of an XML name in JSON: nothing, or its first letter becomes a small one. */
export type NameStyle = 'asIs' | 'lowerFirst'

class Derivation {
  readonly #objects = new Map<ComplexType, ObjectShape>()
  readonly #arrays = new Map<ElementDeclaration, Shape>()
  readonly #names: NameStyle
  #properties = 0

  constructor(names: NameStyle) {
    this.#names = names
  }

  property(
    declaration: ElementDeclaration,
    min: number,
    max: number,
    isConditional: boolean,
  ): ElementProperty {
    this.#count()
    return {
      ...notRefined,
      name: declaration.hint?.name ?? this.#nameOf(declaration.name.localName),
      element: declaration.name,
      shape: this.#shapeOf(declaration),
      isNillable: declaration.isNillable,
      schemaDefault: declaration.defaultValue ?? declaration.fixedValue,
      fixedText: declaration.fixedValue,
      documentation: declaration.documentation,
      isArray: max > 1,
      min,
      max,
      isConditional,
      isDissolved: false,
    }
  }

  #shapeOf(declaration: ElementDeclaration): Shape {
    const { type, hint, name } = declaration
    if (type.kind === 'simple') return simpleShape(type, hint)
    if (hint?.array === 'wrapper') return this.#arrayOf(declaration, type)
    if (type.content.kind === 'simple' && hasOnlyContent(type)) {
      return simpleShape(type.content.type, hint)
    }
    return this.#objectOf(type, name.localName, hint)
  }

  #arrayOf(declaration: ElementDeclaration, type: ComplexType): Shape {
    const known = this.#arrays.get(declaration)
    if (known !== undefined) return known
    const found = onlyElement(type)
    if (found === undefined) return this.#objectOf(type, declaration.name.localName, undefined)
    const shape = { kind: 'array' } as Mutable<ArrayShape>
    this.#arrays.set(declaration, shape)
    shape.item = { ...this.property(found.element, found.min, found.max, false), isArray: false }
    return shape
  }

  #objectOf(type: ComplexType, elementName: string, hint: JsonHint | undefined): ObjectShape {
    const known = this.#objects.get(type)
    if (known !== undefined) return known
    const name = type.name?.localName ?? elementName
    const shape = { kind: 'object', name, type } as Mutable<ObjectShape>
    // Before what is inside: a type may hold itself.
    this.#objects.set(type, shape)
    const problems: ShapeProblem[] = []
    shape.text = undefined
    shape.ignoresOthers = false
    shape.ignoresOtherAttributes = false
    shape.attributes = type.attributes.map((use) => this.#attribute(use))
    if (type.anyAttribute !== undefined) {
      problems.push({ at: '/@*', problem: problem('anyAttribute') })
    }
    const reader = new ContentReader((...use) => this.property(...use))
    shape.content = reader.read(type.content)
    shape.elements = reader.elements
    problems.push(...reader.problems)
    if (type.content.kind === 'simple') {
      const text = simpleShape(type.content.type, hint)
      if (text.kind === 'unmappable') problems.push({ at: '', problem: text.problem })
      else shape.text = text
    }
    shape.problems = problems
    shape.variants = type.derived.map((each) => this.#objectOf(each, elementName, undefined))
    if (type.isAbstract && type.derived.length === 0) {
      problems.push({ at: '', problem: problem('noInstance', name) })
    }
    return shape
  }

  #attribute(use: AttributeUse): AttributeProperty {
    this.#count()
    return {
      ...notRefined,
      name: use.hint?.name ?? `@${this.#nameOf(use.name.localName)}`,
      attribute: use.name,
      shape: simpleShape(use.type, use.hint),
      isRequired: use.isRequired,
      schemaDefault: use.defaultValue,
      fixedText: use.fixedValue,
      documentation: '',
    }
  }

  #nameOf(localName: string): string {
    return this.#names === 'asIs' ? localName : lowerFirst(localName)
  }

  #count(): void {
    this.#properties += 1
    if (this.#properties <= mappingLimits.propertiesMax) return
    throw new MappingError([{ path: '/', ...problem('tooMuch', mappingLimits.propertiesMax) }])
  }
}

/** Whether a type with simple content has nothing beside it, now or in a type derived from it. */
/** The one element that a wrapper's type has, with how often it stands there. */
export function onlyElement(
  type: ComplexType,
):
  { readonly element: ElementDeclaration; readonly min: number; readonly max: number } | undefined {
  const { content } = type
  if (content.kind !== 'elements' || content.isMixed || !hasOnlyContent(type)) return undefined
  let { particle }: { particle: Particle } = content
  let { min, max } = particle
  while (particle.term.kind !== 'element' && particle.term.kind !== 'any') {
    const [inner, ...others] = particle.term.particles
    // Within one another they would multiply.
    if (inner === undefined || others.length > 0 || particle.max !== 1) return undefined
    min = particle.min === 0 ? 0 : inner.min
    max = inner.max
    particle = inner
  }
  const { term } = particle
  if (term.kind === 'any' || term.isAbstract || term.substitutes.length > 0) return undefined
  return { element: term, min, max }
}

function hasOnlyContent({ attributes, anyAttribute, derived, isAbstract }: ComplexType): boolean {
  return (
    attributes.length === 0 && anyAttribute === undefined && derived.length === 0 && !isAbstract
  )
}

/** Names are no words: `İ` is `i` without a mark that another keyboard could not write, and `I` is `i`. */
function lowerFirst(name: string): string {
  const [first = ''] = name
  return (first === 'İ' ? 'i' : first.toLowerCase()) + name.slice(first.length)
}

/** An object that is no more than its one repeated child, as an array of it. @returns undefined for any other shape */
export function deriveArray(shape: Shape): ArrayShape | undefined {
  if (shape.kind !== 'object' || !hasOnlyContent(shape.type)) return undefined
  const [item, ...others] = shape.elements
  if (item === undefined || others.length > 0 || !item.isArray || item.isConditional)
    return undefined
  return { kind: 'array', item: { ...item, isArray: false } }
}
