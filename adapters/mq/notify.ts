import { noticesQueueOf } from '../../src/broker/names.js'
import type { AdapterTools } from '../../src/exchange/adapter.js'
import type { DeadlineSignal } from '../../src/exchange/deadline.js'
import { Fault } from '../../src/exchange/fault.js'
import type { DeliveryNotice } from '../../src/exchange/message-notice.js'
import { noticeJson } from '../../src/exchange/notice-json.js'
import { signatureHeader } from '../../src/mq-head.js'
import { orWhenOver } from './or-when-over.js'
import type { Publication, Publisher } from './publisher.js'

const contentType = 'application/json'

/**
 * Tells a sender what became of its message: a notice in its queue, signed by the bus. Resolves once it is durable there.
 * @throws Fault PROVIDER_UNAVAILABLE where it has to be tried again
 */
export async function notify(
  notice: DeliveryNotice,
  deadline: DeadlineSignal,
  publisher: Publisher,
  tools: Pick<AdapterTools, 'mqSigner' | 'now'>,
): Promise<void> {
  if (!publisher.isOpen) await orWhenOver(publisher.firstAttempt, deadline)
  try {
    await publisher.confirmed(noticeMessage(notice, tools), deadline)
  } catch (error) {
    const detail = 'The notice is not in the queue of the sender.'
    throw new Fault('PROVIDER_UNAVAILABLE', { side: 'bus', detail, cause: error })
  }
}

function noticeMessage(
  notice: DeliveryNotice,
  { mqSigner, now }: Pick<AdapterTools, 'mqSigner' | 'now'>,
): Publication {
  const { id, code, exchangeId, messageId, sender, recipient } = notice
  const body = Buffer.from(JSON.stringify(noticeJson(notice)))
  const envelope = { client: sender, exchangeId, id: messageId, service: recipient, notice: code }
  const signature = mqSigner.sign({
    type: 'sluice-notice+jws',
    contentType,
    envelope,
    payload: body,
  })
  return {
    exchange: '',
    routingKey: noticesQueueOf(sender),
    body,
    properties: {
      contentType,
      messageId: id,
      correlationId: messageId,
      replyTo: undefined,
      type: code,
      timestamp: Math.floor(now().getTime() / 1_000),
      headers: { 'sluice-exchange-id': exchangeId, [signatureHeader]: signature },
      persistent: true,
      mandatory: true,
    },
  }
}
