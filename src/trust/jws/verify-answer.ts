import type { Signer } from '../../exchange/exchange.js'
import type { MqReplyContent } from '../../exchange/signed-content.js'
import type { VerificationRules } from '../http-signature/verify-request.js'

/**
 * Whose key signed this answer?
 * @throws Fault SIGNATURE_MISSING, SIGNATURE_INVALID, ALGORITHM_FORBIDDEN, CLOCK_SKEW, CERT_*
 */
export function verifyMqAnswer(content: MqReplyContent, rules: VerificationRules): Signer {
  throw new TypeError(`not here yet ${content.status} ${rules.freshnessMs}`)
}
