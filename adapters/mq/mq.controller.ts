import { Controller, Inject } from '@nestjs/common'
import { MessagePattern, Payload } from '@nestjs/microservices'
import type { ArrivedMessage, Settlement } from './arrived-message.js'
import { Inbound } from './inbound.js'

/** Queues of requests, and of one-way messages: all subsystems' of one kind together. */
export const requestPattern = 'requests'
export const messagePattern = 'messages'

/** What comes in queues, on its way to the line. */
@Controller()
export class MqController {
  readonly #inbound: Inbound

  constructor(@Inject(Inbound) inbound: Inbound) {
    this.#inbound = inbound
  }

  @MessagePattern(requestPattern)
  request(@Payload() arrived: ArrivedMessage): Promise<Settlement> {
    return this.#inbound.take(arrived)
  }

  @MessagePattern(messagePattern)
  message(@Payload() arrived: ArrivedMessage): Promise<Settlement> {
    return this.#inbound.take(arrived)
  }
}
