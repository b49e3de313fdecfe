import { Fault } from '../../exchange/fault.js'
import { invalidField } from '../../exchange/envelope-values.js'
import {
  noticeCodes,
  type MqNoticeContent,
  type RecipientNoticeCode,
  type VerifiedMqNotice,
} from '../../exchange/message-notice.js'
import { mqNoticeAgeMsMax } from '../../limits/queues.js'
import type { VerificationRules } from '../http-signature/verify-request.js'
import { readDetachedJws } from './detached-jws.js'
import { checkEnvelope, textIn } from './envelope-members.js'
import { verifyMessage } from './verify-message.js'

const type = 'sluice-notice+jws'

const exchangeIdPattern = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

/**
 * Whose key signed this notice, of which message does it tell, and what? It may have waited in a queue for as long as
 * a message may: the same notice a second time is nothing new.
 * @throws Fault SIGNATURE_MISSING, SIGNATURE_INVALID, ALGORITHM_FORBIDDEN, CLOCK_SKEW, REQUEST_INVALID, CERT_*
 */
export function verifyMqNotice(
  { properties, signature, payload }: MqNoticeContent,
  rules: VerificationRules,
): VerifiedMqNotice {
  const ageMsMax = mqNoticeAgeMsMax
  const message = verifyMessage({ type, signature, payload, ageMsMax }, rules)
  checkEnvelope(type, message, properties)
  const { envelope, signer } = message
  const exchangeId = textIn(envelope, 'exchangeId')
  if (!exchangeIdPattern.test(exchangeId)) throw invalidField('exchangeId', 'It is no exchange id.')
  const code = codeOf(textIn(envelope, 'notice'))
  rules.signers.checkCertificate(signer.thumbprint)
  if (textIn(envelope, 'client') !== signer.subsystem) throw new Fault('CERT_SENDER_MISMATCH')
  const { header, value } = readDetachedJws(signature ?? '')
  return {
    signer,
    code,
    exchangeId,
    signedAt: message.signature.created,
    signed: {
      protected: header,
      signature: value.toString('base64url'),
      payload: Buffer.from(payload).toString('base64url'),
    },
  }
}

function codeOf(text: string): RecipientNoticeCode {
  const code = noticeCodes.find((each) => each === text)
  if (code !== undefined && code !== 'CATDIRILIB') return code
  throw invalidField('notice', 'It must be QEBUL_EDILIB, QEYDIYYATA_ALINIB or IMTINA.')
}
