import type { Signer } from '../../exchange/exchange.js'
import type { SoapRequestContent, UnreadSoapRequest } from '../../exchange/signed-content.js'
import type { VerificationRules } from '../http-signature/verify-request.js'

export interface SignedSoapHead {
  /** Covered parts of the head. */
  readonly head: UnreadSoapRequest
  /** Whose key signed it. Whether the certificate is good is for `SignerDirectory` to say. */
  readonly signer: Signer
}

export function verifySoapHead(
  _content: SoapRequestContent,
  _rules: VerificationRules,
): SignedSoapHead {
  throw new Error('not yet')
}
