import type { SubsystemId } from './identifier.js'

/**
 * What adapters hand to trust and get back from it, by signature format. Types only: how a format is
 * verified is the trust module's matter, and the core looks at none of it.
 */

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

/** Bytes that are no message of the protocol at all; they are refused, and the refusal is logged. */
export interface MalformedContent {
  readonly format: 'malformed'
  /** One public English sentence. */
  readonly reason: string
  /** What the caller's protocol knows the trouble as. */
  readonly code: 'PAYLOAD_UNSAFE' | 'REQUEST_INVALID' | 'THROTTLED'
  readonly field?: string
  head(): Uint8Array
}

export type SignedContent = HttpRequestContent | MalformedContent

/** Content that can bear a signature. */
export type WellFormedContent = Exclude<SignedContent, MalformedContent>

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

export interface VerifiedSignature {
  readonly label: string
  readonly keyId: string
  /** Signed creation time. */
  readonly created: Date
  readonly value: Uint8Array
}

export type VerifiedHead = VerifiedHttpHead
export type UnreadContent = UnreadHttpRequest
export type VerifiedContent = VerifiedHttpRequest

/** An answer that came over HTTP. */
export interface HttpReplyContent {
  readonly format: 'http'
  readonly status: number
  readonly rawHeaders: RawHeaders
  readonly payload: Uint8Array
  /** The reply's head as received, for the evidence. */
  head(): Uint8Array
}

export type ReplyContent = HttpReplyContent

/** What the bus signs on HTTP, and with what it comes back. Adapters get one from the trust module. */
export interface HttpSigner {
  /**
   * Signs a delivery with the bus's key under the label `sluice` (RFC 9421), over `@method`,
   * `@target-uri`, `content-digest` and the named headers.
   * @returns raw headers to add; `Signature` and `Signature-Input` hold the consumer's own too
   */
  signDelivery(delivery: {
    readonly method: string
    readonly targetUri: string
    /** Headers of the delivery, the consumer's `Signature`, `Signature-Input`, `Content-Digest` among them. */
    readonly rawHeaders: RawHeaders
    readonly cover: readonly string[]
    readonly payloadSha256: Uint8Array
    readonly hasPayload: boolean
  }): string[]
  /**
   * Signs a reply with the bus's key, over `@status`, `content-digest`, the named headers and the
   * request's own signature (`;req`) where the request has one.
   * @returns raw headers to add: `Content-Digest`, `Signature-Input`, `Signature`
   */
  signReply(reply: {
    readonly status: number
    readonly rawHeaders: RawHeaders
    readonly cover: readonly string[]
    readonly payload: Uint8Array
    readonly request: HttpRequestContent | undefined
    /** Label of the request's signature, where it proved right. */
    readonly requestLabel: string | undefined
  }): string[]
}
