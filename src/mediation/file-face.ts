import { isPartName } from '../http/form-data.js'
import { mappingLimits } from '../limits/mediation.js'
import type { WsdlAttachment } from '../wsdl/wsdl-model.js'
import { jsonNamesOf } from './check-shape.js'
import { problem, type MappingProblem } from './mapping-problem.js'
import { isBase64 } from './packed-file.js'
import type { ElementProperty, Shape } from './shape.js'

/** How a contract has files go in REST. */
export type FileForm = 'none' | 'base64' | 'multipart'

/** The part of a form that holds the JSON. */
export const messagePart = 'message'

/** How the files of one message stand in REST. */
export interface FileFace {
  readonly form: FileForm
  /** Attachments that the WSDL names; each is there once. */
  readonly parts: readonly WsdlAttachment[]
  /** Values of the JSON that are files in a form; none in any other. */
  readonly places: readonly FilePlace[]
}

/** A value of the JSON that is a part of the form instead. */
export interface FilePlace {
  readonly name: string
  /** Names from the root of the JSON. */
  readonly path: readonly string[]
  /** Whether it is an array: a part for each member. */
  readonly isArray: boolean
}

/**
 * How the files of a message stand in REST.
 * @param problems - gets what is in the way, by places in XML
 */
export function fileFaceOf(
  root: ElementProperty,
  parts: readonly WsdlAttachment[],
  form: FileForm,
  problems: MappingProblem[],
): FileFace {
  const places: FilePlace[] = []
  if (form === 'none') {
    for (const { part } of parts) problems.push({ path: '/', ...problem('attachment', part) })
  } else if (form === 'base64') {
    checkMembers(root, parts, problems)
  } else {
    new PlaceFinder(places, problems).property(root, undefined, [])
    checkNames([...parts.map(({ part }) => part), ...places.map(({ name }) => name)], problems)
  }
  return { form, parts, places }
}

/** Attachments are members of the message's own object. */
function checkMembers(
  root: ElementProperty,
  parts: readonly WsdlAttachment[],
  problems: MappingProblem[],
): void {
  if (parts.length === 0) return
  const { shape } = root
  const names = new Set<string>()
  if (shape.kind === 'object' && shape.variants.length === 0) {
    for (const name of jsonNamesOf(shape).keys()) names.add(name)
    addMovedRoots(shape, names, new Set())
  }
  for (const { part } of parts) {
    const isObject = names.size > 0 && !root.isNillable
    if (!isObject) problems.push({ path: '/', ...problem('attachment', part) })
    else if (names.has(part)) problems.push({ path: '/', ...problem('sameProperty', part) })
  }
}

function addMovedRoots(shape: Shape, names: Set<string>, seen: Set<Shape>): void {
  if (seen.has(shape)) return
  seen.add(shape)
  if (shape.kind === 'array') addMovedRoots(shape.item.shape, names, seen)
  if (shape.kind !== 'object') return
  for (const { place, shape: inner } of shape.elements) {
    const [first] = place ?? []
    if (first !== undefined) names.add(first)
    addMovedRoots(inner, names, seen)
  }
  for (const variant of shape.variants) addMovedRoots(variant, names, seen)
}

function checkNames(names: readonly string[], problems: MappingProblem[]): void {
  const seen = new Set([messagePart])
  for (const name of names) {
    if (seen.has(name)) problems.push({ path: '/', ...problem('sameFile', name) })
    else if (!isPartName(name)) problems.push({ path: '/', ...problem('fileName', name) })
    seen.add(name)
  }
}

/**
 * Finds values that are there once, or are an array: in an array of objects a part would not say which it is of, and
 * what is nil has nothing inside.
 */
class PlaceFinder {
  readonly #places: FilePlace[]
  readonly #problems: MappingProblem[]
  readonly #around = new Set<Shape>()
  #visited = 0

  constructor(places: FilePlace[], problems: MappingProblem[]) {
    this.#places = places
    this.#problems = problems
  }

  /** @param name - in JSON; undefined for the root */
  property(property: ElementProperty, name: string | undefined, path: readonly string[]): void {
    const { constant, isIgnored, isDissolved, isArray, isNillable, shape, place } = property
    if (constant !== undefined || isIgnored || (isNillable && shape.kind !== 'scalar')) return
    if (++this.#visited > mappingLimits.propertiesMax) {
      if (this.#visited > mappingLimits.propertiesMax + 1) return
      this.#problems.push({ path: '/', ...problem('tooMuch', mappingLimits.propertiesMax) })
      return
    }
    const here = place ?? (isDissolved || name === undefined ? path : [...path, name])
    const inner = shape.kind === 'array' && !isArray ? shape.item : undefined
    if (inner !== undefined && !inner.isNillable) this.#value(inner.shape, here, true)
    else this.#value(shape, here, isArray)
  }

  #value(shape: Shape, path: readonly string[], isArray: boolean): void {
    const name = path.findLast((each) => each !== '$')
    if (shape.kind === 'scalar' && isBase64(shape.type) && name !== undefined) {
      this.#places.push({ name, path, isArray })
      return
    }
    if (shape.kind !== 'object' || isArray || shape.variants.length > 0) return
    if (this.#around.has(shape)) return
    this.#around.add(shape)
    if (shape.text !== undefined) this.#value(shape.text, [...path, '$'], false)
    for (const element of shape.elements) this.property(element, element.name, path)
    this.#around.delete(shape)
  }
}
