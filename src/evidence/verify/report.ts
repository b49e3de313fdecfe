import type { BilingualText } from '../../exchange/fault.js'

/**
 * What came of one step. `note` says something that a reader has to know and that is no check: what a container
 * by its nature cannot prove.
 */
export type StepOutcome = 'proved' | 'false' | 'not-checked' | 'note'

/** The steps, in the order in which they are told. */
export type StepName =
  | 'container'
  | 'seal'
  | 'entries'
  | 'inclusion'
  | 'checkpoint'
  | 'witnesses'
  | 'timestamp'
  | 'request-message'
  | 'request-signature'
  | 'request-certificate'
  | 'reply-message'
  | 'reply-signature'
  | 'reply-certificate'

export interface Step {
  readonly name: StepName
  readonly outcome: StepOutcome
  readonly text: BilingualText
  /** The file that it is about, where it is about one. */
  readonly file: string | undefined
}

export type Verdict = 'proved' | 'false' | 'incomplete'

/** All that a verification found out. */
export interface EvidenceReport {
  readonly exchangeId: string | undefined
  readonly steps: readonly Step[]
  readonly verdict: Verdict
}

/** Gathers the steps of one verification. */
export class Findings {
  readonly #steps: Step[] = []

  proved(name: StepName, text: BilingualText, file?: string): void {
    this.#steps.push({ name, outcome: 'proved', text, file })
  }

  /** Something that the container says is not so. */
  isFalse(name: StepName, text: BilingualText, file?: string): void {
    this.#steps.push({ name, outcome: 'false', text, file })
  }

  notChecked(name: StepName, text: BilingualText, file?: string): void {
    this.#steps.push({ name, outcome: 'not-checked', text, file })
  }

  note(name: StepName, text: BilingualText, file?: string): void {
    this.#steps.push({ name, outcome: 'note', text, file })
  }

  hasFalse(name: StepName): boolean {
    return this.#steps.some((step) => step.name === name && step.outcome === 'false')
  }

  report(exchangeId: string | undefined): EvidenceReport {
    return { exchangeId, steps: this.#steps, verdict: this.#verdict() }
  }

  #verdict(): Verdict {
    const outcomes = new Set(this.#steps.map(({ outcome }) => outcome))
    if (outcomes.has('false')) return 'false'
    return outcomes.has('not-checked') ? 'incomplete' : 'proved'
  }
}
