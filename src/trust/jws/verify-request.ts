import type { Signer } from '../../exchange/exchange.js'
import { Fault } from '../../exchange/fault.js'
import type { MqRequestContent, UnreadMqRequest } from '../../exchange/mq-content.js'
import type { VerificationRules } from '../http-signature/verify-request.js'
import { checkEnvelope, textIn } from './envelope-members.js'
import { UnreadRequest } from './verified-request.js'
import { verifyMessage } from './verify-message.js'

const type = 'sluice-request+jws'

export interface SignedMqHead {
  /** What the signature says of the message. */
  readonly head: UnreadMqRequest
  /** Whose key signed it. Whether the certificate is good is for `SignerDirectory` to say. */
  readonly signer: Signer
}

/**
 * Whose key signed this message? One signature covers head and body. What came through the queue of another subsystem
 * than it says it is from is refused, whoever signed it. A one-way message may have waited in its queue while the bus was
 * away, for as long as a second one of it is recognised (`checkWait` holds the others to `freshnessMs`).
 * @throws Fault SIGNATURE_MISSING, SIGNATURE_INVALID, ALGORITHM_FORBIDDEN, CLOCK_SKEW, CERT_UNKNOWN, REQUEST_INVALID,
 *   CERT_SENDER_MISMATCH
 */
export function verifyMqHead(content: MqRequestContent, rules: VerificationRules): SignedMqHead {
  const { signature, payload, properties, recipient, from, through } = content
  const ageMsMax = through === 'messages' ? rules.queuedAgeMsMax : undefined
  const message = verifyMessage({ type, signature, payload, ageMsMax }, rules)
  checkEnvelope(type, message, properties)
  if (textIn(message.envelope, 'client') !== from) throw new Fault('CERT_SENDER_MISMATCH')
  return { head: new UnreadRequest(message, recipient, payload), signer: message.signer }
}
