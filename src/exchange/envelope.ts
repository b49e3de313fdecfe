import type { VerifiedHttpHead } from './http-content.js'
import type { ServiceCode, SubsystemId } from './identifier.js'
import type { VerifiedContent, VerifiedHead, WellFormedContent } from './signed-content.js'

/** On whose behalf the consumer asks: of a person (self-only rule) or of the agency itself. */
export type ExchangeMode = 'user' | 'body'

/** What the consumer asks for. Read only from verified content. */
export interface Envelope {
  readonly consumer: SubsystemId
  readonly serviceCode: ServiceCode
  /** Absent where the consumer's address names none; the registry then gives the default version. */
  readonly version: string | undefined
  /** Chosen by the consumer, unique for it. */
  readonly messageId: string
  readonly domain: string | undefined
  readonly mode: ExchangeMode | undefined
  readonly purpose: string | undefined
  readonly legalBasis: string | undefined
  readonly caseNumber: string | undefined
  /** The person on whose behalf the consumer asks; personal data, logged as a pseudonym only. */
  readonly userId: string | undefined
  /** Who the end user is, signed by a system that may say so; compact JWS, of which nothing is verified here. */
  readonly assertion?: string | undefined
  readonly representedParty: string | undefined
  readonly correlationId: string | undefined
  readonly classification: string | undefined
  /** Which of a message's recipients this exchange is for, where it names several; 0 or nothing for the first. */
  readonly copy?: number | undefined
  /** When a one-way message is not to be delivered any more; undefined where the sender leaves it to the bus. */
  readonly expiresAt?: Date | undefined
}

/** A one-way request as the message log keeps it. */
export interface KeptRequest {
  /** As its content's `head` gave it. */
  readonly head: Buffer
  readonly payload: Buffer
  readonly sender: SubsystemId
  /** Which of its recipients it is for, where it names several; 0 for the first. */
  readonly copy: number
}

/** The part of a protocol's adapter that reads what the consumer asks for. */
export interface EnvelopeReader {
  /** The adapter folder's name. */
  readonly protocol: string
  /**
   * Reads the envelope. Callers MUST pass only content whose signature has been verified, and that
   * came through this adapter: its format is the adapter's own.
   * @throws Fault REQUEST_INVALID naming the field
   */
  readEnvelope(verified: VerifiedHead): Envelope
  /**
   * Checks that the payload is of the form that the protocol gives a request.
   * @throws Fault REQUEST_INVALID naming the part
   */
  checkContent?(verified: VerifiedContent): void
  /**
   * Checks that the payload asks for the service that the envelope names, by the names alone: where no contract says what
   * a request of it is. Absent where no payload names a service.
   * @throws Fault REQUEST_INVALID naming the part
   */
  checkNamed?(verified: VerifiedContent, envelope: Envelope): void
  /**
   * A request again, made of what the message log keeps of it, to be verified and delivered. Absent where the protocol
   * brings no one-way messages.
   * @throws Fault, Error for what this adapter cannot have let in
   */
  restore?(kept: KeptRequest): WellFormedContent
  /**
   * What of an HTTP request's path is the provider's own, behind the address of the service: undecoded, empty or
   * beginning with `/`. Absent where the protocol has no such thing.
   */
  ownPath?(verified: VerifiedHttpHead): string
}
