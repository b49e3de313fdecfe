import type { ReceivedReply, RequestStage } from '../exchange/exchange.js'
import type { FaultCode } from '../exchange/fault.js'
import type { StoredRefusal } from '../exchange/ports.js'
import { answerHead } from './answer-head.js'
import type { LoggedMessage } from './entry-writer.store.js'

// What overloads the bus, comes again and again or must not be kept leaves no payload.
const withoutPayload: ReadonlySet<FaultCode> = new Set<FaultCode>([
  'AUDIT_UNAVAILABLE',
  'CLASSIFICATION_FORBIDDEN',
  'DUPLICATE_MESSAGE',
  'PAYLOAD_TOO_LARGE',
  'THROTTLED',
])

/**
 * The refused message: the provider's answer, which tells who is to blame (C4); or the request, where
 * it was verified as a whole, may be kept and is not in the log already.
 */
export function refusedMessage(
  code: FaultCode,
  reached: RequestStage,
  answer: ReceivedReply | undefined,
): LoggedMessage | undefined {
  if (withoutPayload.has(code)) return undefined
  if (answer) return { head: answerHead(answer), payload: answer.content.payload }
  if (!('verified' in reached) || 'entry' in reached) return undefined
  const { content, verified } = reached
  return 'payload' in verified ? { head: content.head(), payload: verified.payload } : undefined
}

/** The answer that a stored message was refused for; the message itself is in the log already. */
export function refusedAnswer(
  code: FaultCode,
  answer: StoredRefusal['answer'],
): LoggedMessage | undefined {
  if (!answer || withoutPayload.has(code)) return undefined
  return { head: answerHead(answer.reply), payload: answer.reply.content.payload }
}
