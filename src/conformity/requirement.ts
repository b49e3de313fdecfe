import type { BilingualText } from '../exchange/fault.js'

/** What is connected, each by a case of its own. */
export const objectKinds = ['system', 'resource', 'service'] as const
export type ObjectKind = (typeof objectKinds)[number]

export const requirementCodes = [
  ...['TT-01', 'TT-02', 'TT-03', 'TT-04', 'TT-05', 'TT-06', 'TT-07', 'TT-08'],
  ...['TT-09', 'TT-10', 'TT-11', 'TT-12', 'TT-13', 'TT-14', 'TT-15'],
] as const

/** One technical requirement («texniki tələb») of a set in force. */
export interface TechnicalRequirement {
  /** `TT-04`; one that no check of the kit knows is judged by an officer. */
  readonly code: string
  readonly text: BilingualText
  /** Clauses of the statute that it comes from. */
  readonly clause: string
  readonly appliesTo: readonly ObjectKind[]
  /** `automatic`: by the kit; the others by an officer, from what the application says. */
  readonly by: 'automatic' | 'document' | 'data'
}

/** A version of the requirements; it is never changed, only followed by another. */
export interface RequirementSet {
  readonly version: number
  readonly inForceFrom: Date
  /** Until when what is connected already has to fit it. */
  readonly recheckUntil: Date | undefined
  readonly requirements: readonly TechnicalRequirement[]
}

/** `open`: an officer decides. `warning` stands in no one's way. */
export const checkResults = ['pass', 'fail', 'warning', 'open', 'not-applicable'] as const
export type CheckResult = (typeof checkResults)[number]

/** One line of a check protocol. */
export interface CheckLine {
  readonly code: string
  readonly result: CheckResult
  /** What was seen. */
  readonly finding: BilingualText
  /** What is to be done; there is one wherever the result is not `pass` or `not-applicable`. */
  readonly remedy: BilingualText | undefined
  /** How long what was measured took, where something was. */
  readonly tookMs: number | undefined
  /** Where an officer decided: who, and why. */
  readonly officer: { readonly name: string; readonly reason: string } | undefined
}

/** What a check found, a line for each requirement of the set; those that do not apply say so. */
export interface CheckProtocol {
  readonly requirementSet: number
  readonly startedAt: Date
  readonly endedAt: Date
  readonly lines: readonly CheckLine[]
}
