import type { DerivedHttpRequest, DerivedRequest } from '../exchange/derived-request.js'
import type { VerifiedHttpRequest } from '../exchange/http-content.js'
import {
  RestMessageChecks,
  type CheckedRequest,
  type RestRequest,
} from '../openapi/message-checks.js'
import type { OpenApiDescription } from '../openapi/openapi-model.js'
import { violation, type Violation } from '../violation/violation.js'
import { fieldOf } from './raw-headers.js'
import type { AskedRequest, MessageChecks } from './ready-contract.js'

/** Holds HTTP messages to the operations of an OpenAPI description. */
export class RestChecks implements MessageChecks {
  readonly #checks: RestMessageChecks
  /** What was found of requests in progress: their answers are held to the same operation. */
  readonly #checked = new WeakMap<object, CheckedRequest>()

  /** @throws OpenApiError for a description that messages cannot be held to at bounded cost */
  constructor(description: OpenApiDescription) {
    this.#checks = new RestMessageChecks(description)
  }

  request(
    verified: Parameters<MessageChecks['request']>[0],
    path: string | undefined,
  ): readonly Violation[] {
    if (verified.format !== 'http') throw new TypeError('a request that is not HTTP')
    const checked = this.#checks.checkRequest(asReceived(verified, path ?? ''))
    this.#checked.set(verified, checked)
    return checked.violations
  }

  operation(
    verified: Parameters<MessageChecks['request']>[0],
    path: string | undefined,
  ): readonly Violation[] {
    if (verified.format !== 'http') throw new TypeError('a request that is not HTTP')
    return this.#checks.checkOperation(verified.method, path ?? '')
  }

  derived(request: DerivedRequest): readonly Violation[] {
    if (request.format !== 'http') throw new TypeError('a request that is not HTTP')
    const checked = this.#checks.checkRequest(asDerived(request))
    this.#checked.set(request, checked)
    return checked.violations
  }

  reply(content: Parameters<MessageChecks['reply']>[0], asked: AskedRequest): readonly Violation[] {
    if (content.format !== 'http') return [violation('', 'mediaType', 'HTTP')]
    const { status, payload, rawHeaders } = content
    const { operation, violations } = this.#askedOf(asked)
    // A request that is none of the contract was let through: nobody says what its answer is.
    if (!operation) return violations
    const contentType = fieldOf(rawHeaders, 'content-type')
    return this.#checks.checkReply({ status, contentType, payload }, operation)
  }

  #askedOf({ verified, derived, path = '' }: AskedRequest): CheckedRequest {
    const asked = derived ?? verified
    const known = asked && this.#checked.get(asked)
    if (known) return known
    if (derived?.format === 'http') return this.#checks.checkRequest(asDerived(derived))
    if (verified?.format !== 'http') throw new TypeError('a request that is not HTTP')
    return this.#checks.checkRequest(asReceived(verified, path))
  }
}

function asReceived(verified: VerifiedHttpRequest, path: string): RestRequest {
  return {
    method: verified.method,
    path,
    query: verified.query ?? '',
    header: (name) => verified.header(name),
    contentType: verified.header('content-type'),
    payload: verified.payload,
  }
}

function asDerived({
  method,
  path,
  query = '',
  rawHeaders,
  payload,
}: DerivedHttpRequest): RestRequest {
  const header = (name: string): string | undefined => fieldOf(rawHeaders, name)
  return { method, path, query, header, contentType: header('content-type'), payload }
}
