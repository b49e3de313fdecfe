import { Fault } from '../../exchange/fault.js'
import type { Signer } from '../../exchange/exchange.js'
import type { HttpRequestContent, UnreadHttpRequest } from '../../exchange/http-content.js'
import type { SignerDirectory } from '../signer-directory.js'
import { readContentDigest } from './content-digest.js'
import { requestMessage } from './message.js'
import { checkFreshness, checkParameters, checkSignature } from './parameters.js'
import {
  checkCoverage,
  checkEnvelopeFields,
  consumerSignature,
  coveredNames,
} from './request-coverage.js'
import { signatureBase } from './signature-base.js'
import { readSignatures } from './signature-fields.js'
import { UnreadRequest } from './verified-request.js'
import { refuseAtOnce, type VerificationWatch } from './watch.js'

export interface VerificationRules {
  readonly signers: SignerDirectory
  readonly now: () => Date
  /** How far a signed creation time may be from the bus's clock, either way, milliseconds. */
  readonly freshnessMs: number
  /** How old a message may be that waited in a queue, where that is more; milliseconds. */
  readonly queuedAgeMsMax?: number
}

export interface SignedHead {
  /** Covered parts of the head. */
  readonly head: UnreadHttpRequest
  /** Whose key signed it. Whether the certificate is good is for `SignerDirectory` to say. */
  readonly signer: Signer
}

/**
 * Verifies the head of a signed request, cheapest checks first: whoever has no registered key gets no
 * further than one signature check, learns nothing of a certificate, and the bus reads no payload for
 * them.
 * @throws Fault SIGNATURE_MISSING, SIGNATURE_INVALID, REQUEST_INVALID, ALGORITHM_FORBIDDEN, CLOCK_SKEW, CERT_UNKNOWN
 */
export function verifyRequestHead(
  content: HttpRequestContent,
  rules: VerificationRules,
  watch: VerificationWatch = refuseAtOnce,
): SignedHead {
  const message = requestMessage(content)
  watch.enters('signature')
  const signatures = readSignatures(message.fields)
  if (signatures.length === 0) throw new Fault('SIGNATURE_MISSING')
  watch.enters('headers')
  checkEnvelopeFields(message, watch)
  const digests = readContentDigest(message.fields)

  watch.enters('label')
  const chosen = consumerSignature(signatures)
  watch.finds('label', chosen.label)
  watch.enters('coverage')
  const covered = coveredNames(chosen)
  checkCoverage(message, covered, watch)
  watch.enters('parameters')
  const signature = checkParameters(chosen)
  watch.enters('freshness')
  checkFreshness(signature, rules.now().getTime(), rules.freshnessMs, watch)

  watch.enters('base')
  const base = signatureBase(message, signature.components, signature.parametersText)
  watch.finds('base', base)
  watch.enters('certificate')
  const by = rules.signers.key(signature.keyId)
  checkSignature(signature, base, by, watch)

  const { label, keyId, value } = signature
  const created = new Date(signature.created * 1000)
  const head = new UnreadRequest(message, covered, { label, keyId, created, value }, digests)
  return { head, signer: by.signer }
}
