import type {
  AcceptedReply,
  AuthenticatedRequest,
  AuthorisedRequest,
  IdentifiedRequest,
  LoggedReply,
  LoggedRequest,
  MediatedReply,
  MediatedRequest,
  ReceivedReply,
  ReceivedRequest,
  RequestStage,
  SignedRequest,
  ValidatedRequest,
} from './exchange.js'
import type { LoggedEntry } from './logged-entry.js'
import type { StoredRequest } from './stored-request.js'
import type { Fault } from './fault.js'
import type { SubsystemId } from './identifier.js'
import type { RefusalGround } from './message-notice.js'

/** What the line needs from the rest of the house. Every step refuses by throwing a `Fault`. */
export interface Bus {
  /** Counts the exchange in; throws THROTTLED when the bus or the consumer has too many. */
  readonly admission: Admission
  /** MUST NOT tell anything of a certificate to who does not hold its key, nor read the payload. */
  verifyHead(received: ReceivedRequest): SignedRequest
  identify(signed: SignedRequest): IdentifiedRequest
  /**
   * May this subsystem come from that network, and by that connection? MUST NOT read the payload.
   * @throws Fault ZONE_FORBIDDEN, CERT_SENDER_MISMATCH
   */
  checkEntrance(identified: IdentifiedRequest): void
  authenticate(identified: IdentifiedRequest): Promise<AuthenticatedRequest>
  authorise(authenticated: AuthenticatedRequest): AuthorisedRequest
  readonly fairUse: FairUse
  validate(authorised: AuthorisedRequest): ValidatedRequest
  logRequest(validated: ValidatedRequest): Promise<LoggedRequest>
  mediate(logged: LoggedRequest): MediatedRequest
  /** @param handedOver - as `send` of an adapter (adapter.ts) */
  deliver(mediated: MediatedRequest, handedOver?: () => void): Promise<ReceivedReply>
  acceptReply(reply: ReceivedReply, logged: LoggedRequest): Promise<AcceptedReply>
  mediateReply(accepted: AcceptedReply, mediated: MediatedRequest): MediatedReply
  logReply(reply: MediatedReply, logged: LoggedRequest): Promise<LoggedReply>
  /**
   * MUST resolve even if the log cannot write: the consumer is told its fault all the same.
   * @param answer - what the provider answered, where that was refused
   * @returns undefined where there is no durable entry of this refusal
   */
  logRefusal(
    fault: Fault,
    reached: RequestStage,
    answer?: ReceivedReply,
  ): Promise<LoggedEntry | undefined>
  /** Called once an exchange has ended, for metrics and the system log. MUST NOT throw. */
  ended(reached: RequestStage, outcome: 'answered' | 'accepted' | Fault): void
}

/** What the delivery of a stored one-way message needs; see deliver-stored.ts. */
export interface DeliveryBus extends Pick<
  Bus,
  | 'authorise'
  | 'validate'
  | 'mediate'
  | 'deliver'
  | 'acceptReply'
  | 'mediateReply'
  | 'logReply'
  | 'ended'
> {
  /**
   * Step 1 again, by the time at which the message came: the certificate was good then.
   * @throws Fault of the verifier where what is stored is not what was signed
   */
  authenticateStored(stored: StoredRequest): Promise<AuthenticatedRequest>
  /** Step 4: the message log's word that this very request is in it already. */
  recall(validated: ValidatedRequest, stored: StoredRequest): LoggedRequest
  /**
   * Ends the message, with a notice to its sender.
   * @returns undefined where that is not durable: it is tried again
   */
  refuseStored(
    fault: Fault,
    stored: StoredRequest,
    circumstances: StoredRefusal,
  ): Promise<LoggedEntry | undefined>
  now(): Date
}

/** What is known of the refusal of a stored message beside its fault. */
export interface StoredRefusal {
  /** What the provider answered, where that was refused, and to what. */
  readonly answer?: { readonly reply: ReceivedReply; readonly logged: LoggedRequest } | undefined
  /** What its sender is told in place of the fault's text. */
  readonly ground?: RefusalGround | undefined
}

/** What a consumer has had of what it may have, over all workers and nodes together. */
export interface FairUse {
  /**
   * Counts one more exchange.
   * @returns undefined where nothing is counted; else rejects with Fault THROTTLED where the consumer's share is used up,
   *   AUDIT_UNAVAILABLE where that cannot be known
   */
  take(authorised: AuthorisedRequest): Promise<void> | undefined
  /** Takes back what was counted of a daily quota for a request that is refused before it is in the log. */
  giveBack(reached: RequestStage): void
}

/** Exchanges in progress, in all and per consumer. */
export interface Admission {
  /** Counts one more exchange. @throws Fault THROTTLED when the bus has too many */
  enter(): void
  /** Counts it to its consumer. @throws Fault THROTTLED when the consumer has too many */
  admit(exchangeId: string, consumer: SubsystemId): void
  /** Takes back what `enter` and `admit` counted. */
  leave(exchangeId: string): void
}
