import { xsdLimits } from '../../limits/contracts.js'
import { PatternError, type CharacterClass } from './character-class.js'
import { readPattern, type Expression } from './pattern-syntax.js'
import { sampleCharacters } from './sample-characters.js'

/*
 * A pattern as an automaton without going back: cost is linear in the text, whatever the pattern, so that
 * no agency's pattern and no stranger's text can stop a worker. An engine that tries ways one after the
 * other, as RegExp does, cannot promise that.
 *
 * Steps are the nondeterministic automaton (Thompson): a class of characters and the next step, or a fork.
 * A state is a set of steps, remembered with the states that follow. When a pattern is registered, all its
 * states are made, with a character of every kind that it tells apart; one with too many is refused. Should
 * a character of yet another kind lead to new states, they are made when it comes.
 */
interface Step {
  readonly matches: CharacterClass | undefined
  next: number
  /** Of a fork. */
  other: number
}

interface State {
  /** Steps that await a character. */
  readonly steps: readonly number[]
  readonly isFinal: boolean
  /** Next states by ASCII character; others in the map. */
  readonly ascii: (State | undefined)[]
  readonly others: Map<number, State>
}

const final = 0

/** A compiled pattern; it matches whole texts only (part 2 §4.3.4). */
export class Pattern {
  readonly #steps: Step[] = [{ matches: undefined, next: final, other: final }]
  readonly #states = new Map<string, State>()
  #start: State
  /** UTF-16 units of the longest text that is looked at. */
  readonly charsMax: number

  /** @throws PatternError */
  constructor(source: string) {
    const first = this.#compile(readPattern(source), final)
    this.#first = first
    this.#start = this.#state([first])
    this.charsMax = Math.floor(xsdLimits.patternWorkMax / this.#steps.length)
    this.#explore(source)
  }

  readonly #first: number

  /** Whether the whole text matches. The caller has seen that it is no longer than `charsMax`. */
  matches(text: string): boolean {
    let state = this.#start
    for (let at = 0; at < text.length; at++) {
      let code = text.charCodeAt(at)
      let next: State | undefined
      if (code < 128) {
        next = state.ascii[code]
      } else {
        code = text.codePointAt(at) ?? 0
        if (code > 0xffff) at++
        next = state.others.get(code)
      }
      state = next ?? this.#follow(state, code)
      if (state.steps.length === 0 && !state.isFinal) return false
    }
    return state.isFinal
  }

  /** Makes all states. @throws PatternError where there are too many */
  #explore(source: string): void {
    const classes = new Set(this.#steps.flatMap(({ matches }) => (matches ? [matches] : [])))
    const samples = sampleCharacters(source, [...classes])
    const seen = new Set([this.#start])
    let steps = 0
    for (const state of seen) {
      steps += state.steps.length
      if (seen.size >= xsdLimits.patternStatesMax || steps > xsdLimits.patternStateStepsMax) {
        throw new PatternError(`${source} (> ${String(xsdLimits.patternStatesMax)})`)
      }
      for (const sample of samples) seen.add(this.#follow(state, sample))
    }
  }

  #follow(state: State, code: number): State {
    const reached: number[] = []
    for (const number of state.steps) {
      const step = this.#steps[number]
      if (step?.matches?.(code)) reached.push(step.next)
    }
    if (this.#states.size > xsdLimits.patternStatesMax) {
      // What was remembered goes, the state in hand does not: it is left behind with the next character.
      this.#states.clear()
      this.#start = this.#state([this.#first])
      return this.#state(reached)
    }
    const next = this.#state(reached)
    if (code < 128) state.ascii[code] = next
    else if (state.others.size < xsdLimits.patternTransitionsMax) state.others.set(code, next)
    return next
  }

  /** The state of these steps and of all that are reached from them through forks. */
  #state(from: readonly number[]): State {
    const seen = new Set<number>()
    const open = [...from]
    for (let number = open.pop(); number !== undefined; number = open.pop()) {
      if (seen.has(number)) continue
      seen.add(number)
      const step = this.#steps[number]
      if (step && number !== final && !step.matches) open.push(step.next, step.other)
    }
    const steps = [...seen].filter((number) => this.#steps[number]?.matches).sort((a, b) => a - b)
    const isFinal = seen.has(final)
    const key = `${steps.join(' ')}${isFinal ? '.' : ''}`
    let state = this.#states.get(key)
    if (!state) {
      state = { steps, isFinal, ascii: [], others: new Map() }
      this.#states.set(key, state)
    }
    return state
  }

  /** Adds the steps of an expression that lead to `next`. @returns its first step */
  #compile(expression: Expression, next: number): number {
    switch (expression.kind) {
      case 'character':
        return this.#add({ matches: expression.matches, next, other: next })
      case 'sequence':
        return expression.parts.reduceRight((after, part) => this.#compile(part, after), next)
      case 'choice':
        return expression.parts
          .map((part) => this.#compile(part, next))
          .reduceRight((other, first) => this.#add({ matches: undefined, next: first, other }))
      case 'repeat':
        return this.#compileRepeat(expression.part, expression.min, expression.max, next)
    }
  }

  #compileRepeat(part: Expression, min: number, max: number, next: number): number {
    let after = next
    if (max === Infinity) {
      const fork: Step = { matches: undefined, next, other: next }
      after = this.#add(fork)
      fork.next = this.#compile(part, after)
    } else {
      // a{0,2} is (a(a)?)?: every fork leads to the end.
      for (let optional = min; optional < max; optional++) {
        const first = this.#compile(part, after)
        if (first === after) break
        after = this.#add({ matches: undefined, next: first, other: next })
      }
    }
    for (let required = 0; required < min; required++) {
      const first = this.#compile(part, after)
      if (first === after) break
      after = first
    }
    return after
  }

  #add(step: Step): number {
    if (this.#steps.length >= xsdLimits.patternStepsMax) {
      throw new PatternError(`> ${String(xsdLimits.patternStepsMax)}`)
    }
    return this.#steps.push(step) - 1
  }
}
