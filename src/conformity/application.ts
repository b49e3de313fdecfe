import type { BilingualText } from '../exchange/fault.js'
import type { MemberId } from '../exchange/identifier.js'
import type { ObjectKind } from './requirement.js'

export interface Contact {
  readonly name: string
  readonly post: string
  readonly email: string
  readonly phone: string
}

/** A request that the kit sends to the applicant's endpoint, after the contract; JSON text or a SOAP Body's content. */
export interface ProbeRequest {
  readonly body: string | undefined
  /** Of a REST operation: what follows the service's address, path and query. */
  readonly target: string | undefined
  readonly method: string | undefined
}

/** What the probes of a service send. */
export interface ServiceProbes {
  /** Answered as the contract says (TT-04), within the regulation's time (TT-10). */
  readonly good: ProbeRequest
  /** Answered by a proper fault (TT-05). */
  readonly bad: ProbeRequest
  /** Azerbaijani text of `good` or of its answer that has to come back unchanged (TT-14). */
  readonly echo: { readonly request: ProbeRequest; readonly text: string } | undefined
}

/** What personal data an object holds; its entry in the second State Register. */
export interface PersonalDataEntry {
  readonly purpose: string
  readonly categories: readonly string[]
  readonly legalBasis: string
}

/**
 * What a participant says of the object that it wants to connect («müraciət», with «uyğunluğa dair məlumatlar»). The same file is what
 * the applicant's own kit reads and what the desk takes.
 */
export interface ConnectionApplication {
  readonly kind: ObjectKind
  readonly member: MemberId
  readonly domain: string
  /** Identifier that the object is to have: a subsystem, a resource or a service version. */
  readonly objectId: string
  readonly name: BilingualText
  /** The object as a declaration of the registry has it (docs/registry.md), without what the desk decides. */
  readonly declaration: Readonly<Record<string, unknown>>
  /** Of a system: the request for its certificate (PKCS#10), or a certificate of an accepted authority; PEM. */
  readonly certificateRequest: string | undefined
  /** Of a service: the digest of an uploaded contract, or for the applicant's own kit its folder. */
  readonly contract: string | undefined
  readonly probes: ServiceProbes | undefined
  /** The administrative regulation of a service with its time for an answer (TT-09, TT-10). */
  readonly regulation:
    { readonly title: string; readonly reference: string; readonly answerMsMax: number } | undefined
  readonly personalData: PersonalDataEntry | undefined
  /** Codes of data objects that it gives, and that it asks its users for (TT-08, R-035). */
  readonly dataObjects: readonly string[]
  readonly asksFor: readonly string[]
  readonly duplicateReason: string | undefined
  /** Statements on certified software (TT-11) and on measures of information security (TT-12). */
  readonly softwareStatement: string | undefined
  readonly securityStatement: string | undefined
  readonly responsible: Contact | undefined
  readonly technical: Contact | undefined
  readonly hosting: { readonly place: 'data-centre' | 'own'; readonly address: string } | undefined
  /** What the applicant's own kit found, as it wrote it. */
  readonly ownCheck: string | undefined
}
