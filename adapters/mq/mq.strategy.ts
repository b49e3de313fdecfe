import { Server, type CustomTransportStrategy } from '@nestjs/microservices'
import type { TakeMessage } from './arrived-message.js'
import type { Consumers } from './consumers.js'
import { messagePattern, requestPattern } from './mq.controller.js'

/**
 * The queues of the bus as a transport of Nest. Nest's own for RabbitMQ wants its own JSON around every message; here
 * the body is what was signed. What handles a message is looked up once, and not with each.
 */
export class MqServer extends Server implements CustomTransportStrategy {
  readonly #consumers: Consumers

  constructor(consumers: Consumers) {
    super()
    this.#consumers = consumers
  }

  listen(callback: (error?: unknown) => void): void {
    const requests = this.#handlerOf(requestPattern)
    const messages = this.#handlerOf(messagePattern)
    this.#consumers.start({ requests, messages }).then(() => callback(), callback)
  }

  close(): Promise<void> {
    return this.#consumers.close()
  }

  /** It tells of nothing: health does. */
  override on(): void {}

  override unwrap(): never {
    throw new TypeError('the connection is nobody else’s')
  }

  #handlerOf(pattern: string): TakeMessage {
    const handler = this.getHandlerByPattern(pattern)
    if (!handler) throw new TypeError(`nobody handles ${pattern}`)
    // Its controller returns a promise, and nothing of Nest stands between that would make a stream of it.
    return handler as unknown as TakeMessage
  }
}
