import type { DerivedRequest } from './derived-request.js'
import type { AuthenticatedRequest, AuthorisedRequest } from './exchange.js'
import type { EndUser, PersonIdentifier } from './person.js'
import type { ServiceId } from './identifier.js'

/**
 * Who is the end user of this request? That its issuer may assert users is for the registry to say.
 * @throws Fault ASSERTION_INVALID
 */
export type VerifyEndUser = (authenticated: AuthenticatedRequest, service: ServiceId) => EndUser

/**
 * About whom is this request, and may its consumer ask about them? On behalf of a user about that user alone.
 * @param derived - what the provider is to get in place of the original, if anything
 * @returns whom it names at the places that the service declares
 * @throws Fault NOT_DATA_SUBJECT, REQUEST_INVALID
 */
export type HoldToSubject = (
  authorised: AuthorisedRequest,
  derived: DerivedRequest | undefined,
) => readonly PersonIdentifier[]

/** An exchange about a person, as they may see it. */
export interface ExchangeAboutPerson {
  readonly exchangeId: string
  /** When it came. */
  readonly at: string | undefined
  /** Who asked, and whom, for what. */
  readonly consumer: string | undefined
  readonly provider: string | undefined
  readonly service: string | undefined
  readonly mode: string | undefined
  readonly purpose: string | undefined
  readonly legalBasis: string | undefined
  readonly caseNumber: string | undefined
  /** `answered`, `unresolved`, or a code of the fault list. */
  readonly outcome: string | undefined
}

/** One page, newest first. */
export interface ExchangesAboutPerson {
  readonly exchanges: readonly ExchangeAboutPerson[]
  /** Where the next page begins; undefined at the end. */
  readonly next: string | undefined
}

/** Tells persons which exchanges were about them. */
export interface PersonDesk {
  /**
   * @param before - only exchanges before this one: the `next` of the page before
   * @throws Fault AUDIT_UNAVAILABLE
   */
  exchangesAbout(
    user: EndUser,
    page: { readonly limit: number; readonly before: string | undefined },
  ): Promise<ExchangesAboutPerson>
}
