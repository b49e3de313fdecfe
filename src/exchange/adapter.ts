import type {
  EnvelopeReader,
  MediatedRequest,
  ReceivedReply,
  ReceivedRequest,
  Reply,
} from './exchange.js'
import type { HttpSigner } from './signed-content.js'

/** Carries one received request through the line. MUST resolve with a reply or refusal, never reject. */
export type HandleExchange = (received: ReceivedRequest) => Promise<Reply>

/** What the bus lends to an adapter. */
export interface AdapterTools {
  readonly signer: HttpSigner
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
  /** Accepts nothing new, answers what is in progress, closes. Resolves when the last reply is sent. */
  close(): Promise<void>
}

/**
 * The port both sides of the bus share. A protocol is one folder under `adapters/`; it may face
 * consumers only, providers only, or both.
 */
export interface ProtocolAdapter extends EnvelopeReader {
  /**
   * Consumer-facing side: accepts messages, hands each to the bus, renders reply or refusal.
   * MUST NOT interpret anything of a message before the bus has verified it.
   */
  listen?(handle: HandleExchange): Promise<Listening>
  /**
   * Provider-facing side: delivers one logged request and resolves with whatever the provider
   * answered. MUST stop when the signal aborts, MUST NOT retry, MUST NOT follow redirects.
   * @throws Fault PROVIDER_UNAVAILABLE (nothing was sent), PROVIDER_FAULT, RESPONSE_INVALID
   */
  send?(request: MediatedRequest, signal: AbortSignal): Promise<ReceivedReply>
  /** Releases connections to providers. */
  close?(): Promise<void>
}

/** Every adapter folder exports this from `adapter.ts`. */
export type CreateAdapter = (settings: unknown, tools: AdapterTools) => ProtocolAdapter
