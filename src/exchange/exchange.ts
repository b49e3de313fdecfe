/**
 * The stages of one exchange. Each step of the line takes the stage before it and returns the next,
 * so that the order of the steps is a matter of types: `deliver` takes a `MediatedRequest`, which
 * can only be made from a `LoggedRequest`, which only the message log can make. The brand's symbol
 * is not exported; the few owning functions cast, and `test/architecture` counts those casts.
 */
import type { Fault } from './fault.js'
import type { ServiceCode, ServiceId, SubsystemId } from './identifier.js'
import type { Metaservice } from './metaservice.js'
import type {
  ReplyContent,
  SignedContent,
  SoapAttachment,
  SoapVersion,
  UnreadContent,
  VerifiedContent,
  VerifiedHead,
  VerifiedHttpHead,
  WellFormedContent,
} from './signed-content.js'

declare const stage: unique symbol

interface Stage<Name extends string> {
  readonly [stage]: { readonly [name in Name]: true }
}

/** On whose behalf the consumer asks: of a person (self-only rule) or of the agency itself. */
export type ExchangeMode = 'user' | 'body'

/** How a user has logged in: by a code and a password, or by an electronic signature. */
export type Assurance = 'code-password' | 'e-signature'

/** By what a person is known: personal number (FİN), taxpayer's number (VÖEN), telephone number. */
export type SubjectType = 'fin' | 'voen' | 'telefon'

/** Where a service's messages name whose data they are about, as JSON Pointers (RFC 6901) with `*` for any element of a list. */
export interface SubjectRule {
  readonly type: SubjectType
  readonly request: string
  /** Undefined where replies do not name it. */
  readonly reply: string | undefined
}

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

/** The certificate whose key signed a message, and the subsystem it is registered to. */
export interface Signer {
  readonly subsystem: SubsystemId
  /** base64url SHA-256 of the certificate's DER. */
  readonly thumbprint: string
  /** Lower-case hexadecimal. */
  readonly serialNumber: string
}

/** By which of the bus's keys replies to a subsystem are signed. */
export type ReplySignature = 'ecdsa' | 'rsa'

/** How a provider gets SOAP messages. */
export interface SoapHandling {
  /** What of the Header. */
  readonly securityHeader: 'keep' | 'strip'
  /** X-Road's header blocks and ours. */
  readonly xroadHeaders: 'keep' | 'strip'
  /** SOAPAction, or the parameter `action` of SOAP 1.2; undefined for the empty one. */
  readonly action?: string | undefined
}

/**
 * What happens to a message that breaks its service's contract: nothing is looked at; it passes and is told of;
 * it is refused.
 */
export type ValidationLevel = 'off' | 'report' | 'block'

/** Whether a consumer waits for an answer, or is told by notices what became of its message. */
export type ExchangePattern = 'request-reply' | 'one-way'

/** The contract that a service version's messages are held to. */
export interface ContractTerms {
  /** base64url SHA-256 of the contract's files: a contract never changes, another one takes its place. */
  readonly digest: string
  readonly request: ValidationLevel
  readonly reply: ValidationLevel
}

/** Where an authorised request goes, under which limits and on which legal ground. */
export interface Route {
  readonly service: ServiceId
  readonly provider: SubsystemId
  readonly domain: string
  readonly mode: ExchangeMode
  /** Protocol of the provider's side: the name of an adapter folder. */
  readonly protocol: string
  /** The provider's address; only the registry supplies it. */
  readonly address: string
  readonly pattern: ExchangePattern
  /** Total time from delivery to the last byte of the answer, milliseconds. */
  readonly timeLimitMs: number
  readonly requestBytesMax: number
  readonly replyBytesMax: number
  /** Exchanges of the service in progress at one time, per worker. */
  readonly concurrentMax: number
  /** Whether the contract allows a second delivery of the same request. */
  readonly idempotent: boolean
  readonly providerSignature: 'required' | 'none'
  /** Undefined where the provider gets the message as it came. */
  readonly soap: SoapHandling | undefined
  /** Undefined where the service has none. */
  readonly contract: ContractTerms | undefined
  /** What the bus answers itself; undefined where a provider does. */
  readonly metaservice: Metaservice | undefined
  /** Where its messages say about whom they are; none where they are about nobody. */
  readonly subjects: readonly SubjectRule[]
  /** How a user must have proved who they are; undefined where any way will do. */
  readonly assurance: Assurance | undefined
  /** Undefined for a metaservice, which needs none. */
  readonly accessRight:
    | {
        readonly id: string
        readonly legalBasis: string
        readonly purpose: string
        /** Exchanges a day of the country; undefined where they are not counted. */
        readonly dailyQuota?: number | undefined
        /** Fields that answers are passed on without, as JSON Pointers with `*` for any member or item. */
        readonly omit: readonly string[]
      }
    | undefined
  /** How many exchanges a consumer may have of the service; undefined where they are not counted. */
  readonly rate?: { readonly perSecond: number; readonly burst: number } | undefined
}

/** A durable entry of the message log. */
export interface LoggedEntry {
  /** RFC 9162 §2.1.1 leaf hash of the entry's canonical bytes. */
  readonly leafHash: Uint8Array
  readonly recordedAt: Date
  /** The log that it will be in: `domain/` and its exchange domain, or `unassigned`. */
  readonly log: string
  /** The entry's salted digest of the payload; absent where no payload is kept. */
  readonly payloadDigest?: string | undefined
  /**
   * Of an outcome: the bus's signed promise that the entry will be in its log, printable ASCII without white space.
   * Absent where it could not be signed; the entry is durable all the same.
   */
  readonly receipt?: string | undefined
}

/** The outcome of an exchange as its entry became durable: what its receipt states. */
export interface DurableOutcome {
  readonly exchangeId: string
  readonly log: string
  readonly leafHash: Uint8Array
  /** Of the request's entry, where there is one. */
  readonly requestLeafHash: Uint8Array | undefined
  readonly recordedAt: Date
}

/**
 * Signs the receipts of outcomes that became durable together.
 * @returns in the order of the outcomes
 */
export type SignReceipts = (outcomes: readonly DurableOutcome[]) => readonly string[]

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

/** Whom a one-way message concerns, as the message log has it, whatever has become of its content. */
export interface StoredFacts {
  readonly sender: SubsystemId
  readonly recipient: ServiceId
  readonly provider: SubsystemId
  readonly messageId: string
  readonly correlationId: string | undefined
  readonly domain: string | undefined
  readonly consumerProtocol: string
  readonly providerProtocol: string | undefined
}

/**
 * A one-way request as the message log has it, read back to be delivered. Where its content is none any more, that is
 * malformed and says why.
 */
export interface StoredRequest extends ReceivedRequest {
  readonly entry: LoggedEntry
  readonly facts: StoredFacts
  readonly expiresAt: Date
  /** Of one that came a moment ago: what step 1 found, which is not done again then. */
  readonly authenticated?: AuthenticatedRequest | undefined
}

/** A request in the provider's protocol, made from one in the consumer's. */
export type DerivedRequest = DerivedHttpRequest | DerivedSoapRequest | DerivedMqRequest

/** What is sent to a provider that speaks REST. */
export interface DerivedHttpRequest {
  readonly format: 'http'
  readonly method: string
  /** After the provider's address, percent-encoded: empty, or beginning with `/`. */
  readonly path: string
  /** Percent-encoded, without `?`. */
  readonly query: string | undefined
  /** End-to-end fields that the contract asks for: name, value, name, value. `Content-Type` is among them. */
  readonly rawHeaders: readonly string[]
  readonly payload: Uint8Array
}

/** What is sent to a provider that speaks SOAP; the outbound side puts the Envelope and Header around it. */
export interface DerivedSoapRequest {
  readonly format: 'soap'
  readonly version: SoapVersion
  /** The Body's one child, with every namespace it uses declared on it, in UTF-8. */
  readonly body: Uint8Array
  /** Parts beside the envelope; MTOM where `isXop`, else SOAP with Attachments. */
  readonly attachments: readonly SoapAttachment[]
  readonly isXop: boolean
}

/** What is sent to a provider that reads queues. */
export interface DerivedMqRequest {
  readonly format: 'mq'
  readonly contentType: string
  /** Which operation is asked for; undefined where the service has one. */
  readonly type: string | undefined
  readonly payload: Uint8Array
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
