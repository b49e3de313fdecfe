import type { HttpReplyContent, RawHeaders } from '../exchange/http-content.js'
import type { MqReplyContent } from '../exchange/mq-content.js'
import type { SoapReplyContent } from '../exchange/soap-content.js'
import { headBytes } from '../http/headers.js'
import { MadeMqReply } from '../made-mq-reply.js'

/*
 * Answers that fields were cut out of. What a provider said over the whole (signatures, digests, tags) stays with the
 * evidence: with either somebody could try values of a field until they fit, and know what was left out.
 */

/** Fields about the very bytes that came (RFC 9530, RFC 9421, RFC 9110 §8.6, §8.8.3, RFC 1864). */
const ofTheWhole: ReadonlySet<string> = new Set([
  'content-digest',
  'content-length',
  'content-md5',
  'digest',
  'etag',
  'repr-digest',
  'signature',
  'signature-input',
])

export class CutHttpReply implements HttpReplyContent {
  readonly format = 'http'
  readonly status: number
  readonly rawHeaders: RawHeaders
  readonly payload: Uint8Array

  constructor({ status, rawHeaders }: HttpReplyContent, payload: Uint8Array) {
    this.status = status
    this.rawHeaders = notOfTheWhole(rawHeaders)
    this.payload = payload
  }

  head(): Uint8Array {
    return headBytes(`HTTP/1.1 ${this.status}`, this.rawHeaders)
  }
}

/** A message without the provider's own headers. */
export function cutMqReply(
  { status, properties }: MqReplyContent,
  payload: Uint8Array,
): MqReplyContent {
  return new MadeMqReply(status, properties.contentType, payload)
}

/** Without attachments, and in memory. */
export class CutSoapReply implements SoapReplyContent {
  readonly format = 'soap'
  readonly status: number
  readonly rawHeaders: RawHeaders
  readonly payload: Uint8Array
  readonly envelope: Uint8Array
  readonly attachments = []
  readonly isXop: boolean
  readonly #original: SoapReplyContent

  constructor(original: SoapReplyContent, envelope: Uint8Array, payload: Uint8Array) {
    const { status, rawHeaders, isXop = false } = original
    this.status = status
    this.rawHeaders = notOfTheWhole(rawHeaders)
    this.payload = payload
    this.envelope = envelope
    this.isXop = isXop
    this.#original = original
  }

  head(): Uint8Array {
    return headBytes(`HTTP/1.1 ${this.status}`, this.rawHeaders)
  }

  withEnvelope(envelope: Uint8Array): ReturnType<SoapReplyContent['withEnvelope']> {
    return this.#original.withEnvelope(envelope)
  }
}

function notOfTheWhole(rawHeaders: RawHeaders): string[] {
  const kept: string[] = []
  for (let at = 0; at + 1 < rawHeaders.length; at += 2) {
    const [name = '', value = ''] = [rawHeaders[at], rawHeaders[at + 1]]
    if (!ofTheWhole.has(name.toLowerCase())) kept.push(name, value)
  }
  return kept
}
