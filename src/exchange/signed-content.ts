/**
 * What adapters hand to trust and get back from it: each is one of a closed list of signature formats, which stand in a
 * file each (`http-content.ts`, `soap-content.ts`, `mq-content.ts`). Types only: how a format is verified is the trust
 * module's matter, and the core looks at none of it.
 */
import type {
  HttpReplyContent,
  HttpRequestContent,
  UnreadHttpRequest,
  VerifiedHttpHead,
  VerifiedHttpRequest,
} from './http-content.js'
import type {
  MqReplyContent,
  MqRequestContent,
  UnreadMqRequest,
  VerifiedMqHead,
  VerifiedMqRequest,
} from './mq-content.js'
import type {
  SoapReplyContent,
  SoapRequestContent,
  UnreadSoapRequest,
  VerifiedSoapHead,
  VerifiedSoapRequest,
} from './soap-content.js'

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

export type SignedContent =
  HttpRequestContent | SoapRequestContent | MqRequestContent | MalformedContent

/** Content that can bear a signature. */
export type WellFormedContent = Exclude<SignedContent, MalformedContent>

export type VerifiedHead = VerifiedHttpHead | VerifiedSoapHead | VerifiedMqHead
export type UnreadContent = UnreadHttpRequest | UnreadSoapRequest | UnreadMqRequest
export type VerifiedContent = VerifiedHttpRequest | VerifiedSoapRequest | VerifiedMqRequest

export type ReplyContent = HttpReplyContent | SoapReplyContent | MqReplyContent
