import type {
  HttpReplyContent,
  RawHeaders,
  SoapAttachment,
  SoapReplyContent,
} from '../../src/exchange/signed-content.js'
import type { SoapMultipart } from './multipart.js'
import type { ProviderAnswer } from './provider-answer.js'
import { replaceSoapPart } from './replace-soap-part.js'

/** What a provider answered over HTTP, read as the SOAP message that it is. */
export class ProviderReply implements SoapReplyContent {
  readonly format = 'soap'
  readonly status: number
  readonly rawHeaders: RawHeaders
  readonly payload: Uint8Array
  readonly envelope: Uint8Array
  readonly attachments: readonly SoapAttachment[]
  readonly #received: HttpReplyContent
  readonly #multipart: SoapMultipart | undefined

  constructor(received: HttpReplyContent, { envelope, attachments, multipart }: ProviderAnswer) {
    this.status = received.status
    this.rawHeaders = received.rawHeaders
    this.payload = received.payload
    this.envelope = envelope
    this.attachments = attachments
    this.#received = received
    this.#multipart = multipart
  }

  head(): Uint8Array {
    return this.#received.head()
  }

  withEnvelope(envelope: Uint8Array): Uint8Array {
    return this.#multipart ? replaceSoapPart(this.#multipart, envelope) : envelope
  }
}
