import type { BilingualText } from '../exchange/fault.js'
import { violationTexts, type ViolationRule } from './violation-text.js'

/** One way in which a message breaks its contract. It names places and rules, and never quotes a value of the message. */
export interface Violation {
  /**
   * Where, from the root of the payload, in the names that its sender used: `/iller/il[2]/kapital`, `/@kod` for an attribute; in JSON
   * the property names, array members counted from 1: `/iller[2]/kapital`. The whole payload is `/`.
   */
  readonly path: string
  readonly rule: ViolationRule
  readonly text: BilingualText
}

/** Makes a violation; `term` is what the contract says (a number, a list of names), never a value of the message. */
export function violation(path: string, rule: ViolationRule, term?: string | number): Violation {
  const { az, en } = violationTexts[rule]
  const fill = (text: string): string => text.replace('{term}', () => String(term ?? '–'))
  return { path: path === '' ? '/' : path, rule, text: { az: fill(az), en: fill(en) } }
}

/** A message that breaks its contract, at one place or more; the first is the one that a fault names. */
export class ContractBreach extends Error {
  override readonly name = 'ContractBreach'
  readonly violations: readonly [Violation, ...Violation[]]

  constructor(violations: readonly [Violation, ...Violation[]]) {
    const [first] = violations
    super(`${first.path}: ${first.text.en}`)
    this.violations = violations
  }
}

/** A breach at one place; the parameters are those of {@link violation}. */
export function breach(...what: Parameters<typeof violation>): ContractBreach {
  return new ContractBreach([violation(...what)])
}
