/**
 * The stages of one exchange. Each step of the line takes the stage before it and returns the next,
 * so that the order of the steps is a matter of types: `deliver` takes a `MediatedRequest`, which
 * can only be made from a `LoggedRequest`, which only the message log can make. The brand's symbol
 * is not exported; the few owning functions cast, and `test/architecture` counts those casts.
 */
import type { DerivedRequest } from './derived-request.js'
import type { Envelope, EnvelopeReader } from './envelope.js'
import type { Fault } from './fault.js'
import type { SubsystemId } from './identifier.js'
import type { LoggedEntry } from './logged-entry.js'
import type { EndUser, PersonIdentifier } from './person.js'
import type { Route } from './route.js'
import type {
  ReplyContent,
  SignedContent,
  UnreadContent,
  VerifiedContent,
  VerifiedHead,
  WellFormedContent,
} from './signed-content.js'

declare const stage: unique symbol

interface Stage<Name extends string> {
  readonly [stage]: { readonly [name in Name]: true }
}

/** The certificate whose key signed a message, and the subsystem it is registered to. */
export interface Signer {
  readonly subsystem: SubsystemId
  /** base64url SHA-256 of the certificate's DER. */
  readonly thumbprint: string
  /** Lower-case hexadecimal. */
  readonly serialNumber: string
}

/** Bytes from a consumer of which nothing is known yet. */
export interface ReceivedRequest {
  readonly exchangeId: string
  readonly receivedAt: Date
  readonly adapter: EnvelopeReader
  readonly content: SignedContent
  readonly remoteAddress: string
  /**
   * base64url SHA-256 of the client certificate of the connection, whose key its other end has proved to hold. Known until
   * the exchange has been let in; undefined where it came by none.
   */
  readonly clientCertificate?: string | undefined
}

/**
 * Step 1, its first part: the key of this registered certificate signed the head. Whether the
 * certificate is good, and speaks for whom the head names, is not known; the payload is not read.
 */
export interface SignedRequest extends ReceivedRequest, Stage<'signed'> {
  readonly content: WellFormedContent
  readonly verified: UnreadContent
  readonly signer: Signer
}

/** Step 1, its second part: the subsystem that signed is the one that asks. The payload is not read. */
export interface IdentifiedRequest
  extends Omit<SignedRequest, typeof stage>, Stage<'signed' | 'identified'> {
  readonly envelope: Envelope
}

/** Step 1 passed: these bytes were signed by this subsystem. */
export interface AuthenticatedRequest
  extends
    Omit<IdentifiedRequest, typeof stage | 'verified'>,
    Stage<'signed' | 'identified' | 'authenticated'> {
  readonly verified: VerifiedContent
}

/** Step 2 passed: the subsystem may call this service, now, for this purpose. */
export interface AuthorisedRequest
  extends
    Omit<AuthenticatedRequest, typeof stage>,
    Stage<'signed' | 'identified' | 'authenticated' | 'authorised'> {
  readonly route: Route
  /** For whom the consumer asks; undefined where it asks on behalf of an agency. */
  readonly user: EndUser | undefined
}

/** Step 3 passed: the message keeps the service's contract. */
export interface ValidatedRequest
  extends
    Omit<AuthorisedRequest, typeof stage>,
    Stage<'signed' | 'identified' | 'authenticated' | 'authorised' | 'validated'> {
  /** Version of the contract it was held to; `none` where the service has no contract yet. */
  readonly contractVersion: string
  /** Version of the mapping into the provider's protocol; `none` where the bytes are untouched. */
  readonly mappingVersion: string
  /**
   * What the provider is to get, where it speaks another protocol: whether a message can be carried over is
   * known once it has been.
   */
  readonly derived: DerivedRequest | undefined
  /** About whom it is, as far as the service declares where that stands. */
  readonly subjects: readonly PersonIdentifier[]
}

/** Step 4 passed: there is durable evidence of the request. Only the message log makes one. */
export interface LoggedRequest
  extends
    Omit<ValidatedRequest, typeof stage>,
    Stage<'signed' | 'identified' | 'authenticated' | 'authorised' | 'validated' | 'logged'> {
  readonly entry: LoggedEntry
}

/** Step 5 passed: in the provider's protocol. Without mediation the content is the original. */
export interface MediatedRequest extends Stage<'mediated'> {
  readonly logged: LoggedRequest
  /** Version of the mapping used; `none` where the bytes are untouched. */
  readonly mappingVersion: string
  /** What is delivered in place of the original; undefined where the bytes are untouched. */
  readonly derived: DerivedRequest | undefined
}

/** Step 6 passed: what came back from the provider, of which nothing is known yet. */
export interface ReceivedReply {
  readonly content: ReplyContent
  /** What was sent to the provider, as far as its answer's signature may refer to it. */
  readonly delivered: SignedContent
  readonly deliveredAt: Date
  readonly receivedAt: Date
}

/** Step 7 passed: the answer is held to the same rules as the request. */
export interface AcceptedReply extends ReceivedReply, Stage<'accepted'> {
  /** Who signed the answer; undefined where the service does not ask for a signature. */
  readonly signer: Signer | undefined
}

/** An answer without the fields that an access right leaves out. */
export interface LeftOut {
  /** The original where it held none of them. */
  readonly content: ReplyContent
  /** How many were cut out. */
  readonly fields: number
}

/**
 * Step 7, its second part: without the fields that the access right leaves out, in the consumer's protocol. `forConsumer` is
 * the original where neither changed anything.
 */
export interface MediatedReply
  extends Omit<AcceptedReply, typeof stage>, Stage<'accepted' | 'mediated back'> {
  /** The answer that was accepted, in the consumer's protocol. */
  readonly forConsumer: ReplyContent
  /** How many fields the access right left out of it; undefined where it leaves none out. */
  readonly filtered: number | undefined
  /** What was sent to the provider and with which mapping. */
  readonly mediated: MediatedRequest
}

/** Step 8 passed: there is durable evidence of the answer. Only the message log makes one. */
export interface LoggedReply
  extends Omit<MediatedReply, typeof stage>, Stage<'accepted' | 'mediated back' | 'logged'> {
  readonly entry: LoggedEntry
}

/** The way a request had come when it was refused; whatever is known of it goes into the record. */
export type RequestStage =
  | ReceivedRequest
  | SignedRequest
  | IdentifiedRequest
  | AuthenticatedRequest
  | AuthorisedRequest
  | ValidatedRequest
  | LoggedRequest

/**
 * What the consumer gets. The inbound side renders it in the consumer's protocol and signs it. `accepted`: the bus has
 * a one-way message, delivers it as soon as it can be, and tells by notices what became of it.
 */
export type Reply =
  | {
      readonly outcome: 'accepted'
      readonly exchangeId: string
      readonly request: LoggedRequest
      /** Of the request; the outcome's comes when there is one. */
      readonly entry: LoggedEntry
    }
  | {
      readonly outcome: 'answered'
      readonly exchangeId: string
      readonly request: LoggedRequest
      readonly content: ReplyContent
      readonly entry: LoggedEntry
    }
  | {
      readonly outcome: 'refused'
      readonly exchangeId: string
      readonly fault: Fault
      /** Whose key signed the request's head, where that proved right; the registry says what its stack verifies. */
      readonly signer: Signer | undefined
      /** What had been verified of the request; the signed refusal refers to its signature. */
      readonly verified: VerifiedHead | undefined
      /** The refusal's own; undefined where the message log could not take it. */
      readonly entry: LoggedEntry | undefined
    }
