import { hash } from 'node:crypto'
import type { DerivedMqRequest, DerivedRequest } from '../exchange/derived-request.js'
import type { ReplyContent, VerifiedContent } from '../exchange/signed-content.js'
import { breach } from '../violation/violation.js'
import {
  carriedType,
  checkOnlyOperation,
  contentTypeIn,
  queuedReply,
  PostedReply,
} from './queue-message.js'
import type { ServiceMapping } from './service-mapping.js'

/* A contract about messages alone: the same JSON in a POST, in a queue, or as XML in the Body of an envelope. */

/** Goes up whenever the rules of README.md change what a message becomes. */
const rulesVersion = 1

/** What the mappings of a contract about messages follow from. */
export interface MessageMappingParts {
  /** base64url SHA-256 of the contract's files. */
  readonly contractDigest: string
  /** The service code: the only operation. */
  readonly operation: string
  /** From XML to a POST of the JSON; undefined where the contract has no form in XML. */
  readonly fromSoap: ServiceMapping | undefined
}

/** @returns the mapping between two protocols, by consumer's and provider's; undefined where there is none */
export function messageMappings({
  contractDigest,
  operation,
  fromSoap,
}: MessageMappingParts): (consumer: string, provider: string) => ServiceMapping | undefined {
  const followsFrom = JSON.stringify(['messages', rulesVersion, contractDigest])
  const version = hash('sha256', followsFrom, 'buffer').toString('base64url')
  const known = new Map<string, ServiceMapping>([
    ['rest mq', new PostIntoQueue(version)],
    ['mq rest', new QueueIntoPost(version, operation)],
  ])
  if (fromSoap !== undefined) {
    known.set('soap rest', new SoapIntoMessages(fromSoap, 'http'))
    known.set('soap mq', new SoapIntoMessages(fromSoap, 'mq'))
  }
  return (consumer, provider) => known.get(`${consumer} ${provider}`)
}

/** From a consumer that speaks REST into a queue, byte for byte. */
class PostIntoQueue implements ServiceMapping {
  readonly version: string

  constructor(version: string) {
    this.version = version
  }

  request(verified: VerifiedContent): DerivedRequest {
    if (verified.format !== 'http') throw new TypeError('a request that is not REST')
    const { method, query, payload } = verified
    if (method !== 'POST') throw breach('', 'operation', 'POST /')
    if (query !== undefined && query !== '') {
      throw breach('/query', 'unknown')
    }
    return intoQueue(verified.header('content-type'), payload)
  }

  reply(content: ReplyContent): ReplyContent {
    if (content.format !== 'mq') throw breach('', 'mediaType', 'MQ')
    return new PostedReply(content)
  }
}

/** From a queue to a provider that speaks REST, byte for byte. */
class QueueIntoPost implements ServiceMapping {
  readonly version: string
  readonly #operation: string

  constructor(version: string, operation: string) {
    this.version = version
    this.#operation = operation
  }

  request(verified: VerifiedContent): DerivedRequest {
    if (verified.format !== 'mq') throw new TypeError('a request that is of no queue')
    checkOnlyOperation(verified.text('type'), this.#operation)
    const { contentType, payload } = verified
    const type = carriedType(contentType)
    const rawHeaders = ['Accept', 'application/json']
    if (type !== undefined) rawHeaders.push('Content-Type', type)
    return { format: 'http', method: 'POST', path: '', query: undefined, rawHeaders, payload }
  }

  reply(content: ReplyContent): ReplyContent {
    if (content.format !== 'http') throw breach('', 'mediaType', 'HTTP')
    return queuedReply(content)
  }
}

/** From XML into the JSON of the contract, whatever brings that to the provider. */
class SoapIntoMessages implements ServiceMapping {
  readonly version: string
  readonly #soap: ServiceMapping
  readonly #to: 'http' | 'mq'

  constructor(soap: ServiceMapping, to: 'http' | 'mq') {
    this.version = soap.version
    this.#soap = soap
    this.#to = to
  }

  request(verified: VerifiedContent): DerivedRequest {
    const request = this.#soap.request(verified)
    if (request.format !== 'http') throw new TypeError('a request that is not HTTP')
    if (this.#to === 'http') return request
    return intoQueue(contentTypeIn(request.rawHeaders), request.payload)
  }

  reply(content: ReplyContent): ReplyContent {
    const answer = content.format === 'mq' ? new PostedReply(content) : content
    if (answer.format !== 'http') throw breach('', 'mediaType', 'JSON')
    const { status, rawHeaders, payload } = answer
    // Such a contract knows one answer, whichever status of success it comes with.
    if (status === 200 || status > 299) return this.#soap.reply(answer)
    return this.#soap.reply({
      format: 'http',
      status: 200,
      rawHeaders,
      payload,
      head: () => answer.head(),
    })
  }
}

function intoQueue(contentType: string | undefined, payload: Uint8Array): DerivedMqRequest {
  const type = carriedType(contentType) ?? ''
  return { format: 'mq', contentType: type, type: undefined, payload }
}
