import { hash } from 'node:crypto'
import type { DerivedHttpRequest } from '../exchange/derived-request.js'
import type { ReplyContent, VerifiedContent } from '../exchange/signed-content.js'
import type { OpenApiDescription } from '../openapi/openapi-model.js'
import { breach } from '../violation/violation.js'
import { queuedReply } from './queue-message.js'
import { QueuedOperation } from './queued-operation.js'
import type { RestForm } from './rest-form.js'
import type { ServiceMapping } from './service-mapping.js'

/** What the mapping of a REST service for queues follows from. */
export interface QueuedRestParts {
  readonly description: OpenApiDescription
  /** Of its face in SOAP; operations in the description's order. */
  readonly form: RestForm
  /** base64url SHA-256 of the contract's files. */
  readonly contractDigest: string
}

/** Goes up whenever the rules of README.md change what a message becomes. */
const rulesVersion = 1

/** A REST service for consumers that write into queues. */
export class QueuedRest implements ServiceMapping {
  readonly version: string
  readonly #operations: ReadonlyMap<string, QueuedOperation>

  constructor({ description, form, contractDigest }: QueuedRestParts) {
    const followsFrom = JSON.stringify(['queue', rulesVersion, contractDigest, form])
    this.version = hash('sha256', followsFrom, 'buffer').toString('base64url')
    const operations = description.operations.map((described, at) => {
      const own = form.operations[at]
      if (own === undefined) throw new TypeError('an operation without a form')
      return new QueuedOperation(own, described)
    })
    this.#operations = new Map(operations.map((each) => [each.name, each]))
  }

  request(verified: VerifiedContent): DerivedHttpRequest {
    if (verified.format !== 'mq') throw new TypeError('a request that is of no queue')
    const { contentType, payload } = verified
    return this.operation(verified.text('type')).request(contentType, payload)
  }

  reply(content: ReplyContent): ReplyContent {
    if (content.format !== 'http') throw new TypeError('an answer that is not HTTP')
    return queuedReply(content)
  }

  /**
   * The operation that a message asks for.
   * @param type - its operationId; may be left out where there is one only
   * @throws ContractBreach
   */
  operation(type: string | undefined): QueuedOperation {
    const [first] = this.#operations.values()
    const isOnly = this.#operations.size === 1
    const found = type === undefined ? (isOnly ? first : undefined) : this.#operations.get(type)
    if (found !== undefined) return found
    const names = [...this.#operations.keys()].slice(0, operationsTold).join(', ')
    throw breach('/type', 'operation', names)
  }
}

const operationsTold = 10
