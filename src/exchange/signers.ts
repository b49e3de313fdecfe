import type { HttpRequestContent, RawHeaders } from './http-content.js'
import type { SoapAttachment, SpoolableAttachment } from './soap-content.js'

/** By which of the bus's keys replies to a subsystem are signed. */
export type ReplySignature = 'ecdsa' | 'rsa'

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
