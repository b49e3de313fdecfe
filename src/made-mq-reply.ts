import type { MqProperties, MqReplyContent } from './exchange/mq-content.js'
import { mqHeadBytes } from './mq-head.js'

/** An answer for a consumer of queues that the bus has made: nobody's signature is on it but the bus's own, which follows. */
export class MadeMqReply implements MqReplyContent {
  readonly format = 'mq'
  readonly status: number
  readonly properties: MqProperties
  readonly signature = undefined
  readonly payload: Uint8Array

  constructor(status: number, contentType: string | undefined, payload: Uint8Array) {
    this.status = status
    this.properties = { contentType, headers: {} }
    this.payload = payload
  }

  head(): Uint8Array {
    return mqHeadBytes(this.properties)
  }
}
