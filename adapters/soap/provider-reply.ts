import type { Bytes, Payload } from '../../src/exchange/payload.js'
import type { RawHeaders } from '../../src/exchange/http-content.js'
import type { SoapReplyContent, SpoolableAttachment } from '../../src/exchange/soap-content.js'
import type { HttpAnswerContent } from '../../src/http/delivery.js'
import type { ProviderAnswer } from './provider-answer.js'
import { replaceSoapPart, type PlacedSoapPart } from './replace-soap-part.js'

/** What a provider answered over HTTP, read as the SOAP message that it is. */
export class ProviderReply implements SoapReplyContent {
  readonly format = 'soap'
  readonly status: number
  readonly rawHeaders: RawHeaders
  readonly payload: Payload
  readonly envelope: Uint8Array
  readonly document: object
  readonly attachments: readonly SpoolableAttachment[]
  readonly isXop: boolean
  readonly #received: HttpAnswerContent<Payload>
  readonly #multipart: PlacedSoapPart | undefined

  constructor(
    received: HttpAnswerContent<Payload>,
    { envelope, document, attachments, multipart, isXop }: ProviderAnswer,
  ) {
    this.status = received.status
    this.rawHeaders = received.rawHeaders
    this.payload = received.payload
    this.envelope = envelope
    this.document = document
    this.attachments = attachments
    this.isXop = isXop
    this.#received = received
    this.#multipart = multipart
  }

  head(): Uint8Array {
    return this.#received.head()
  }

  withEnvelope(envelope: Uint8Array): Bytes {
    return this.#multipart ? replaceSoapPart(this.#multipart, envelope) : envelope
  }
}
