import { ownerOfInQueue } from '../../src/broker/names.js'
import type { BilingualText } from '../../src/exchange/fault.js'
import type { MessageDesk } from '../../src/exchange/message-notice.js'
import { uuidPattern } from '../../src/exchange/recipient-notice.js'

/** What the broker took out of a queue that a recipient reads. */
interface GivenUp {
  readonly exchangeId: string | undefined
  readonly queue: string
  /** The broker's word for why. */
  readonly reason: string
}

/**
 * Has the sender of a one-way message told that its recipient did not take it out of its queue.
 * @returns whether it is told; not of what is no such message, and of what the recipient has said something of itself
 * @throws Fault AUDIT_UNAVAILABLE
 */
export async function tellSender(
  { exchangeId, queue, reason }: GivenUp,
  messages: Pick<MessageDesk, 'giveUp'>,
): Promise<boolean> {
  const recipient = ownerOfInQueue(queue)
  if (recipient === undefined || exchangeId === undefined || !uuidPattern.test(exchangeId)) {
    return false
  }
  const ground = { code: 'PROVIDER_FAULT', ...(grounds[reason] ?? takenOut) }
  return messages.giveUp(exchangeId, recipient, ground)
}

const grounds: Readonly<Record<string, BilingualText | undefined>> = {
  rejected: {
    az: 'Alan sistem mesajı növbəsindən qəbul etmədi',
    en: "The recipient's system rejected the message in its queue",
  },
  delivery_limit: {
    az: 'Alan sistem mesajı növbədən dəfələrlə götürdü, lakin emal edə bilmədi',
    en: "The recipient's system took the message out of its queue again and again and could not process it",
  },
}

const takenOut: BilingualText = {
  az: 'Mesaj alan sistemin növbəsindən çıxarıldı',
  en: "The message was taken out of the queue of the recipient's system",
}
