import type { SubsystemId } from './identifier.js'
import type { Bytes, Payload, SpooledPayload } from './payload.js'

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
  readonly code: 'PAYLOAD_UNSAFE' | 'PAYLOAD_TOO_LARGE' | 'REQUEST_INVALID' | 'THROTTLED'
  readonly field?: string
  head(): Uint8Array
}

export type SoapVersion = '1.1' | '1.2'

/** A request in SOAP over HTTP, before anything of it is believed. */
export interface SoapRequestContent {
  readonly format: 'soap'
  readonly rawHeaders: RawHeaders
  /**
   * What the message says outside its envelope that it is about, if anything. No signature covers it: it
   * may be a reason to refuse, and never says what is done.
   */
  readonly action?: string | undefined
  /** How the envelope begins: all of it if it is not longer than `soapStartBytesMax`. */
  readonly start: Uint8Array
  /** Whether `start` is the whole envelope. */
  readonly startIsWhole: boolean
  /** The request's head as received, for the evidence. */
  head(): Uint8Array
  /**
   * Reads the HTTP body, once; see `HttpRequestContent`.
   * @param consumer - who signed the head; what is held of the body counts to its share
   * @param isHeld - whether it stays in memory however large it is: somebody takes it apart there
   * @throws Fault PAYLOAD_TOO_LARGE above `bytesMax`, PAYLOAD_UNSAFE when it breaks off or is no
   *   multipart that it says it is, THROTTLED
   */
  readPayload(
    bytesMax: number,
    consumer: SubsystemId,
    isHeld: boolean,
  ): Promise<SoapPayload | SpooledSoapPayload>
}

/** The HTTP body of a SOAP message, taken apart. */
export interface SoapPayload {
  /** As received: the envelope alone, or a multipart. */
  readonly bytes: Uint8Array
  /** The SOAP part. */
  readonly envelope: Uint8Array
  /** The other parts, in their order. */
  readonly attachments: readonly SoapAttachment[]
  /**
   * Whether it is packed as MTOM: an `xop:Include` in its Body may then stand for an attachment (XOP 1.0 §3).
   * Otherwise it is an element like any other, also to whoever reads the message after the bus.
   */
  readonly isXop?: boolean
}

/** The same of a large message: it is on the spool, and of its parts no more than the envelope is in memory. */
export interface SpooledSoapPayload {
  readonly bytes: SpooledPayload
  readonly envelope: Uint8Array
  readonly attachments: readonly SpoolableAttachment[]
  readonly isXop?: boolean
}

/** A part beside the envelope (SOAP with Attachments, MTOM), in memory or on the spool. */
export interface SpoolableAttachment {
  /** Without angle brackets. */
  readonly contentId: string
  /** Header fields of the part as received: name, value, name, value, in order. */
  readonly rawHeaders: RawHeaders
  /** With its transfer encoding undone. */
  readonly content: Bytes
}

/** The same, in memory. */
export interface SoapAttachment extends SpoolableAttachment {
  readonly content: Uint8Array
}

/** What of an AMQP message stands outside its body, as far as the bus reads it (AMQP 0-9-1 §4.2.6.1). */
export interface MqProperties {
  readonly contentType?: string | undefined
  readonly messageId?: string | undefined
  readonly correlationId?: string | undefined
  readonly replyTo?: string | undefined
  readonly type?: string | undefined
  /** Header table; what is no text, number or boolean is not read. */
  readonly headers: Readonly<Record<string, string | number | boolean>>
}

/** A request in a message of a queue, before anything of it is believed. */
export interface MqRequestContent {
  readonly format: 'mq'
  readonly properties: MqProperties
  /** Whose queue it came through: the broker's user that may write there. */
  readonly from: SubsystemId
  /**
   * Through which of its queues: in that of requests somebody waits for the answer, in that of messages they lie while the
   * bus is away.
   */
  readonly through: 'requests' | 'messages'
  /** The recipient that this exchange is for, where the message names several; 0 for the first. */
  readonly recipient: number
  /** Detached JWS in compact form (RFC 7515 appendix F); undefined where there is none. */
  readonly signature: string | undefined
  /** As received. One signature covers head and body, so the broker has handed over both. */
  readonly payload: Uint8Array
  /** The properties and headers as received, for the evidence: canonical JSON. */
  head(): Uint8Array
}

export type SignedContent =
  HttpRequestContent | SoapRequestContent | MqRequestContent | MalformedContent

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

/** A stretch of bytes: `end` is the offset after the last. */
export interface ByteStretch {
  readonly start: number
  readonly end: number
}

/** An element that a verified signature covers. Names are expanded names. */
export interface VerifiedElement {
  /** Empty for none. */
  readonly namespace: string
  readonly localName: string
  /** Where in the envelope it stands, tags included. */
  readonly range: ByteStretch
  /**
   * The text of an element that holds nothing but text.
   * @throws Fault REQUEST_INVALID naming the element where a comment or an element is inside
   */
  text(): string
  /** The value of an attribute; the empty namespace is none. */
  attribute(namespace: string, localName: string): string | undefined
  /** All attributes, in order; namespace declarations are none. */
  attributes(): readonly VerifiedAttribute[]
  /**
   * The elements directly inside, in order.
   * @throws Fault REQUEST_INVALID naming the element where text stands beside them
   */
  children(): readonly VerifiedElement[]
}

/** An expanded name. */
export interface XmlName {
  readonly namespace: string
  readonly localName: string
}

export interface VerifiedAttribute extends XmlName {
  readonly value: string
}

/** The parts of a SOAP envelope's Header that a verified signature covers, and nothing else. */
export interface VerifiedSoapHead {
  readonly format: 'soap'
  readonly version: SoapVersion
  /** Covered header blocks in the order in which they stand; the Security header is none of them. */
  readonly headerBlocks: readonly VerifiedElement[]
  /** The covered header block with this name. X-Road and Sluice names are there once at most. */
  headerBlock(namespace: string, localName: string): VerifiedElement | undefined
  /**
   * Names of header blocks, covered or not, of other namespaces than X-Road's, ours and WS-Security's,
   * that are for us or anybody and say `mustUnderstand`.
   */
  readonly mustUnderstand: readonly XmlName[]
  readonly signature: VerifiedSignature
}

/** A SOAP request of which the head is verified and the payload not read yet. */
export interface UnreadSoapRequest extends VerifiedSoapHead {
  /**
   * The same request with its payload.
   * @throws Fault SIGNATURE_INVALID when the signer did not sign this payload, PAYLOAD_UNSAFE and
   *   REQUEST_INVALID for an envelope that is none
   */
  withPayload(payload: SoapPayload): HeldSoapRequest
  /** The same for a payload that is digested piece by piece. */
  withSpooledPayload(payload: SpooledSoapPayload): Promise<VerifiedSoapRequest>
}

/** Where the parts of an envelope stand in it, so that it can be sent on with another Header. */
export interface SoapLayout {
  /** Between the tags of Envelope. */
  readonly content: ByteStretch
  /** The Header element. */
  readonly header: ByteStretch
  /** The Security header that was verified. */
  readonly security: ByteStretch
  /** The Body element. */
  readonly body: ByteStretch
}

/** A SOAP request that is verified as a whole. */
export interface VerifiedSoapRequest extends VerifiedSoapHead {
  /** The HTTP body as received. */
  readonly payload: Payload
  /** SHA-256 of the payload. */
  readonly payloadSha256: Uint8Array
  readonly envelope: Uint8Array
  readonly layout: SoapLayout
  readonly body: VerifiedElement
  /**
   * What the envelope was read as, for whoever holds its Body to a contract. Nothing outside the Body may be read
   * from it: the signature need not cover all of a Header.
   */
  readonly document?: object
  /** Whether it is packed as MTOM. */
  readonly isXop?: boolean
  /** Every attachment of the message; each is covered. */
  readonly attachments: readonly SpoolableAttachment[]
}

/** The same, with all of it in memory. */
export interface HeldSoapRequest extends VerifiedSoapRequest {
  readonly payload: Uint8Array
  readonly attachments: readonly SoapAttachment[]
}

/** The protected header of a message's signature (RFC 7515 §4), and nothing else. */
export interface VerifiedMqHead {
  readonly format: 'mq'
  /** Media type of the payload; the member `cty`. */
  readonly contentType: string | undefined
  /** A text member of the envelope, `env`. */
  text(name: string): string | undefined
  /** A whole number of the envelope, 0 or above. */
  integer(name: string): number | undefined
  /** A list of texts of the envelope. */
  texts(name: string): readonly string[] | undefined
  /** The recipient that this exchange is for, where the message names several; 0 for the first. */
  readonly recipient: number
  readonly signature: VerifiedSignature
}

/** A message of a queue of which the signature proved right; who signed it is held to its limits next. */
export interface UnreadMqRequest extends VerifiedMqHead {
  /** @throws Fault PAYLOAD_TOO_LARGE above `bytesMax` */
  withPayload(bytesMax: number): VerifiedMqRequest
}

/** A message of a queue that is verified as a whole. */
export interface VerifiedMqRequest extends VerifiedMqHead {
  readonly payload: Uint8Array
  /** SHA-256 of the payload. */
  readonly payloadSha256: Uint8Array
}

export type VerifiedHead = VerifiedHttpHead | VerifiedSoapHead | VerifiedMqHead
export type UnreadContent = UnreadHttpRequest | UnreadSoapRequest | UnreadMqRequest
export type VerifiedContent = VerifiedHttpRequest | VerifiedSoapRequest | VerifiedMqRequest

/** An answer that came over HTTP. */
export interface HttpReplyContent {
  readonly format: 'http'
  readonly status: number
  readonly rawHeaders: RawHeaders
  readonly payload: Uint8Array
  /** The reply's head as received, for the evidence. */
  head(): Uint8Array
}

/** An answer in SOAP over HTTP. */
export interface SoapReplyContent {
  readonly format: 'soap'
  readonly status: number
  readonly rawHeaders: RawHeaders
  /** The HTTP body as received: the envelope alone, or a multipart. */
  readonly payload: Payload
  readonly envelope: Uint8Array
  /** What the envelope was read as, for whoever would read it again. */
  readonly document?: object
  readonly attachments: readonly SpoolableAttachment[]
  /** Whether it is packed as MTOM. */
  readonly isXop?: boolean
  /** The reply's head as received, for the evidence. */
  head(): Uint8Array
  /** The HTTP body with another envelope in place of its own. */
  withEnvelope(envelope: Uint8Array): Bytes
}

/** An answer in a message of a queue. */
export interface MqReplyContent {
  readonly format: 'mq'
  /** As on HTTP: 200 where the provider says nothing. */
  readonly status: number
  readonly properties: MqProperties
  /** Detached JWS of the provider; undefined where there is none. */
  readonly signature: string | undefined
  readonly payload: Uint8Array
  /** The properties and headers as received, for the evidence: canonical JSON. */
  head(): Uint8Array
}

export type ReplyContent = HttpReplyContent | SoapReplyContent | MqReplyContent

/** A SOAP envelope that is to get a Header of its own, and a signature. */
export interface SoapToSign {
  /**
   * Its Envelope tag and its Body are kept byte for byte, but for the Id that a Body without one gets in
   * its start tag. Whatever Header it has is left out.
   */
  readonly envelope: Uint8Array
  /** What these very bytes were read as by somebody before; without it they are read. */
  readonly document?: object | undefined
  /**
   * The Header's blocks: one element each, that brings the namespaces it uses and has no Id. The prefix
   * `wsu` is not theirs.
   */
  readonly headerBlocks: readonly Uint8Array[]
  readonly attachments: readonly SoapAttachment[]
  /**
   * Whether it is packed as MTOM: an `xop:Include` in its Body then stands for the attachment that it names
   * (XOP 1.0 §3), and is signed so. Otherwise it is an element like any other.
   */
  readonly isXop?: boolean
}

/** The same, with attachments that may be on the spool. */
export interface SpooledSoapToSign extends Omit<SoapToSign, 'attachments'> {
  readonly attachments: readonly SpoolableAttachment[]
}

/** What signs SOAP messages with the bus's key (WS-Security). Adapters get one from the trust module. */
export interface SoapSigner {
  /**
   * The envelope with these header blocks and a Security header that covers them, a Timestamp, the Body
   * and the attachments.
   * @throws XmlError where the envelope, or a block, is no well-formed XML
   */
  sign(message: SoapToSign): Uint8Array
  /** The same for attachments that are digested piece by piece. */
  signSpooled(message: SpooledSoapToSign): Promise<Uint8Array>
}

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
    /** The request that is delivered, where it was verified; its signature fields are not read again then. */
    readonly verified?: object | undefined
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
    /** The same request as it was verified; its signature fields are not read again then. */
    readonly verified?: object | undefined
  }): string[]
}

/** What a signature on a message of a queue is for: the member `typ`. */
export type MqSignatureType =
  | 'sluice-request+jws'
  | 'sluice-delivery+jws'
  | 'sluice-answer+jws'
  | 'sluice-notice+jws'
  | 'sluice-reply+jws'

/** A value of the signed envelope. */
export type MqEnvelopeValue = string | number | readonly string[]

/** What signs messages of queues with the bus's key (RFC 7797). Adapters get one from the trust module. */
export interface MqSigner {
  /** @returns a detached JWS in compact form over the envelope and the payload */
  sign(message: {
    readonly type: MqSignatureType
    readonly contentType: string | undefined
    /** Members that are undefined are left out. */
    readonly envelope: Readonly<Record<string, MqEnvelopeValue | undefined>>
    readonly payload: Uint8Array
  }): string
}
