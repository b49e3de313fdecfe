import { canonicalJson } from '../../src/canonical-json.js'
import { v7 } from 'uuid'
import type { EntryFields } from '../../src/message-log/entry.js'
import { answerHead } from '../../src/message-log/answer-head.js'
import { mqHeadBytes } from '../../src/mq-head.js'
import { createMqSigner } from '../../src/trust/jws/sign-message.js'
import { consumerOf, providerOf, then, type EvidenceCast } from './evidence-cast.js'
import {
  common,
  halfOf,
  replyFields,
  type EvidenceKind,
  type HalfWithoutPlace,
  type MqEvidenceKind,
} from './evidence-messages.js'
import {
  mqAnswer,
  mqNotice,
  mqReplyContent,
  mqRequest,
  mqRequestContent,
  mqSignatureDigest,
  type MqMessage,
} from './mq-signing.js'

export function isMqKind(kind: EvidenceKind): kind is MqEvidenceKind {
  return kind.startsWith('mq')
}

/** Both halves of an exchange over queues, or the one of a notice, signed by whoever has to. */
export async function mqHalves(
  cast: EvidenceCast,
  kind: MqEvidenceKind,
  exchangeId: string,
): Promise<HalfWithoutPlace[]> {
  if (kind === 'mq-notice') return [await noticeHalf(cast, exchangeId)]
  if (kind === 'mq-noted') return [await notedHalf(exchangeId)]
  const service = `${providerOf}/finAxtaris`
  const to = ['AZ/GOV/MN/EDMS/sened', service]
  const envelope = kind === 'mq-several' ? { service: undefined, to } : { service }
  const asked = mqRequest(cast.consumer, { at: then, envelope })
  const kept = { head: mqHeadBytes(asked.properties), payload: asked.payload }
  const fields = {
    ...common(exchangeId, 'mq'),
    consumerCertificate: cast.consumer.thumbprint,
    consumerSignatureDigest: mqSignatureDigest(asked.signature),
  }
  if (kind === 'mq-refused') {
    const refusal = { kind: 'refusal', outcome: 'ACCESS_DENIED', faultSide: 'consumer' } as const
    return [await halfOf(2, { ...fields, ...refusal }, kept)]
  }
  const request = await halfOf(1, { ...fields, kind: 'request' }, kept)
  const of = kind === 'mq-moved' ? { ...asked, payload: Buffer.from('{}') } : asked
  const answer = answered(cast, of, exchangeId)
  return [request, await halfOf(2, replyFields(exchangeId, 'mq', request, cast.provider), answer)]
}

/** The provider's signed answer to the bus's signed delivery of a message, as the log keeps it. */
function answered(
  { bus, provider }: EvidenceCast,
  asked: MqMessage,
  exchangeId: string,
): { readonly head: Buffer; readonly payload: Buffer } {
  const signer = createMqSigner({
    privateKey: bus.privateKey,
    certificateThumbprint: bus.thumbprint,
    now: () => then,
  })
  const signature = signer.sign({
    type: 'sluice-delivery+jws',
    contentType: 'application/json',
    envelope: { client: consumerOf, id: 'sorgu-1', exchangeId },
    payload: asked.payload,
  })
  const headers = { 'sluice-signature': asked.signature, 'sluice-delivery-signature': signature }
  const properties = { contentType: 'application/json', correlationId: exchangeId, headers }
  const delivered = {
    ...mqRequestContent(asked),
    properties,
    signature,
    head: () => mqHeadBytes(properties),
  }
  const payload = Buffer.from('{"unvan":"Bakı, Nizami küç. 5"}')
  const answer = mqAnswer(provider, { exchangeId, signature }, { at: then, payload })
  const content = mqReplyContent(answer)
  const head = answerHead({ content, delivered, deliveredAt: then, receivedAt: then })
  return { head: Buffer.from(head), payload }
}

async function noticeHalf(
  { provider }: EvidenceCast,
  exchangeId: string,
): Promise<HalfWithoutPlace> {
  const noticeOf = v7()
  const payload = Buffer.from('{"number":"12-3/45","date":"2025-03-03"}')
  const notice = mqNotice(provider, noticeOf, 'QEYDIYYATA_ALINIB', { at: then, payload })
  const fields: EntryFields = {
    ...common(exchangeId, 'mq'),
    kind: 'notice',
    noticeOf,
    outcome: 'QEYDIYYATA_ALINIB',
    providerCertificate: provider.thumbprint,
    requestEntry: Buffer.alloc(32, 7).toString('base64url'),
  }
  return halfOf(2, fields, { head: mqHeadBytes(notice.properties), payload })
}

/** Of a notice that came with a request the log keeps what was noted of it; the request has an exchange of its own. */
async function notedHalf(exchangeId: string): Promise<HalfWithoutPlace> {
  const [noticeOf, via] = [v7(), v7()]
  const noted = { exchangeId: noticeOf, notice: 'QEYDIYYATA_ALINIB', via }
  const fields: EntryFields = {
    ...common(exchangeId, 'rest'),
    kind: 'notice',
    noticeOf,
    outcome: 'QEYDIYYATA_ALINIB',
    requestEntry: Buffer.alloc(32, 7).toString('base64url'),
  }
  return halfOf(2, fields, { head: Buffer.alloc(0), payload: Buffer.from(canonicalJson(noted)) })
}
