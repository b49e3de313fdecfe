import type { BilingualText, Fault } from '../../exchange/fault.js'
import type { VerificationStep, VerificationWatch } from '../../trust/http-signature/watch.js'

/** Checks of the verifier itself, and those around it. */
export type CheckName = VerificationStep | 'request' | 'chain' | 'envelope' | 'sender' | 'registry'

/** In the order in which the bus makes them, so the first that is wrong is the refusal. */
const titles: readonly (readonly [CheckName, string])[] = [
  ['request', 'The capture is a request that the bus reads'],
  ['signature', 'Signature-Input and Signature are there and well formed (RFC 9421 §4)'],
  ['headers', 'Envelope fields are there once; Content-Digest is well formed (RFC 9530)'],
  ['label', 'One signature speaks for the consumer'],
  ['coverage', 'The signature covers every part that it must'],
  ['parameters', 'created, keyid and alg are there and usable (RFC 9421 §2.3)'],
  ['freshness', 'The signature is of now'],
  ['base', 'The signature base can be built (RFC 9421 §2.5)'],
  ['certificate', 'keyid names the certificate'],
  ['verification', 'The signature fits the signature base'],
  ['algorithm', 'The algorithm fits the key (RFC 9421 §3.3)'],
  ['chain', 'The certificate chains to an accepted authority and is not revoked (RFC 5280)'],
  ['envelope', 'Address and envelope fields can be read'],
  ['sender', 'The certificate is registered to the system that X-Road-Client names'],
  ['content-digest', 'The body is the one that was signed (RFC 9530)'],
  ['registry', 'The system may call the service, now, for this purpose'],
]

/** What only the registry knows; this command works without one. */
export const registryChecks: ReadonlySet<CheckName> = new Set(['sender', 'registry'])

export interface Check {
  readonly name: CheckName
  readonly title: string
  readonly outcome: 'ok' | 'wrong' | 'not checked'
  readonly faults: readonly Fault[]
  /** Why it was not checked, or what was found. */
  readonly notes: readonly string[]
  /** What helps, where more is known than the fault's own remedy says. */
  readonly advice: BilingualText | undefined
}

/** Follows the verifier through all its checks, noting refusals where it would stop at the first. */
export class Checks implements VerificationWatch {
  readonly #entered = new Set<CheckName>()
  readonly #faults = new Map<CheckName, Fault[]>()
  readonly #notes = new Map<CheckName, string[]>()
  readonly #advice = new Map<CheckName, BilingualText>()
  readonly #facts = new Map<string, string>()
  #current: CheckName = 'request'

  enters(name: CheckName): void {
    this.#current = name
    this.#entered.add(name)
  }

  /** Notes a refusal of the check entered last. */
  refuses(fault: Fault): void {
    this.#faults.set(this.#current, [...(this.#faults.get(this.#current) ?? []), fault])
  }

  finds(fact: 'label' | 'base' | 'algorithm', value: string): void {
    this.#facts.set(fact, value)
  }

  note(name: CheckName, text: string): void {
    this.#notes.set(name, [...(this.#notes.get(name) ?? []), text])
  }

  /** What helps if this check refuses. */
  advise(name: CheckName, text: BilingualText): void {
    this.#advice.set(name, text)
  }

  /** Says why a check was not made. */
  skip(name: CheckName, why: string): void {
    this.#entered.delete(name)
    this.note(name, why)
  }

  fact(name: 'label' | 'base' | 'algorithm'): string | undefined {
    return this.#facts.get(name)
  }

  hasFault(name: CheckName): boolean {
    return this.#faults.has(name)
  }

  get list(): Check[] {
    return titles.map(([name, title]) => {
      const faults = this.#faults.get(name) ?? []
      const notes = this.#notes.get(name) ?? []
      const check = { name, title, faults, notes, advice: this.#advice.get(name) }
      if (faults.length > 0) return { ...check, outcome: 'wrong' }
      if (this.#entered.has(name)) return { ...check, outcome: 'ok' }
      const why = notes.length > 0 ? notes : ['An earlier check stopped the verification.']
      return { ...check, outcome: 'not checked', notes: why }
    })
  }
}
