import type { Reply } from '../../src/exchange/exchange.js'
import type { VerifiedMqHead } from '../../src/exchange/mq-content.js'
import type { NoticeCode } from '../../src/exchange/message-notice.js'
import type { UnsignedMessage } from './unsigned-message.js'

const refused: NoticeCode = 'IMTINA'

/**
 * The notice of a message that the bus did not take: as any notice of a refusal, with all that a fault says.
 * @param verified - of the message, as far as it proved true; who sent no message that can be read is told less
 */
export function renderRefusalNotice(
  { exchangeId, fault }: Extract<Reply, { readonly outcome: 'refused' }>,
  verified: VerifiedMqHead | undefined,
  now: Date,
): UnsignedMessage {
  const { code, side, detail, field, places, text, remedy } = fault
  const recipient = verified?.text('service') ?? verified?.texts('to')?.[verified.recipient]
  const notice = {
    exchangeId,
    messageId: verified?.text('id'),
    recipient,
    notice: refused,
    at: now.toISOString(),
    ground: { ...text, code, side, detail, field, remedy, ...(places.length > 0 && { places }) },
  }
  return {
    type: refused,
    signatureType: 'sluice-notice+jws',
    contentType: 'application/json',
    body: Buffer.from(JSON.stringify(notice)),
    status: undefined,
    envelope: { notice: refused },
  }
}
