import { hash } from 'node:crypto'
import type { Signer } from '../../exchange/exchange.js'
import type { MqReplyContent } from '../../exchange/mq-content.js'
import type { VerificationRules } from '../http-signature/verify-request.js'
import { invalidSignature, readDetachedJws } from './detached-jws.js'
import { checkEnvelope } from './envelope-members.js'
import { verifyMessage } from './verify-message.js'

const type = 'sluice-answer+jws'

/** What an answer has to be to. */
export interface AnsweredDelivery {
  readonly exchangeId: string
  /** Detached JWS of the bus over what the provider was sent; undefined where that cannot be said. */
  readonly signature: string | undefined
}

/**
 * Whose key signed this answer? It says which delivery it answers, by exchange id and by the bus's own signature, so
 * that it cannot be moved to another.
 * @throws Fault SIGNATURE_MISSING, SIGNATURE_INVALID, ALGORITHM_FORBIDDEN, CLOCK_SKEW, REQUEST_INVALID, CERT_*
 */
export function verifyMqAnswer(
  { signature, payload, properties, status }: MqReplyContent,
  delivery: AnsweredDelivery,
  rules: VerificationRules,
): Signer {
  const message = verifyMessage({ type, signature, payload }, rules)
  checkEnvelope(type, message, properties)
  const { envelope, signer } = message
  if (envelope.get('exchangeId') !== delivery.exchangeId) {
    throw invalidSignature('The answer is to another exchange.', 'exchangeId')
  }
  if (envelope.get('status') !== status) {
    throw invalidSignature('The answer has another status than the signature covers.', 'status')
  }
  const answered = delivery.signature && signatureDigest(delivery.signature)
  if (answered === undefined || envelope.get('requestSignature') !== answered) {
    const detail =
      'requestSignature must be the base64url SHA-256 of the octets of the signature of the delivery.'
    throw invalidSignature(detail, 'requestSignature')
  }
  rules.signers.checkCertificate(signer.thumbprint)
  return signer
}

/**
 * How one signature is named in another: base64url SHA-256 of its octets, which are the last part of the JWS.
 * @throws Fault SIGNATURE_INVALID
 */
export function signatureDigest(jws: string): string {
  return hash('sha256', readDetachedJws(jws).value, 'base64url')
}
