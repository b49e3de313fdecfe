import { jsonCheckLimits } from '../limits/mediation.js'

/** A step of a pattern: what it takes, and which steps come next. */
export interface Step {
  readonly kind: 'character' | 'fork' | 'start' | 'end' | 'match'
  /** The step's number. */
  readonly at: number
  /** Of a character. */
  readonly accepts: RegExp | undefined
  next: Step[]
}

/** A pattern that is not supported; the message names the construct. */
export class PatternError extends Error {
  override readonly name = 'PatternError'
}

const single =
  /\[(?:\\.|[^\]\\])*\]|\\p\{[^}]*\}|\\P\{[^}]*\}|\\u\{[^}]*\}|\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|\\u[0-9a-fA-F]{4}|\\x[0-9a-fA-F]{2}|\\c[A-Za-z]|\\[^pPuxcbBk1-9]|[^\\()[\]{}|^$*+?]/uy
const quantifier = /(?:[*+?]|\{(\d+)(,(\d*))?\})\??/y
const groupStart = /\((?:\?:|\?<[^=!>][^>]*>)?/y

interface Fragment {
  readonly enter: Step
  readonly leave: Step
}

/**
 * The steps of an ECMAScript pattern, as JSON Schema has them (draft 2020-12 §6.4). Lookaround, word boundaries and
 * back references are not supported: they cannot be matched in time linear in the text.
 * @returns the first step
 * @throws PatternError
 */
export function stepsOf(pattern: string): Step {
  try {
    new RegExp(pattern, 'u')
  } catch {
    throw new PatternError('no ECMAScript pattern')
  }
  return new StepMaker(pattern).whole()
}

class StepMaker {
  readonly #pattern: string
  #at = 0
  #count = 0

  constructor(pattern: string) {
    this.#pattern = pattern
  }

  whole(): Step {
    const { enter, leave } = this.#alternatives()
    leave.next = [this.#step('match')]
    return enter
  }

  #alternatives(): Fragment {
    const branches = [this.#sequence()]
    while (this.#pattern[this.#at] === '|') {
      this.#at++
      branches.push(this.#sequence())
    }
    if (branches.length === 1 && branches[0] !== undefined) return branches[0]
    const leave = this.#step('fork')
    for (const branch of branches) branch.leave.next = [leave]
    return {
      enter: this.#step(
        'fork',
        branches.map(({ enter }) => enter),
      ),
      leave,
    }
  }

  #sequence(): Fragment {
    const enter = this.#step('fork')
    let leave = enter
    while (this.#at < this.#pattern.length && !'|)'.includes(this.#pattern.charAt(this.#at))) {
      const term = this.#repeated()
      leave.next = [term.enter]
      leave = term.leave
    }
    return { enter, leave }
  }

  #repeated(): Fragment {
    const start = this.#at
    const once = this.#atom()
    const end = this.#at
    quantifier.lastIndex = end
    const found = quantifier.exec(this.#pattern)
    if (found === null) return once
    const [min, max] = boundsOf(found)
    const behind = quantifier.lastIndex
    // Each repetition is made from the text again: steps belong to one place.
    const again = (): Fragment => {
      this.#at = start
      return this.#atom()
    }
    const all = this.#repetitions(once, again, min, max)
    this.#at = behind
    return all
  }

  #repetitions(once: Fragment, again: () => Fragment, min: number, max: number): Fragment {
    const enter = this.#step('fork')
    const leave = this.#step('fork')
    let at = enter
    let next: Fragment | undefined = once
    const copies = max === Infinity ? Math.max(min, 1) : max
    for (let count = 1; count <= copies; count++) {
      const copy: Fragment = next ?? again()
      next = undefined
      at.next.push(copy.enter)
      if (count > min) at.next.push(leave)
      const joint = this.#step('fork')
      copy.leave.next = [joint]
      if (max === Infinity && count === copies) joint.next = [copy.enter]
      at = joint
    }
    at.next.push(leave)
    return { enter, leave }
  }

  #atom(): Fragment {
    const pattern = this.#pattern
    const character = pattern[this.#at]
    if (character === '^' || character === '$') {
      this.#at++
      const step = this.#step(character === '^' ? 'start' : 'end')
      return { enter: step, leave: step }
    }
    if (character === '(') return this.#group()
    single.lastIndex = this.#at
    const found = single.exec(pattern)?.[0]
    if (found === undefined) throw new PatternError(pattern.slice(this.#at, this.#at + 2))
    this.#at = single.lastIndex
    const step = this.#step('character', [], new RegExp(`^(?:${found})$`, 'u'))
    return { enter: step, leave: step }
  }

  #group(): Fragment {
    groupStart.lastIndex = this.#at
    const head = groupStart.exec(this.#pattern)?.[0] ?? '('
    if (head === '(' && this.#pattern[this.#at + 1] === '?') {
      throw new PatternError(this.#pattern.slice(this.#at, this.#at + 4))
    }
    this.#at += head.length
    const inner = this.#alternatives()
    this.#at++
    return inner
  }

  #step(kind: Step['kind'], next: Step[] = [], accepts?: RegExp): Step {
    if (this.#count === jsonCheckLimits.patternStepsMax) throw new PatternError('too long')
    return { kind, at: this.#count++, accepts, next }
  }
}

function boundsOf([text, least, upTo, most]: RegExpExecArray): [min: number, max: number] {
  if (text.startsWith('*')) return [0, Infinity]
  if (text.startsWith('+')) return [1, Infinity]
  if (text.startsWith('?')) return [0, 1]
  const min = Number(least)
  if (upTo === undefined) return [min, min]
  return [min, most === '' ? Infinity : Number(most)]
}
