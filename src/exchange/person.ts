import type { SubsystemId } from './identifier.js'

/** How a user has logged in: by a code and a password, or by an electronic signature. */
export type Assurance = 'code-password' | 'e-signature'

/** By what a person is known: personal number (FİN), taxpayer's number (VÖEN), telephone number. */
export type SubjectType = 'fin' | 'voen' | 'telefon'

/** An identifier of a person in the form in which it is compared. Personal data: logged as a pseudonym only. */
export interface PersonIdentifier {
  readonly type: SubjectType
  readonly value: string
}

/** The end user for whom a consumer asks, as a signed assertion says it and the bus has verified it. */
export interface EndUser {
  /** The subsystem that signed the assertion. */
  readonly issuer: SubsystemId
  readonly assurance: Assurance
  /** One at least; the first is the one that the user is known by in the log. */
  readonly identifiers: readonly PersonIdentifier[]
  /** The party for which the user acts. */
  readonly represents: string | undefined
  /** base64url SHA-256 of the assertion as it came. */
  readonly digest: string
}
