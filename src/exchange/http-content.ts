import type { SubsystemId } from './identifier.js'
import type { VerifiedSignature } from './verified-signature.js'

/** HTTP header fields as received: name, value, name, value, in order. */
export type RawHeaders = readonly string[]

/** A request that came over HTTP, before anything of it is believed. */
export interface HttpRequestContent {
  readonly format: 'http'
  readonly method: string
  readonly scheme: 'http' | 'https'
  /** As in `Host`, lower case, default port dropped (RFC 9421 §2.2.3). */
  readonly authority: string
  /** The request target in origin form, undecoded: path and, if present, `?` and query. */
  readonly target: string
  readonly rawHeaders: RawHeaders
  /** The request's head as received, for the evidence. */
  head(): Uint8Array
  /**
   * Reads the body, once. Verifiers call it after the head's signature proved right, so that
   * strangers cannot make the bus hold large bodies.
   * @param consumer - who signed the head; what is held of the body counts to its share
   * @throws Fault PAYLOAD_TOO_LARGE above `bytesMax`, PAYLOAD_UNSAFE when it breaks off, THROTTLED when
   *   the consumer or the bus holds too much
   */
  readPayload(bytesMax: number, consumer: SubsystemId): Promise<Uint8Array>
}

/** The parts of an HTTP request's head that a verified signature covers, and nothing else. */
export interface VerifiedHttpHead {
  readonly format: 'http'
  readonly method: string
  /** Undecoded. */
  readonly path: string
  /** Undecoded, without `?`; undefined where the target has no `?`. */
  readonly query: string | undefined
  /** Value of a covered header, by lower-case name. */
  header(name: string): string | undefined
  readonly signature: VerifiedSignature
}

/** A request of which the head is verified and the payload not read yet. */
export interface UnreadHttpRequest extends VerifiedHttpHead {
  /**
   * The same request with its payload.
   * @throws Fault SIGNATURE_INVALID when the signer did not sign this payload
   */
  withPayload(payload: Uint8Array): VerifiedHttpRequest
}

/** A request that is verified as a whole. */
export interface VerifiedHttpRequest extends VerifiedHttpHead {
  readonly payload: Uint8Array
  /** SHA-256 of the payload. */
  readonly payloadSha256: Uint8Array
}

/** An answer that came over HTTP. */
export interface HttpReplyContent {
  readonly format: 'http'
  readonly status: number
  readonly rawHeaders: RawHeaders
  readonly payload: Uint8Array
  /** The reply's head as received, for the evidence. */
  head(): Uint8Array
}
