import type { SubsystemId } from '../../exchange/identifier.js'
import { Fault } from '../../exchange/fault.js'
import type { VerifiedMqNotice } from '../../exchange/message-notice.js'
import type { MqProperties } from '../../exchange/mq-content.js'
import {
  deliverySignatureHeader,
  MqHeadError,
  readMqHead,
  signatureHeader,
  textHeader,
} from '../../mq-head.js'
import type { VerificationRules } from '../../trust/http-signature/verify-request.js'
import { verifyMqAnswer } from '../../trust/jws/verify-answer.js'
import { verifyMessage } from '../../trust/jws/verify-message.js'
import { verifyMqNotice } from '../../trust/jws/verify-notice.js'
import { verifyMqHead } from '../../trust/jws/verify-request.js'
import type { DeliverySigner, SignedMessage } from './message-signature.js'
import type { ReadMessage } from './read-halves.js'

/**
 * Verifies a consumer's signature over a message of the MQ lane, with the bus's own verifier (RFC 7515, RFC 7797).
 * @throws Fault, MqHeadError
 */
export function verifyMqRequest(
  { head: bytes, payload }: ReadMessage,
  rules: VerificationRules,
): SignedMessage {
  const properties = readMqHead(bytes)
  const signature = textHeader(properties, signatureHeader)
  const client = clientIn(signature)
  const { head, signer } = verifyMqHead(
    {
      format: 'mq',
      properties,
      // Through whose queue it came is not kept; whom the entry names is compared by the caller.
      from: client as SubsystemId,
      through: 'messages',
      recipient: 0,
      signature,
      payload,
      head: () => bytes,
    },
    rules,
  )
  const service = head.text('service')
  return {
    thumbprint: signer.thumbprint,
    signature: head.signature,
    envelope: { consumer: client as SubsystemId, messageId: head.text('id') ?? '' },
    payload,
    services: service === undefined ? (head.texts('to') ?? []) : [service],
  }
}

/** Whom a signature says it is of, before it is verified; an empty text where it says nothing of the kind. */
function clientIn(signature: string | undefined): string {
  try {
    const header = Buffer.from(signature?.split('.', 1)[0] ?? '', 'base64url').toString()
    const { env } = JSON.parse(header) as { readonly env?: { readonly client?: unknown } }
    return typeof env?.client === 'string' ? env.client : ''
  } catch {
    return ''
  }
}

/**
 * Verifies a provider's signature over an answer in a queue, which names the exchange and the signature of the delivery.
 * @returns thumbprint of its certificate
 * @throws Fault, MqHeadError
 */
export function verifyMqReply(
  { delivery, head, payload }: ReadMessage,
  exchangeId: string,
  rules: VerificationRules,
): string {
  if (!delivery) throw new Fault('SIGNATURE_MISSING', { detail: 'The delivery is not kept.' })
  const properties = readMqHead(head)
  return verifyMqAnswer(
    {
      format: 'mq',
      status: statusIn(properties),
      properties,
      signature: textHeader(properties, signatureHeader),
      payload,
      head: () => head,
    },
    { exchangeId, signature: textHeader(readMqHead(delivery), deliverySignatureHeader) },
    rules,
  ).thumbprint
}

function statusIn({ headers }: MqProperties): number {
  return Number(headers['sluice-status'] ?? 200)
}

/**
 * Who signed that this very request was delivered: the bus's signature is over its body, its sender and its message id.
 * @returns other-delivery where no such signature is over this request's delivery
 */
export function mqDeliverySigner(
  { delivery }: ReadMessage,
  { payload, envelope: asked }: SignedMessage,
  rules: VerificationRules,
): DeliverySigner {
  if (!delivery) return 'other-delivery'
  try {
    const signature = textHeader(readMqHead(delivery), deliverySignatureHeader)
    const type = 'sluice-delivery+jws'
    const { envelope, signer } = verifyMessage({ type, signature, payload }, rules)
    const isOfRequest =
      envelope.get('client') === asked.consumer && envelope.get('id') === asked.messageId
    return isOfRequest ? { thumbprint: signer.thumbprint } : 'other-delivery'
  } catch (error) {
    if (error instanceof Fault && error.code === 'CERT_UNKNOWN') return 'certificate-missing'
    if (error instanceof Fault || error instanceof MqHeadError) return 'other-delivery'
    throw error
  }
}

/** Verifies a recipient's signature over its notice. @throws Fault, MqHeadError */
export function readMqNotice(
  { head, payload }: ReadMessage,
  rules: VerificationRules,
): VerifiedMqNotice {
  const properties = readMqHead(head)
  const signature = textHeader(properties, signatureHeader)
  return verifyMqNotice({ properties, signature, payload }, rules)
}
