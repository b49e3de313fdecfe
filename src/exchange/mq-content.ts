import type { SubsystemId } from './identifier.js'
import type { VerifiedSignature } from './verified-signature.js'

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
