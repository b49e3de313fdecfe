import type { Signer } from '../../exchange/exchange.js'
import type { SoapRequestContent, UnreadSoapRequest } from '../../exchange/soap-content.js'
import { soapOnePassBytesMax } from '../../limits/soap.js'
import type { VerificationRules } from '../http-signature/verify-request.js'
import { readSoapXml, readSoapXmlStart } from './read-soap-xml.js'
import { readSoapEnvelope, type SoapEnvelope } from './soap-envelope.js'
import { UnreadSoap } from './verified-request.js'
import { verifyHeader } from './verify-header.js'
import { refuseAtOnce, type SoapVerificationWatch } from './watch.js'

export interface SignedSoapHead {
  /** Covered parts of the head. */
  readonly head: UnreadSoapRequest
  /** Whose key signed it. Whether the certificate is good is for `SignerDirectory` to say. */
  readonly signer: Signer
}

/**
 * Verifies the head of a signed SOAP request by the beginning of its envelope: whoever has no registered
 * key gets no further than one signature check, learns nothing of a certificate, and the bus reads no
 * payload for them. A short message is read whole at once, and not again.
 * @throws Fault SIGNATURE_MISSING, SIGNATURE_INVALID, REQUEST_INVALID, PAYLOAD_UNSAFE, ALGORITHM_FORBIDDEN, CLOCK_SKEW, CERT_UNKNOWN
 */
export function verifySoapHead(
  content: SoapRequestContent,
  rules: VerificationRules,
  watch: SoapVerificationWatch = refuseAtOnce,
): SignedSoapHead {
  const envelope = readSoapHead(content, watch)
  const verified = verifyHeader(envelope, 'request', rules, watch)
  return { head: new UnreadSoap(envelope, verified, content.start, watch), signer: verified.signer }
}

/**
 * Reads the frame of a request by the beginning of its envelope, and the whole of a short one.
 * @throws Fault PAYLOAD_UNSAFE, REQUEST_INVALID, SIGNATURE_MISSING
 */
export function readSoapHead(
  { start, startIsWhole }: Pick<SoapRequestContent, 'start' | 'startIsWhole'>,
  watch: SoapVerificationWatch,
): SoapEnvelope {
  watch.enters('envelope')
  const isWhole = startIsWhole && start.length <= soapOnePassBytesMax
  const document = isWhole ? readSoapXml(start) : readSoapXmlStart(start, startIsWhole)
  return readSoapEnvelope(document, isWhole)
}
