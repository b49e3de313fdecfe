import type { DerivedRequest } from '../exchange/derived-request.js'
import type { ReplyContent, VerifiedContent } from '../exchange/signed-content.js'
import { checkOnlyOperation, queuedReply, QueuedPost } from './queue-message.js'
import type { ServiceMapping } from './service-mapping.js'

/**
 * A service as consumers meet it who write into queues: the message has the body of a POST to the service's face in REST,
 * the reply the body and the status of its answer.
 */
export class QueueFace implements ServiceMapping {
  readonly version: string
  readonly #rest: ServiceMapping
  readonly #operation: string

  /**
   * @param rest - for consumers that speak REST
   * @param operation - the name of the only operation
   */
  constructor(rest: ServiceMapping, operation: string) {
    this.version = rest.version
    this.#rest = rest
    this.#operation = operation
  }

  request(verified: VerifiedContent): DerivedRequest {
    if (verified.format !== 'mq') throw new TypeError('a request that is of no queue')
    checkOnlyOperation(verified.text('type'), this.#operation)
    return this.#rest.request(new QueuedPost(verified))
  }

  reply(content: ReplyContent, asked?: DerivedRequest): ReplyContent {
    const answer = this.#rest.reply(content, asked)
    if (answer.format !== 'http') throw new TypeError('an answer that is not REST')
    return queuedReply(answer)
  }
}
