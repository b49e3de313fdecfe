import type { KeptRequest } from '../../src/exchange/exchange.js'
import { readMqHead } from '../../src/mq-head.js'
import { InboundMessage } from './inbound-message.js'

/**
 * A message of this lane again, as the message log keeps it: for the recipient that it was logged for, and of the
 * subsystem whose queue it came through.
 * @throws MqHeadError
 */
export function restoreRequest({ head, payload, sender, copy }: KeptRequest): InboundMessage {
  return new InboundMessage(readMqHead(head), payload, sender, copy)
}
