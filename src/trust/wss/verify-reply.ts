import type { Signer } from '../../exchange/exchange.js'
import type {
  HeldSoapRequest,
  SoapPayload,
  SpooledSoapPayload,
} from '../../exchange/soap-content.js'
import type { VerificationRules } from '../http-signature/verify-request.js'
import { invalidSignature } from '../xml-signature/strict-reading.js'
import type { CoverageRule } from './coverage.js'
import { wsse11Namespace } from './names.js'
import { readSoapXml } from './read-soap-xml.js'
import { readSoapEnvelope, type SoapEnvelope } from './soap-envelope.js'
import { UnreadSoap } from './verified-request.js'
import { verifyHeader, type VerifiedHeader } from './verify-header.js'
import { refuseAtOnce } from './watch.js'

/** An answer of which a signature covers what it says; it has the parts that a request has. */
export type VerifiedSoapReply = HeldSoapRequest

export interface SoapReplyToVerify<Payload = SoapPayload> {
  readonly payload: Payload
  /**
   * `answer` for a provider's: its Body, Timestamp and attachments must be covered. `request` for one
   * of which the header blocks count too, as for the bus's own.
   */
  readonly rule: CoverageRule
  /** The value of the request's signature, which a SignatureConfirmation must repeat. */
  readonly requestSignature: Uint8Array | undefined
}

/**
 * Verifies the signature over an answer, with the certificate it was made with.
 * @throws Fault SIGNATURE_MISSING, SIGNATURE_INVALID, ALGORITHM_FORBIDDEN, CLOCK_SKEW, CERT_*, REQUEST_INVALID, PAYLOAD_UNSAFE
 */
export function verifySoapReply(
  reply: SoapReplyToVerify,
  rules: VerificationRules,
): { readonly signer: Signer; readonly verified: VerifiedSoapReply } {
  const { unread, signer } = verifyReplyHead(reply, rules)
  const verified = unread.withPayload(reply.payload)
  rules.signers.checkCertificate(signer.thumbprint)
  return { signer, verified }
}

/** The same of an answer on the spool. @returns who signed it */
export async function verifySpooledReply(
  reply: SoapReplyToVerify<SpooledSoapPayload>,
  rules: VerificationRules,
): Promise<Signer> {
  const { unread, signer } = verifyReplyHead(reply, rules)
  await unread.withSpooledPayload(reply.payload)
  rules.signers.checkCertificate(signer.thumbprint)
  return signer
}

function verifyReplyHead(
  { payload, rule, requestSignature }: SoapReplyToVerify<SoapPayload | SpooledSoapPayload>,
  rules: VerificationRules,
): { readonly unread: UnreadSoap; readonly signer: Signer } {
  const { envelope } = payload
  const frame = readSoapEnvelope(readSoapXml(envelope), true)
  const header = verifyHeader(frame, rule, rules, refuseAtOnce)
  checkConfirmation(frame, header, requestSignature)
  return { unread: new UnreadSoap(frame, header, envelope, refuseAtOnce), signer: header.signer }
}

/**
 * A SignatureConfirmation (WS-Security 1.1 §8.5) says which request is answered. It is covered, as all
 * in a Security header must be; where it is absent the answer is not bound to its request.
 */
function checkConfirmation(
  { document }: SoapEnvelope,
  { security }: VerifiedHeader,
  requestSignature: Uint8Array | undefined,
): void {
  const field = 'SignatureConfirmation'
  for (const element of security.others) {
    if (!document.is(element, wsse11Namespace, field)) continue
    const value = Buffer.from(document.attribute(element, '', 'Value') ?? '', 'base64')
    if (requestSignature && Buffer.compare(value, requestSignature) === 0) continue
    throw invalidSignature(field, 'The answer confirms the signature of another request.')
  }
}
