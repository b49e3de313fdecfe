import {
  noticeTexts,
  stateTexts,
  type DeliveryNotice,
  type MessageStatus,
} from './message-notice.js'

/** A notice to a sender, as JSON says it in whatever protocol; keys that are undefined are not written. */
export function noticeJson(notice: DeliveryNotice): Readonly<Record<string, unknown>> {
  const { code, exchangeId, messageId, recipient, at, registration, ground, signed } = notice
  return {
    exchangeId,
    messageId,
    recipient,
    notice: code,
    text: noticeTexts[code],
    at: at.toISOString(),
    number: registration?.number,
    date: registration?.date,
    ground,
    signed,
  }
}

/** Where a message is, likewise. */
export function statusJson(status: MessageStatus): Readonly<Record<string, unknown>> {
  const { exchangeId, messageId, service, acceptedAt, state, attempts } = status
  const { lastFault, expiresAt, notices } = status
  return {
    exchangeId,
    messageId,
    service,
    acceptedAt: acceptedAt.toISOString(),
    state,
    text: stateTexts[state],
    attempts,
    lastFault,
    expiresAt: expiresAt?.toISOString(),
    notices: notices.map(noticeJson),
  }
}
