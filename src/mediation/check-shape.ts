import { MappingError, problem, type MappingProblem } from './mapping-problem.js'
import { below } from './place.js'
import type { ElementProperty, ObjectShape, Shape } from './shape.js'

/**
 * Whether a shape is a mapping without loss: everything has a place of its own in JSON, and nothing is left that JSON cannot hold.
 * @throws MappingError with all that is wrong
 */
export function checkShape(root: ElementProperty): ElementProperty {
  const problems = problemsOf(root)
  if (problems.length > 0) throw new MappingError(problems)
  return root
}

/** The same as a list. */
export function problemsOf(root: ElementProperty): readonly MappingProblem[] {
  const check = new ShapeCheck(root)
  check.property(root, '')
  check.places()
  return check.problems
}

class ShapeCheck {
  readonly problems: MappingProblem[] = []
  readonly #root: ElementProperty
  readonly #seen = new Set<Shape>()
  readonly #places: { readonly path: string; readonly place: readonly string[] }[] = []

  constructor(root: ElementProperty) {
    this.#root = root
  }

  property({ shape, isIgnored, place }: ElementProperty, path: string): void {
    if (isIgnored) return
    if (place !== undefined) this.#places.push({ path, place })
    this.#shape(shape, path)
  }

  /** Moved properties: none where another one is, none inside one. */
  places(): void {
    const { shape } = this.#root
    const rootNames = shape.kind === 'object' ? [...jsonNamesOf(shape)].map(([name]) => name) : []
    const taken = new Set(rootNames.map((name) => JSON.stringify([name])))
    const objects = new Set<string>()
    for (const { path, place } of this.#places) {
      const prefixes = place.slice(0, -1).map((_, at) => JSON.stringify(place.slice(0, at + 1)))
      const key = JSON.stringify(place)
      const isTaken = taken.has(key) || objects.has(key) || prefixes.some((each) => taken.has(each))
      if (isTaken) this.#add(path, problem('sameProperty', `/${place.join('/')}`))
      taken.add(key)
      for (const each of prefixes) objects.add(each)
    }
  }

  #shape(shape: Shape, path: string): void {
    if (this.#seen.has(shape)) return
    this.#seen.add(shape)
    if (shape.kind === 'unmappable') this.#add(path, shape.problem)
    else if (shape.kind === 'array')
      this.property(shape.item, below(path, shape.item.element.localName))
    else if (shape.kind === 'object') this.#object(shape, path)
  }

  #object(shape: ObjectShape, path: string): void {
    for (const { at, problem: text } of shape.problems) this.#add(`${path}${at}`, text)
    for (const attribute of shape.attributes) {
      if (attribute.shape.kind !== 'unmappable' || attribute.isIgnored) continue
      this.#add(below(path, `@${attribute.attribute.localName}`), attribute.shape.problem)
    }
    for (const [name, places] of jsonNamesOf(shape)) {
      const [, second] = places
      if (second !== undefined) this.#add(`${path}${second}`, problem('sameProperty', name))
    }
    this.#variants(shape, path)
    for (const element of shape.elements) {
      this.property(element, below(path, element.element.localName))
    }
    for (const variant of shape.variants) this.#shape(variant, path)
  }

  #variants({ type, variants }: ObjectShape, path: string): void {
    if (variants.length === 0) return
    const names = new Set(type.isAbstract ? [] : [type.name?.localName])
    for (const { type: derived } of variants) {
      const name = derived.name?.localName
      if (names.has(name)) this.#add(path, problem('sameType', name))
      names.add(name)
    }
  }

  #add(path: string, text: ReturnType<typeof problem>): void {
    this.problems.push({ path: path === '' ? '/' : path, ...text })
  }
}

/** What stands under each name in the JSON of an object, by places below it in XML. */
export function jsonNamesOf(shape: ObjectShape): Map<string, string[]> {
  const names = new Map<string, string[]>()
  const add = (name: string, at: string): void => {
    names.set(name, [...(names.get(name) ?? []), at])
  }
  if (shape.variants.length > 0) add('@type', '')
  if (hasNilObject(shape)) add('$', '')
  for (const { name, attribute, constant, isIgnored } of shape.attributes) {
    if (constant === undefined && !isIgnored) add(name, `/@${attribute.localName}`)
  }
  for (const each of shape.elements) {
    const isElsewhere = each.constant !== undefined || each.isIgnored || each.place !== undefined
    if (!isElsewhere && !each.isDissolved) add(each.name, `/${each.element.localName}`)
  }
  return names
}

/** Whether `$` is a word of its own there: text beside attributes, and what is nil beside them or of a derived type. */
function hasNilObject({ text, attributes, variants, type }: ObjectShape): boolean {
  const isOneOfMany = variants.length > 0 || type.base !== undefined
  return text !== undefined || attributes.length > 0 || isOneOfMany
}
