import { xsdLimits } from '../../limits/contracts.js'
import { keyOf, type ElementDeclaration, type Particle, type Wildcard } from '../schema-model.js'
import { allows } from '../wildcards.js'
import { checkConsistent, conflictIn } from './attribution.js'
import { AmbiguousContent, ContentTooLarge } from './content-error.js'
import { placesOf, type Place, type Places } from './places.js'

/** What may come next after what has been read of an element's content. */
export interface ContentState {
  /** By local name; other namespaces' hang on. */
  readonly steps: Map<string, Step>
  readonly wildcards: WildcardStep[]
  /** Whether the content may end here, the count permitting. */
  isFinal: boolean
  /** How often the element that led here must and may stand in a row. */
  readonly count: { readonly min: number; readonly max: number } | undefined
}

export interface Step {
  readonly namespace: string
  readonly declaration: ElementDeclaration
  readonly target: ContentState
  /** The same element once more, counted. */
  readonly isAgain: boolean
  /** With the same local name in another namespace. */
  readonly other: Step | undefined
}

export interface WildcardStep {
  readonly wildcard: Wildcard
  readonly target: ContentState
  readonly isAgain: boolean
}

export interface AllMember {
  readonly declaration: ElementDeclaration
}

/** A content model, compiled: a deterministic automaton, or the members of `xs:all`. */
export type ContentModel =
  | { readonly kind: 'states'; readonly start: ContentState }
  | {
      readonly kind: 'all'
      readonly isOptional: boolean
      readonly members: readonly AllMember[]
      /** Positions of those that must be there. */
      readonly required: readonly number[]
      /** Position in `members` and the declaration, by key of the element. */
      readonly byKey: ReadonlyMap<string, { position: number; declaration: ElementDeclaration }>
    }

const models = new WeakMap<Particle, ContentModel>()

/**
 * The compiled model of a particle, compiled once.
 * @throws AmbiguousContent
 * @throws ContentTooLarge
 */
export function contentModel(particle: Particle): ContentModel {
  let model = models.get(particle)
  if (!model) {
    model = compile(particle)
    models.set(particle, model)
  }
  return model
}

function compile(particle: Particle): ContentModel {
  if (particle.term.kind === 'all') return allModel(particle)
  const writtenOut = new Set<string>()
  for (;;) {
    const places = placesOf(particle, writtenOut)
    checkConsistent(places.all)
    const before = writtenOut.size
    const start = new StateBuilder(places, writtenOut).start
    if (writtenOut.size === before) return { kind: 'states', start }
  }
}

function allModel(particle: Particle): ContentModel {
  const byKey = new Map<string, { position: number; declaration: ElementDeclaration }>()
  const members: AllMember[] = []
  const required: number[] = []
  if (particle.term.kind === 'all') {
    for (const { term, min } of particle.term.particles) {
      if (term.kind !== 'element') continue
      const position = members.push({ declaration: term }) - 1
      if (min > 0) required.push(position)
      for (const declaration of standingFor(term)) {
        const key = keyOf(declaration.name)
        if (byKey.has(key)) throw new AmbiguousContent(declaration.name.localName)
        byKey.set(key, { position, declaration })
      }
    }
  }
  return { kind: 'all', isOptional: particle.min === 0, members, required, byKey }
}

/** An element and its substitutes, as far as they may stand in a message; an abstract one is told so there. */
export function standingFor(declaration: ElementDeclaration): readonly ElementDeclaration[] {
  return declaration.substitutes.length === 0
    ? [declaration]
    : [declaration, ...declaration.substitutes]
}

class StateBuilder {
  readonly start: ContentState
  readonly #places: Places
  readonly #writtenOut: Set<string>
  readonly #states = new Map<string, ContentState>()
  readonly #open: { state: ContentState; places: readonly number[] }[] = []

  constructor(places: Places, writtenOut: Set<string>) {
    this.#places = places
    this.#writtenOut = writtenOut
    this.start = { steps: new Map(), wildcards: [], isFinal: places.isOptional, count: undefined }
    this.#fill(this.start, places.first, undefined)
    for (let next = this.#open.pop(); next; next = this.#open.pop()) {
      this.#fillAfter(next.state, next.places)
    }
  }

  #place(number: number): Place {
    const place = this.#places.all[number]
    if (!place) throw new Error('A place has no number')
    return place
  }

  /** What may follow the places that led to a state, of which a counted one is alone. */
  #fillAfter(state: ContentState, places: readonly number[]): void {
    const [only = 0] = places
    const counted = state.count ? only : undefined
    const follow = new Set<number>()
    for (const number of places) for (const next of this.#place(number).follow) follow.add(next)
    if (counted !== undefined) {
      const { origin } = this.#place(counted)
      for (const next of follow) {
        // It would not be known which of the two is counted.
        if (this.#place(next).origin === origin) this.#writtenOut.add(origin)
      }
      if (this.#writtenOut.has(origin)) return
    }
    this.#fill(state, [...follow], counted)
  }

  #fill(state: ContentState, follow: readonly number[], counted: number | undefined): void {
    const next = counted === undefined ? follow : [counted, ...follow]
    const places = next.map((number) => this.#place(number))
    const conflict = conflictIn(places)
    if (conflict) {
      const again = counted === undefined ? undefined : this.#place(counted)
      if (again?.count?.min !== again?.count?.max || again === undefined) {
        throw new AmbiguousContent(conflict)
      }
      // An exact count leaves no choice; written out, the places are told apart by their order.
      this.#writtenOut.add(again.origin)
      return
    }
    const byOrigin = new Map<string, number[]>()
    for (const number of follow) {
      const { origin } = this.#place(number)
      const known = byOrigin.get(origin)
      if (known) known.push(number)
      else byOrigin.set(origin, [number])
    }
    if (counted !== undefined) addSteps(state, this.#place(counted).term, state, true)
    for (const group of byOrigin.values()) {
      const [first = 0] = group
      const target = this.#state(group)
      if (target) addSteps(state, this.#place(first).term, target, false)
    }
  }

  /** The state after one of these places; undefined where counting has to be given up. */
  #state(places: number[]): ContentState | undefined {
    places.sort((a, b) => a - b)
    const key = places.join(' ')
    const known = this.#states.get(key)
    if (known) return known
    const [only = 0] = places
    const { count, origin } = this.#place(only)
    if (count && places.length > 1) {
      this.#writtenOut.add(origin)
      return undefined
    }
    if (this.#states.size >= xsdLimits.contentStatesMax) {
      throw new ContentTooLarge(`maxOccurs (> ${String(xsdLimits.contentStatesMax)})`)
    }
    const isFinal = places.some((number) => this.#places.last.has(number))
    const state: ContentState = { steps: new Map(), wildcards: [], isFinal, count }
    this.#states.set(key, state)
    this.#open.push({ state, places })
    return state
  }
}

function addSteps(
  state: ContentState,
  term: ElementDeclaration | Wildcard,
  target: ContentState,
  isAgain: boolean,
): void {
  if (term.kind === 'any') {
    state.wildcards.push({ wildcard: term, target, isAgain })
    return
  }
  for (const declaration of standingFor(term)) {
    const { namespace, localName } = declaration.name
    const other = state.steps.get(localName)
    state.steps.set(localName, { namespace, declaration, target, isAgain, other })
  }
}

/** The step that an element takes; undefined where it may not come next. */
export function stepOf(
  state: ContentState,
  namespace: string,
  localName: string,
): Step | WildcardStep | undefined {
  let step = state.steps.get(localName)
  while (step && step.namespace !== namespace) step = step.other
  if (step || state.wildcards.length === 0) return step
  return state.wildcards.find(({ wildcard }) => allows(wildcard, namespace))
}
