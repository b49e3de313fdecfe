import { jsonCheckLimits } from '../limits/mediation.js'
import { stepsOf, type Step } from './pattern-steps.js'

/** Where a pattern stands after some text: the steps that may come next. */
interface State {
  readonly steps: readonly Step[]
  readonly matches: boolean
  readonly matchesAtEnd: boolean
  /** By code point. */
  readonly next: Map<number, State>
}

/**
 * Matches an ECMAScript pattern in one pass over the text, whatever pattern and text are: RegExp tries
 * one way after another, of which a hostile text has more than there is time for.
 */
export class LinearPattern {
  readonly #pattern: string
  readonly #first: Step
  readonly #start: State
  #states = new Map<string, State>()

  /** @throws PatternError */
  constructor(pattern: string) {
    this.#pattern = pattern
    this.#first = stepsOf(pattern)
    this.#start = this.#stateOf([this.#first], true)
  }

  /** As of a RegExp: the validator takes patterns with the same text for the same one. */
  toString(): string {
    return `/${this.#pattern}/u`
  }

  /** Whether the pattern is found anywhere in the text. */
  test(text: string): boolean {
    let state = this.#start
    for (let at = 0; at < text.length;) {
      if (state.matches) return true
      const point = text.codePointAt(at) ?? 0
      at += point > 0xffff ? 2 : 1
      state = state.next.get(point) ?? this.#advance(state, point)
    }
    return state.matches || state.matchesAtEnd
  }

  #advance(state: State, point: number): State {
    const character = String.fromCodePoint(point)
    const reached = state.steps
      .filter(({ accepts }) => accepts?.test(character) === true)
      .flatMap(({ next }) => next)
    // A pattern may begin at every place.
    const next = this.#stateOf([...reached, this.#first], false)
    if (state.next.size < jsonCheckLimits.patternStatesMax) state.next.set(point, next)
    return next
  }

  #stateOf(from: readonly Step[], isStart: boolean): State {
    const steps = closure(from, isStart, false)
    const key = `${isStart ? '^' : ''}${steps.map(({ at }) => at).join(',')}`
    const known = this.#states.get(key)
    if (known !== undefined) return known
    const isMatch = ({ kind }: Step): boolean => kind === 'match'
    const state = {
      steps,
      matches: steps.some(isMatch),
      matchesAtEnd: closure(from, isStart, true).some(isMatch),
      next: new Map<number, State>(),
    }
    if (this.#states.size === jsonCheckLimits.patternStatesMax) this.#forget()
    this.#states.set(key, state)
    return state
  }

  #forget(): void {
    for (const state of this.#states.values()) state.next.clear()
    this.#states = new Map()
    this.#start.next.clear()
  }
}

/** The steps that take something, and the match, which are reached without taking any. */
function closure(from: readonly Step[], isStart: boolean, isEnd: boolean): Step[] {
  const seen = new Set<Step>()
  const stack = [...from]
  for (let step = stack.pop(); step !== undefined; step = stack.pop()) {
    if (seen.has(step)) continue
    seen.add(step)
    const passes =
      step.kind === 'fork' || (step.kind === 'start' && isStart) || (step.kind === 'end' && isEnd)
    if (passes) stack.push(...step.next)
  }
  const taking = [...seen].filter(({ kind }) => kind === 'character' || kind === 'match')
  const ends = [...seen].filter(({ kind }) => kind === 'end')
  return [...taking, ...ends].sort((one, other) => one.at - other.at)
}
