import type { RawHeaders } from '../exchange/http-content.js'
import type { SoapAttachment, SoapReplyContent } from '../exchange/soap-content.js'

/** A SOAP 1.1 answer that was made from one in another protocol. */
export class MadeSoapReply implements SoapReplyContent {
  readonly format = 'soap'
  readonly status: number
  readonly rawHeaders: RawHeaders = ['Content-Type', 'text/xml; charset=utf-8']
  readonly envelope: Uint8Array
  readonly attachments: readonly SoapAttachment[] = []

  /** @param body - what stands between the tags of Body, with every namespace that it uses declared in it */
  constructor(status: number, body: Uint8Array) {
    this.status = status
    this.envelope = Buffer.concat([start, body, end])
  }

  get payload(): Uint8Array {
    return this.envelope
  }

  head(): Uint8Array {
    const [name = '', value = ''] = this.rawHeaders
    return Buffer.from(`HTTP/1.1 ${this.status}\r\n${name}: ${value}\r\n\r\n`, 'latin1')
  }

  withEnvelope(envelope: Uint8Array): Uint8Array {
    return envelope
  }
}

const start = Buffer.from(
  '<?xml version="1.0" encoding="UTF-8"?>\n' +
    '<S:Envelope xmlns:S="http://schemas.xmlsoap.org/soap/envelope/"><S:Body>',
)
const end = Buffer.from('</S:Body></S:Envelope>')
