import { hash } from 'node:crypto'
import { v7 } from 'uuid'
import type { Envelope } from '../exchange/envelope.js'
import type { LoggedRequest, MediatedReply, ValidatedRequest } from '../exchange/exchange.js'
import type { ExecutionWord } from '../exchange/execution.js'
import type { StoredFacts } from '../exchange/stored-request.js'
import { Fault } from '../exchange/fault.js'
import { partitionOf } from '../exchange/lane.js'
import type {
  DeliveryNotice,
  NoticeCode,
  RecipientNotice,
  RefusalGround,
} from '../exchange/message-notice.js'
import { outboxLimits } from '../limits/one-way.js'
import { groundOfAnswer } from './answer-ground.js'
import type { NewMessage, NewNotice } from './outbox-rows.js'

/** What a message id is taken by: of a message to several recipients, each has its own. */
export function messageIdDigestOf({ consumer, messageId, copy }: Envelope): Buffer {
  const text = copy ? `${consumer}\0${messageId}\0${copy}` : `${consumer}\0${messageId}`
  return hash('sha256', text, 'buffer')
}

/**
 * The row of a one-way message in the outbox.
 * @throws Fault REQUEST_INVALID for one that has expired, PAYLOAD_TOO_LARGE for one that could not be read back
 */
export function messageOf(
  validated: ValidatedRequest,
  words: readonly ExecutionWord[],
  now: Date,
): NewMessage {
  const { exchangeId, envelope, route, receivedAt, verified } = validated
  const payloadBytes = verified.payload.length
  if (payloadBytes > outboxLimits.payloadBytesMax) {
    throw new Fault('PAYLOAD_TOO_LARGE', {
      detail: `A one-way message has at most ${outboxLimits.payloadBytesMax} bytes.`,
    })
  }
  const { consumer: sender, messageId, copy = 0 } = envelope
  return {
    exchangeId,
    partition: partitionOf(sender),
    sender,
    recipient: route.service,
    provider: route.provider,
    messageId,
    protocol: validated.adapter.protocol,
    copy,
    payloadBytes,
    acceptedAt: receivedAt,
    expiresAt: expiryOf(envelope, receivedAt, now),
    domain: route.domain,
    words,
  }
}

function expiryOf({ expiresAt }: Envelope, receivedAt: Date, now: Date): Date {
  const from = receivedAt.getTime()
  if (!expiresAt) return new Date(from + outboxLimits.expiryMs)
  if (expiresAt <= now) {
    throw new Fault('REQUEST_INVALID', {
      field: 'expires',
      detail: 'The message has expired already.',
    })
  }
  return new Date(Math.min(expiresAt.getTime(), from + outboxLimits.expiryMsMax))
}

/** Whom a message's notices concern; the same of a message that was just logged and of one that was read back. */
export function factsOf({ envelope, route, adapter }: ValidatedRequest): StoredFacts {
  return {
    sender: envelope.consumer,
    recipient: route.service,
    provider: route.provider,
    messageId: envelope.messageId,
    correlationId: envelope.correlationId,
    domain: route.domain,
    consumerProtocol: adapter.protocol,
    providerProtocol: route.protocol,
  }
}

/**
 * What the sender is told of a delivery. What a queue has taken is delivered; what a system has answered over HTTP it
 * has accepted or refused as well.
 */
export function noticesOfReply(reply: MediatedReply, logged: LoggedRequest, at: Date): NewNotice[] {
  const facts = factsOf(logged)
  const { exchangeId } = logged
  const tell = (code: NoticeCode, ground?: RefusalGround): NewNotice =>
    noticeTo(facts, { exchangeId, code, at, ground })
  if (logged.route.protocol === 'mq') return [tell('CATDIRILIB')]
  const { status } = reply.content
  if (status < 300) return [tell('CATDIRILIB'), tell('QEBUL_EDILIB')]
  return [tell('IMTINA', groundOfAnswer(reply.content))]
}

/** What the sender is told of a refusal. */
export function noticeOfRefusal(
  fault: Fault,
  exchangeId: string,
  facts: StoredFacts,
  at: Date,
  ground: RefusalGround | undefined,
): NewNotice {
  const { az, en } = fault.text
  return noticeTo(facts, {
    exchangeId,
    code: 'IMTINA',
    at,
    ground: ground ?? { code: fault.code, az, en },
  })
}

/** What the sender is told of what the recipient says. */
export function noticeOfRecipient(
  id: string,
  notice: RecipientNotice,
  facts: StoredFacts,
  at: Date,
): NewNotice {
  const { exchangeId, code, ground, registration, signed, instead } = notice
  const told = noticeTo(facts, {
    exchangeId,
    code,
    at,
    // In whatever language the recipient wrote it.
    ground: ground === undefined ? instead : { code: undefined, az: ground, en: ground },
  })
  return { ...told, notice: { ...told.notice, id, registration, signed } }
}

function noticeTo(
  facts: StoredFacts,
  told: Pick<DeliveryNotice, 'exchangeId' | 'code' | 'at' | 'ground'>,
): NewNotice {
  const { sender, recipient, messageId, consumerProtocol } = facts
  const { exchangeId, code, at, ground } = told
  return {
    notice: {
      id: v7(),
      code,
      exchangeId,
      messageId,
      sender,
      recipient,
      at,
      registration: undefined,
      ground,
      signed: undefined,
    },
    // A sender's notices are told in their order, whomever its messages were to.
    partition: partitionOf(sender),
    protocol: consumerProtocol,
  }
}
