import type { Signer } from '../../exchange/exchange.js'
import type { SoapReplyContent } from '../../exchange/signed-content.js'
import type { VerificationRules } from '../http-signature/verify-request.js'
import { readSoapXml } from './read-soap-xml.js'
import { readSoapEnvelope } from './soap-envelope.js'
import { verifyHeader } from './verify-header.js'
import { verifyPayload } from './verify-payload.js'
import { refuseAtOnce } from './watch.js'

/**
 * Verifies a provider's signature over its answer (WS-Security 1.1): Body, Timestamp and attachments. Its
 * header blocks go no further, so nothing is asked of them.
 * @throws Fault SIGNATURE_MISSING, SIGNATURE_INVALID, REQUEST_INVALID, PAYLOAD_UNSAFE,
 *   ALGORITHM_FORBIDDEN, CLOCK_SKEW, CERT_*
 */
export function verifySoapAnswer(content: SoapReplyContent, rules: VerificationRules): Signer {
  const { envelope, attachments } = content
  const frame = readSoapEnvelope(readSoapXml(envelope), true)
  const verified = verifyHeader(frame, 'answer', rules, refuseAtOnce)
  rules.signers.checkCertificate(verified.signer.thumbprint)
  const payload = { bytes: content.payload, envelope, attachments }
  verifyPayload(frame, verified, envelope, payload, refuseAtOnce)
  return verified.signer
}
