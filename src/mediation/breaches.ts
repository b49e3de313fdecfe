import { mappingLimits } from '../limits/mediation.js'
import type { ViolationRule } from '../violation/violation-text.js'
import { below } from './place.js'
import { ContractBreach, violation, type Violation } from '../violation/violation.js'

/** Collects what is wrong with one message, up to a limit. */
export class Breaches {
  readonly #violations: Violation[] = []
  #stepsLeft: number = mappingLimits.stepsMax

  /** What is missing is named by the path that it would have; of several that may stand there, the place is. */
  add(path: string, rule: ViolationRule, term?: string | number): void {
    if (this.isFull) return
    const isOne = rule === 'missing' && typeof term === 'string' && !/[ ,]/.test(term)
    this.#violations.push(violation(isOne ? below(path, term) : path, rule, term))
  }

  /** Nothing more is told of; whoever looks on does it for nothing. */
  get isFull(): boolean {
    return this.#violations.length >= mappingLimits.violationsMax || this.#stepsLeft < 0
  }

  /**
   * Counts what a message costs beyond its own bytes, which a few of them can make much: objects of types with
   * thousands of properties, values that the contract adds.
   * @param present - properties that are known to be there: their own bytes bound them
   * @returns whether it is worth to go on
   */
  mayCost(steps: number, present = 0): boolean {
    if (this.#stepsLeft >= 0) {
      this.#stepsLeft -= Math.max(0, steps - stepsPerProperty * present)
      if (this.#stepsLeft < 0) this.#violations.push(violation('', 'work'))
    }
    return !this.isFull
  }

  /** The same of properties that are seen to be there only later. */
  wereThere(properties: number): void {
    if (this.#stepsLeft >= 0) this.#stepsLeft += stepsPerProperty * properties
  }

  /** @throws ContractBreach if there is something wrong */
  raise(): void {
    const [first, ...others] = this.#violations
    if (first !== undefined) throw new ContractBreach([first, ...others])
  }
}

/** Names for a finding's term; a contract may have hundreds. */
export function listed(names: Iterable<string>): string {
  const all = [...names]
  return all.length <= namesMax ? all.join(', ') : `${all.slice(0, namesMax).join(', ')} …`
}

const namesMax = 12

/** An element's in the cost of its object: its plan, its slot and its node. */
const stepsPerProperty = 3
