import type { KeptRequest } from '../../src/exchange/envelope.js'
import type { MqRequestContent } from '../../src/exchange/mq-content.js'
import { readMqHead } from '../../src/mq-head.js'
import { InboundMessage } from './inbound-message.js'

/**
 * A one-way message of this lane again, as the message log keeps it.
 * @throws MqHeadError
 */
export function restoreRequest({ head, payload, sender, copy }: KeptRequest): MqRequestContent {
  // Only the subsystem itself may write where it came from, and the signature says the same.
  const origin = { owner: sender, kind: 'messages' } as const
  return new InboundMessage(readMqHead(head), payload, origin, copy)
}
