import type { RawHeaders } from './http-content.js'
import type { SubsystemId } from './identifier.js'
import type { Bytes, Payload, SpooledPayload } from './payload.js'
import type { ByteStretch, VerifiedElement, XmlName } from './verified-element.js'
import type { VerifiedSignature } from './verified-signature.js'

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
