import { randomUUID } from 'node:crypto'
import type { RawHeaders } from '../../src/exchange/http-content.js'
import type {
  SoapAttachment,
  SoapReplyContent,
  SoapVersion,
} from '../../src/exchange/soap-content.js'
import { headBytes } from '../../src/http/headers.js'
import { packMessage, type PackedMessage } from './pack-message.js'

export interface ReplyToPack {
  readonly version: SoapVersion
  readonly status: number
  readonly envelope: Uint8Array
  readonly attachments: readonly SoapAttachment[]
  readonly isXop: boolean
}

/** A SOAP reply that the bus itself makes, as HTTP carries it. */
export class PackedReply implements SoapReplyContent {
  readonly format = 'soap'
  readonly status: number
  readonly rawHeaders: RawHeaders
  readonly payload: Uint8Array
  readonly envelope: Uint8Array
  readonly attachments: readonly SoapAttachment[]
  readonly isXop: boolean
  readonly #version: SoapVersion
  readonly #boundary = `sluice-${randomUUID()}`

  constructor({ version, status, envelope, attachments, isXop }: ReplyToPack) {
    this.#version = version
    this.status = status
    this.envelope = envelope
    this.attachments = attachments
    this.isXop = isXop
    const packed = this.#packed(envelope)
    // A reply names no action: SOAPAction is of requests (SOAP 1.1 §6.1.1).
    this.rawHeaders = ['Content-Type', packed.headers['Content-Type'] ?? '']
    this.payload = packed.payload
  }

  head(): Uint8Array {
    return headBytes(`HTTP/1.1 ${this.status}`, this.rawHeaders)
  }

  withEnvelope(envelope: Uint8Array): Uint8Array {
    return this.#packed(envelope).payload
  }

  #packed(envelope: Uint8Array): PackedMessage {
    const { attachments, isXop } = this
    const version = this.#version
    return packMessage({
      version,
      action: '',
      envelope,
      attachments,
      isXop,
      boundary: this.#boundary,
    })
  }
}
