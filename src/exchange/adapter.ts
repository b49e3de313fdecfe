import type { DeadlineSignal } from './deadline.js'
import type { PersonDesk } from './end-user.js'
import type { EnvelopeReader } from './envelope.js'
import type { MediatedRequest, ReceivedReply, ReceivedRequest, Reply } from './exchange.js'
import type { HttpSigner, MqSigner, SoapSigner } from './signers.js'
import type { SubsystemId } from './identifier.js'
import type { Catalogue } from './metaservice.js'
import type { Spool } from './payload.js'
import type {
  DeliveryNotice,
  MessageDesk,
  MqNoticeContent,
  VerifiedMqNotice,
} from './message-notice.js'

/** Carries one received request through the line. MUST resolve with a reply or refusal, never reject. */
export type HandleExchange = (received: ReceivedRequest) => Promise<Reply>

/** The bytes that one exchange holds of a budget. */
export interface Holding {
  readonly bytes: number
  /** @throws Fault THROTTLED where it could not hold so many bytes now; nothing is changed by asking */
  assertRoom(bytes: number): void
  /**
   * Makes it hold so many bytes in all, more or fewer than before. Call it before the memory is taken.
   * @throws Fault THROTTLED of the consumer's side above its share, of the bus's side above the whole;
   *   it then holds what it held
   */
  resize(bytes: number): void
}

/**
 * The payloads that one worker holds in memory, counted to the consumers for whom it holds them: one
 * budget for all adapters, as an exchange may come in through one and go out through another.
 */
export interface PayloadBudget {
  /** What an exchange holds; nothing at first, and the same holding whenever it is asked for. */
  hold(exchangeId: string, consumer: SubsystemId): Holding
  /** Gives back what an exchange holds, if anything. */
  release(exchangeId: string): void
}

/** One of the bus's keys, in each form that it signs in. */
export interface BusSigner {
  readonly http: HttpSigner
  readonly soap: SoapSigner
  readonly mq: MqSigner
}

/** The active subsystems that have queues at the broker, as the registry has them now. */
export interface QueueOwners {
  list(): readonly SubsystemId[]
  /** Those of them whose one-way messages this worker reads: it delivers them, too. */
  senders(): readonly SubsystemId[]
  /** Calls back after each change of either, until it is told to stop. */
  onChange(listener: () => void): () => void
}

/** What the bus lends to an adapter. */
export interface AdapterTools {
  /** Signs deliveries over HTTP. */
  readonly signer: HttpSigner
  /** Signs deliveries and notices in queues. */
  readonly mqSigner: MqSigner
  /** Whether the bus has a key for consumers whose stacks verify RSA only. */
  readonly signsWithRsa: boolean
  /**
   * What signs a reply: the key that its receiver can verify.
   * @param consumer - whose key signed the request's head, where that proved right: the registry says
   *   which key it asks for
   * @param claimsRsa - whether the request says of itself that it is signed with RSA; of a stranger
   *   nothing else is known
   */
  replySigner(consumer: SubsystemId | undefined, claimsRsa: boolean): BusSigner
  /**
   * Whether the line has a place for one more exchange of this consumer now. Who has to keep order asks before: what the
   * line has no place for it refuses, and the refusal is evidence. Of use in the same turn only.
   */
  hasPlaceFor(consumer: SubsystemId): boolean
  /** Payloads of requests. The inbound side takes and releases. */
  readonly requestBudget: PayloadBudget
  /**
   * Payloads of replies, from the provider's first byte on. The outbound side takes; the inbound side
   * MUST release, once the reply is written or its receiver is gone, and at once where it refuses.
   */
  readonly replyBudget: PayloadBudget
  /** Payloads too large for memory; taken and released as those in memory are. */
  readonly requestSpool: Spool
  readonly replySpool: Spool
  /** What metaservices tell. */
  readonly catalogue: Catalogue
  /** What senders and recipients of one-way messages ask and say. */
  readonly messages: MessageDesk
  /** What users ask of the exchanges that were about them. */
  readonly persons: PersonDesk
  /**
   * Whose key signed a notice that came as a message of a queue, of which message it tells, and what.
   * @throws Fault SIGNATURE_MISSING, SIGNATURE_INVALID, ALGORITHM_FORBIDDEN, CLOCK_SKEW, REQUEST_INVALID, CERT_*
   */
  verifyNotice(content: MqNoticeContent): VerifiedMqNotice
  /** Who has queues at the broker. */
  readonly queueOwners: QueueOwners
  /** A new, time-ordered exchange id (UUID version 7, RFC 9562 §5.7). */
  newExchangeId(): string
  now(): Date
  /** Notes an internal trouble for the engineer on call; MUST NOT be given payloads or personal data. */
  warn(event: string, details: Readonly<Record<string, unknown>>): void
}

/** An adapter's open consumer-facing side. */
export interface Listening {
  /** Where consumers reach it, e.g. `http://127.0.0.1:8080`. */
  readonly address: string
  /**
   * Accepts nothing new, answers what is in progress, closes. Resolves when every consumer has taken
   * its reply, or has been too slow.
   */
  close(): Promise<void>
}

/**
 * The port both sides of the bus share. A protocol is one folder under `adapters/`; it may face
 * consumers only, providers only, or both.
 */
export interface ProtocolAdapter extends EnvelopeReader {
  /**
   * Consumer-facing side: accepts messages, hands each to the bus, renders reply or refusal. A reply brings along the
   * receipt of its entry, where there is one, under the bus's signature.
   * MUST NOT interpret anything of a message before the bus has verified it.
   */
  listen?(handle: HandleExchange): Promise<Listening>
  /**
   * Provider-facing side: delivers one logged request and resolves with whatever the provider
   * answered. MUST stop when time is up, MUST NOT retry, MUST NOT follow redirects.
   * @param handedOver - of one-way messages: called once this one stands in the recipient's line, behind those that were
   *   handed over before it, so that the next may follow though the end of this one is not known. Never called where
   *   nothing keeps them in that order.
   * @throws Fault PROVIDER_UNAVAILABLE (nothing was sent), PROVIDER_FAULT, RESPONSE_INVALID, THROTTLED
   */
  send?(
    request: MediatedRequest,
    deadline: DeadlineSignal,
    handedOver?: () => void,
  ): Promise<ReceivedReply>
  /**
   * Tells a sender what became of its one-way message; resolves once that is durable where the sender gets it. Absent
   * where senders ask for it.
   * @throws Fault PROVIDER_UNAVAILABLE where it has to be tried again
   */
  notify?(notice: DeliveryNotice, deadline: DeadlineSignal): Promise<void>
  /**
   * Whether a connection to a provider can be made, which is closed at once. MUST end in a time of its own, MUST NOT send
   * anything of a protocol. Absent where a provider has no address that the bus connects to.
   */
  probe?(address: string): Promise<boolean>
  /** What health says of it; empty where all is well. */
  trouble?(): string | undefined
  /** Releases connections to providers. */
  close?(): Promise<void>
}

/** Every adapter folder exports this from `adapter.ts`. */
export type CreateAdapter = (settings: unknown, tools: AdapterTools) => ProtocolAdapter
