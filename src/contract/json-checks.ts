import { MessageChecks as JsonMessageChecks } from '../openapi/message-contract.js'
import type { MessageContract } from '../openapi/message-contract.js'
import type { DerivedRequest } from '../exchange/derived-request.js'
import { essenceOf, isJson, isReadAsUtf8, utf8Charset } from '../openapi/media-types.js'
import { violation, type Violation } from '../violation/violation.js'
import { fieldOf } from './raw-headers.js'
import type { MessageChecks } from './ready-contract.js'

/**
 * Holds JSON messages to a contract about messages alone, whatever brings them. Such a contract knows one address and no
 * parameters: what comes beside the body, in path or query, is none of it.
 */
export class JsonChecks implements MessageChecks {
  readonly #checks: JsonMessageChecks
  readonly #hasReply: boolean

  /** @throws OpenApiError for schemas that messages cannot be held to at bounded cost */
  constructor(contract: MessageContract) {
    this.#checks = new JsonMessageChecks(contract)
    this.#hasReply = contract.reply !== undefined
  }

  request(
    verified: Parameters<MessageChecks['request']>[0],
    path: string | undefined,
  ): readonly Violation[] {
    if (verified.format === 'mq') return this.#violations(verified.contentType, verified.payload)
    const other = this.operation(verified, path)
    if (other.length > 0 || verified.format !== 'http') return other
    const { payload, query } = verified
    if (query !== undefined && query !== '') return [violation('/query', 'unknown')]
    return this.#violations(verified.header('content-type'), payload)
  }

  operation(
    verified: Parameters<MessageChecks['request']>[0],
    path: string | undefined,
  ): readonly Violation[] {
    if (verified.format === 'mq') return []
    if (verified.format !== 'http') throw new TypeError('a request that is no JSON message')
    const isAtAddress = path === undefined || path === '' || path === '/'
    return verified.method === 'POST' && isAtAddress ? [] : [violation('', 'operation', 'POST /')]
  }

  derived(request: DerivedRequest): readonly Violation[] {
    if (request.format === 'soap') throw new TypeError('a request that is no JSON message')
    const { payload } = request
    return request.format === 'mq'
      ? this.#violations(request.contentType, payload)
      : this.#violations(fieldOf(request.rawHeaders, 'content-type'), payload)
  }

  /** What a provider says of its failure is its own: the contract is about what it answers. */
  reply(content: Parameters<MessageChecks['reply']>[0]): readonly Violation[] {
    if (content.format === 'soap') return [violation('', 'mediaType', json)]
    const { payload, status } = content
    const contentType =
      content.format === 'mq'
        ? content.properties.contentType
        : fieldOf(content.rawHeaders, 'content-type')
    if (status < 200 || status > 299) return []
    if (!this.#hasReply) return payload.length === 0 ? [] : [violation('', 'unexpected')]
    const trouble = this.#unreadable(contentType, payload)
    return trouble ?? this.#checks.checkMessage('reply', payload)
  }

  #violations(contentType: string | undefined, payload: Uint8Array): readonly Violation[] {
    const trouble = this.#unreadable(contentType, payload)
    return trouble ?? this.#checks.checkMessage('request', payload)
  }

  #unreadable(contentType: string | undefined, payload: Uint8Array): Violation[] | undefined {
    if (payload.length === 0) return [violation('', 'missing', json)]
    if (!isJson(essenceOf(contentType ?? ''))) return [violation('', 'mediaType', json)]
    return isReadAsUtf8(contentType ?? '') ? undefined : [violation('', 'mediaType', utf8Charset)]
  }
}

const json = 'application/json'
