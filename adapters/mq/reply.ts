import { hash } from 'node:crypto'
import { noticesQueueOf, repliesQueueOf } from '../../src/broker/names.js'
import type { AdapterTools } from '../../src/exchange/adapter.js'
import type { LoggedRequest, Reply } from '../../src/exchange/exchange.js'
import { Fault } from '../../src/exchange/fault.js'
import { filteredBy } from '../../src/exchange/filtered-by.js'
import type { MqReplyContent, VerifiedMqHead } from '../../src/exchange/mq-content.js'
import { statusOf } from '../../src/http/fault-status.js'
import { signatureHeader } from '../../src/mq-head.js'
import type { ArrivedMessage } from './arrived-message.js'
import { isReplyQueueOf } from './envelope.js'
import { problemType, renderFault } from './fault.js'
import type { Publication } from './publisher.js'
import { renderRefusalNotice } from './refusal-notice.js'
import { textOf } from './simple-headers.js'
import type { UnsignedMessage } from './unsigned-message.js'

type Refused = Extract<Reply, { readonly outcome: 'refused' }>

/**
 * Renders what the bus answers to a message, signed by the bus (RFC 7797).
 * @returns undefined where nothing is said: of a message that was accepted, notices tell later
 */
export function renderReply(
  reply: Reply,
  arrived: ArrivedMessage,
  tools: AdapterTools,
): Publication | undefined {
  if (reply.outcome === 'accepted' && arrived.queue.kind === 'messages') return undefined
  try {
    return render(reply, arrived, tools)
  } catch (error) {
    // Better a refusal without signature than none: it grants nothing. An answer is not shown without one.
    const { exchangeId } = reply
    tools.warn('reply could not be rendered', { exchangeId, error: String(error) })
    const refused = reply.outcome === 'refused' ? reply : unrendered(reply, error)
    return publicationOf(refused, arrived, contentOf(refused, arrived, tools), { now: tools.now() })
  }
}

/** The entry that there is tells of an answer, and is no promise that this refusal was logged. */
function unrendered(reply: Exclude<Reply, Refused>, cause: unknown): Refused {
  const { exchangeId, request } = reply
  const { signer, verified } = request
  const fault = new Fault('INTERNAL_ERROR', { cause })
  return { outcome: 'refused', exchangeId, fault, signer, verified, entry: undefined }
}

function render(reply: Reply, arrived: ArrivedMessage, tools: AdapterTools): Publication {
  const unsigned = contentOf(reply, arrived, tools)
  const signer = reply.outcome === 'refused' ? reply.signer : reply.request.signer
  const verified = verifiedOf(reply)
  const { mq } = tools.replySigner(signer?.subsystem, false)
  const signature = mq.sign({
    type: unsigned.signatureType,
    contentType: unsigned.contentType,
    envelope: {
      exchangeId: reply.exchangeId,
      id: verified?.text('id'),
      status: unsigned.status,
      requestSignature: verified && hash('sha256', verified.signature.value, 'base64url'),
      receipt: reply.entry?.receipt,
      ...unsigned.envelope,
    },
    payload: unsigned.body,
  })
  return publicationOf(reply, arrived, unsigned, { signature, now: tools.now() })
}

function contentOf(reply: Reply, arrived: ArrivedMessage, tools: AdapterTools): UnsignedMessage {
  switch (reply.outcome) {
    case 'answered':
      // Mediation lets no answer of another protocol come here.
      if (reply.content.format === 'mq') return answerOf(reply.content, reply.request)
      throw new TypeError(`no answer for a queue but ${reply.content.format}`)
    case 'accepted': {
      const { exchangeId, request } = reply
      const { messageId, serviceCode } = request.envelope
      const body = Buffer.from(JSON.stringify({ exchangeId, messageId, service: serviceCode }))
      return { ...ofReply('reply'), contentType: 'application/json', body, status: 202 }
    }
    case 'refused':
      return arrived.queue.kind === 'messages'
        ? renderRefusalNotice(reply, verifiedOf(reply), tools.now())
        : faultOf(reply)
  }
}

/** What kind it is is signed, too: so nobody makes an answer of a refusal by a property. */
function ofReply(type: 'reply' | 'fault') {
  return { type, signatureType: 'sluice-reply+jws', envelope: { type } } as const
}

function answerOf(
  { properties, payload, status, signature }: MqReplyContent,
  { route }: LoggedRequest,
): UnsignedMessage {
  const { contentType } = properties
  const content = { contentType, body: payload, status, providerSignature: signature }
  const { envelope, ...kind } = ofReply('reply')
  return { ...kind, ...content, envelope: { ...envelope, filtered: filteredBy(route) } }
}

function faultOf({ fault, exchangeId }: Refused): UnsignedMessage {
  const body = renderFault(fault, exchangeId)
  return { ...ofReply('fault'), contentType: problemType, body, status: statusOf(fault) }
}

function publicationOf(
  reply: Reply,
  arrived: ArrivedMessage,
  { type, contentType, body, status, providerSignature }: UnsignedMessage,
  { signature, now }: { readonly signature?: string; readonly now: Date },
): Publication {
  const { exchangeId, entry } = reply
  const verified = verifiedOf(reply)
  const headers: Record<string, string | number> = { 'sluice-exchange-id': exchangeId }
  if (status !== undefined) headers['sluice-status'] = status
  if (entry?.receipt !== undefined) headers['sluice-receipt'] = entry.receipt
  if (providerSignature !== undefined) headers['sluice-provider-signature'] = providerSignature
  if (signature !== undefined) headers[signatureHeader] = signature
  return {
    exchange: '',
    routingKey: queueFor(reply, arrived, verified),
    body,
    properties: {
      contentType,
      messageId: exchangeId,
      // Of an unverified message what it calls itself is given back as it stands: it decides nothing here.
      correlationId: verified?.text('id') ?? textOf(arrived.delivery.properties.messageId),
      replyTo: undefined,
      type,
      timestamp: Math.floor(now.getTime() / 1_000),
      headers,
      persistent: true,
      mandatory: true,
    },
  }
}

/** Where the subsystem reads it, whose queue the message came through. No unsigned word says where. */
function queueFor(
  reply: Reply,
  { queue }: ArrivedMessage,
  verified: VerifiedMqHead | undefined,
): string {
  if (queue.kind === 'messages' && reply.outcome === 'refused') return noticesQueueOf(queue.owner)
  const replyTo = verified?.text('replyTo')
  if (replyTo !== undefined && isReplyQueueOf(queue.owner, replyTo)) return replyTo
  return repliesQueueOf(queue.owner)
}

function verifiedOf(reply: Reply): VerifiedMqHead | undefined {
  const verified = reply.outcome === 'refused' ? reply.verified : reply.request.verified
  return verified?.format === 'mq' ? verified : undefined
}
