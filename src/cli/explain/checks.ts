import { Fault, type BilingualText } from '../../exchange/fault.js'

/** What a check asks, and what is known of it whatever was captured. */
export interface CheckDefinition<Name extends string> {
  readonly name: Name
  readonly title: string
  /** Only the registry knows; this command works without one. */
  readonly byRegistry?: true
  /** What helps where it refuses, if that is more than the fault's own remedy says. */
  readonly advice?: BilingualText
}

export interface Check {
  readonly name: string
  readonly title: string
  readonly byRegistry: boolean
  readonly outcome: 'ok' | 'wrong' | 'not checked'
  readonly faults: readonly Fault[]
  /** Why it was not checked, or what was found. */
  readonly notes: readonly string[]
  /** What helps, where more is known than the fault's own remedy says. */
  readonly advice: BilingualText | undefined
}

/** Follows a verifier through all its checks, noting refusals where it would stop at the first. */
export class Checks<Name extends string> {
  readonly #definitions: readonly CheckDefinition<Name>[]
  readonly #asTold: (fault: Fault) => Fault
  readonly #entered = new Set<Name>()
  readonly #faults = new Map<Name, Fault[]>()
  readonly #notes = new Map<Name, string[]>()
  readonly #advice = new Map<Name, BilingualText>()
  #current: Name | undefined

  /**
   * @param definitions in the order in which the checks are made, so the first that is wrong is the refusal
   * @param asTold a verifier's fault as it is told of this message
   */
  constructor(
    definitions: readonly CheckDefinition<Name>[],
    asTold: (fault: Fault) => Fault = (fault) => fault,
  ) {
    this.#definitions = definitions
    this.#asTold = asTold
  }

  enters(name: Name): void {
    this.#current = name
    this.#entered.add(name)
  }

  /** Notes a refusal of the check entered last. */
  refuses(fault: Fault): void {
    const name = this.#current
    if (name === undefined) throw new Error('a refusal before the first check')
    this.#faults.set(name, [...(this.#faults.get(name) ?? []), this.#asTold(fault)])
  }

  /** Makes a check that may end with a refusal, which is noted. */
  attempt<T>(check: () => T): T | undefined {
    try {
      return check()
    } catch (error) {
      if (!(error instanceof Fault)) throw error
      this.refuses(error)
      return undefined
    }
  }

  note(name: Name, text: string): void {
    this.#notes.set(name, [...(this.#notes.get(name) ?? []), text])
  }

  /** What helps if this check refuses. */
  advise(name: Name, text: BilingualText): void {
    this.#advice.set(name, text)
  }

  /** Says why a check was not made. */
  skip(name: Name, why: string): void {
    this.#entered.delete(name)
    this.note(name, why)
  }

  hasFault(name: Name): boolean {
    return this.#faults.has(name)
  }

  faultsOf(name: Name): readonly Fault[] {
    return this.#faults.get(name) ?? []
  }

  get list(): Check[] {
    return this.#definitions.map(({ name, title, byRegistry = false, advice: usual }) => {
      const faults = this.#faults.get(name) ?? []
      const notes = this.#notes.get(name) ?? []
      const check = { name, title, byRegistry, faults, notes }
      const advice = this.#advice.get(name) ?? usual
      if (faults.length > 0) return { ...check, advice, outcome: 'wrong' }
      if (this.#entered.has(name)) return { ...check, advice, outcome: 'ok' }
      const why = notes.length > 0 ? notes : ['An earlier check stopped the verification.']
      return { ...check, advice, outcome: 'not checked', notes: why }
    })
  }
}
