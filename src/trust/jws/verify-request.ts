import type { Signer } from '../../exchange/exchange.js'
import type { MqRequestContent, UnreadMqRequest } from '../../exchange/signed-content.js'
import type { VerificationRules } from '../http-signature/verify-request.js'

/**
 * Whose key signed this message? One signature covers head and body.
 * @throws Fault SIGNATURE_MISSING, SIGNATURE_INVALID, ALGORITHM_FORBIDDEN, CLOCK_SKEW, REQUEST_INVALID
 */
export function verifyMqHead(
  content: MqRequestContent,
  rules: VerificationRules,
): { readonly head: UnreadMqRequest; readonly signer: Signer } {
  throw new TypeError(`not here yet ${content.from} ${rules.freshnessMs}`)
}
