import type { SoapAttachment, SoapVersion } from './soap-content.js'

/** A request in the provider's protocol, made from one in the consumer's. */
export type DerivedRequest = DerivedHttpRequest | DerivedSoapRequest | DerivedMqRequest

/** What is sent to a provider that speaks REST. */
export interface DerivedHttpRequest {
  readonly format: 'http'
  readonly method: string
  /** After the provider's address, percent-encoded: empty, or beginning with `/`. */
  readonly path: string
  /** Percent-encoded, without `?`. */
  readonly query: string | undefined
  /** End-to-end fields that the contract asks for: name, value, name, value. `Content-Type` is among them. */
  readonly rawHeaders: readonly string[]
  readonly payload: Uint8Array
}

/** What is sent to a provider that speaks SOAP; the outbound side puts the Envelope and Header around it. */
export interface DerivedSoapRequest {
  readonly format: 'soap'
  readonly version: SoapVersion
  /** The Body's one child, with every namespace it uses declared on it, in UTF-8. */
  readonly body: Uint8Array
  /** Parts beside the envelope; MTOM where `isXop`, else SOAP with Attachments. */
  readonly attachments: readonly SoapAttachment[]
  readonly isXop: boolean
}

/** What is sent to a provider that reads queues. */
export interface DerivedMqRequest {
  readonly format: 'mq'
  readonly contentType: string
  /** Which operation is asked for; undefined where the service has one. */
  readonly type: string | undefined
  readonly payload: Uint8Array
}
