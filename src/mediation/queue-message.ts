import type { HttpReplyContent, RawHeaders, VerifiedHttpRequest } from '../exchange/http-content.js'
import type { MqReplyContent, VerifiedMqRequest } from '../exchange/mq-content.js'
import type { VerifiedSignature } from '../exchange/verified-signature.js'
import { MadeMqReply } from '../made-mq-reply.js'
import { ContractBreach, violation } from '../violation/violation.js'

/** An answer that came over HTTP, for a consumer of queues. @throws ContractBreach for a media type that no message can have */
export function queuedReply({ status, rawHeaders, payload }: HttpReplyContent): MqReplyContent {
  return new MadeMqReply(status, carriedType(contentTypeIn(rawHeaders)), payload)
}

/** An answer from a queue as it would have come over HTTP. */
export class PostedReply implements HttpReplyContent {
  readonly format = 'http'
  readonly status: number
  readonly rawHeaders: RawHeaders
  readonly payload: Uint8Array

  /** @throws ContractBreach for what an answer over HTTP cannot be */
  constructor({ status, properties, payload }: MqReplyContent) {
    const contentType = carriedType(properties.contentType)
    // RFC 9110 §6.4.1: such a status has no content, and a reader would not find it.
    const isBare = status === 204 || status === 205 || status === 304
    if (isBare && payload.length > 0) throw breach('unexpected', String(status))
    this.status = status
    this.rawHeaders =
      contentType === undefined || payload.length === 0 ? [] : ['Content-Type', contentType]
    this.payload = payload
  }

  head(): Uint8Array {
    const [name, value] = this.rawHeaders
    const header = name === undefined ? '' : `${name}: ${value ?? ''}\r\n`
    return Buffer.from(`HTTP/1.1 ${this.status}\r\n${header}\r\n`, 'latin1')
  }
}

/** A message of a queue as the POST with the same body that it stands for. */
export class QueuedPost implements VerifiedHttpRequest {
  readonly format = 'http'
  readonly method = 'POST'
  readonly path = ''
  readonly query = undefined
  readonly payload: Uint8Array
  readonly payloadSha256: Uint8Array
  readonly signature: VerifiedSignature
  readonly #contentType: string | undefined

  constructor({ contentType, payload, payloadSha256, signature }: VerifiedMqRequest) {
    this.payload = payload
    this.payloadSha256 = payloadSha256
    this.signature = signature
    this.#contentType = contentType
  }

  header(name: string): string | undefined {
    return name === 'content-type' ? this.#contentType : undefined
  }
}

/** Longest text of a property (AMQP 0-9-1 §4.2.5.3, shortstr), printable: it is a header field on the other side. */
const writableType = /^[!-~][\t -~]{0,254}$/

/**
 * A media type that messages of both lanes can have.
 * @throws ContractBreach
 */
export function carriedType(contentType: string | undefined): string | undefined {
  if (contentType === undefined || writableType.test(contentType)) return contentType
  throw breach('mediaType', 'RFC 9110 §8.3')
}

export function contentTypeIn(rawHeaders: RawHeaders): string | undefined {
  for (let at = 0; at + 1 < rawHeaders.length; at += 2) {
    if (rawHeaders[at]?.toLowerCase() === 'content-type') return rawHeaders[at + 1]
  }
  return undefined
}

/**
 * Holds the operation that a message names, if it names one, to the only one that there is.
 * @throws ContractBreach
 */
export function checkOnlyOperation(type: string | undefined, operation: string): void {
  if (type === undefined || type === operation) return
  throw new ContractBreach([violation('/type', 'operation', operation)])
}

function breach(rule: 'mediaType' | 'unexpected', term: string): ContractBreach {
  return new ContractBreach([violation('/', rule, term)])
}
