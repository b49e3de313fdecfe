import type {
  AcceptedReply,
  AuthenticatedRequest,
  AuthorisedRequest,
  LoggedReply,
  LoggedRequest,
  MediatedRequest,
  ReceivedReply,
  ReceivedRequest,
  RequestStage,
  ValidatedRequest,
} from './exchange.js'
import type { Fault } from './fault.js'

/** What the line needs from the rest of the house. Every step refuses by throwing a `Fault`. */
export interface Bus {
  /** Counts the exchange in; throws THROTTLED when the bus or the consumer has too many. */
  readonly admission: Admission
  authenticate(received: ReceivedRequest): Promise<AuthenticatedRequest>
  authorise(authenticated: AuthenticatedRequest): AuthorisedRequest
  validate(authorised: AuthorisedRequest): ValidatedRequest
  logRequest(validated: ValidatedRequest): Promise<LoggedRequest>
  mediate(logged: LoggedRequest): MediatedRequest
  deliver(mediated: MediatedRequest): Promise<ReceivedReply>
  acceptReply(reply: ReceivedReply, logged: LoggedRequest): Promise<AcceptedReply>
  logReply(accepted: AcceptedReply, logged: LoggedRequest): Promise<LoggedReply>
  /** MUST resolve even if the log cannot write: the consumer is told its fault all the same. */
  logRefusal(fault: Fault, reached: RequestStage): Promise<void>
  /** Called once an exchange has ended, for metrics and the system log. MUST NOT throw. */
  ended(reached: RequestStage, outcome: 'answered' | Fault): void
}

/** Exchanges in progress, in all and per consumer. */
export interface Admission {
  /** @throws Fault THROTTLED */
  enter(): void
  /** Throws THROTTLED when this consumer has too many in progress. @throws Fault THROTTLED */
  admit(authenticated: AuthenticatedRequest): void
  /** Takes back what `enter` and `admit` counted. */
  leave(reached: RequestStage): void
}
