import type { Signer } from '../../exchange/exchange.js'
import type { VerifiedSignature } from '../../exchange/signed-content.js'
import type { VerificationRules } from '../http-signature/verify-request.js'
import { digestDiffers, elementDigest } from '../xml-signature/digest.js'
import { fitsSignedInfo, readSignature, signatureDiffers } from '../xml-signature/signature.js'
import { exclusiveOnly } from '../xml-signature/transforms.js'
import { findCoverage, type Coverage, type CoverageRule } from './coverage.js'
import { thumbprintOfKeyInfo } from './key-info.js'
import { readSecurityHeader, type SecurityHeader } from './security-header.js'
import { securityHeader, type SoapEnvelope } from './soap-envelope.js'
import { checkTimestamp, readTimestamp } from './timestamp.js'
import type { SoapVerificationWatch } from './watch.js'

/** A Security header whose signature proved right over all that it covers of the Header. */
export interface VerifiedHeader {
  readonly security: SecurityHeader
  readonly coverage: Coverage
  readonly signature: VerifiedSignature
  readonly signer: Signer
}

/**
 * Verifies the Security header that is for us: what it covers, its time, its signature, and the digests of
 * all that stands in the Header. Cheapest checks first: a digest is made only of what a registered key
 * signed.
 * @throws Fault SIGNATURE_MISSING, SIGNATURE_INVALID, ALGORITHM_FORBIDDEN, CLOCK_SKEW, CERT_UNKNOWN
 */
export function verifyHeader(
  envelope: SoapEnvelope,
  rule: CoverageRule,
  rules: VerificationRules,
  watch: SoapVerificationWatch,
): VerifiedHeader {
  const { document } = envelope
  watch.enters('security')
  const security = readSecurityHeader(document, securityHeader(envelope))
  watch.enters('signed-info')
  const signature = readSignature(document, security.signature, exclusiveOnly)
  watch.enters('coverage')
  const coverage = findCoverage(envelope, security, signature.signedInfo, rule, watch)
  watch.enters('timestamp')
  const timestamp = readTimestamp(document, security.timestamp)
  checkTimestamp(timestamp, rules.now().getTime(), rules.freshnessMs, watch)
  watch.enters('token')
  const keyId = thumbprintOfKeyInfo(document, signature.keyInfo, security.element, rules.signers)
  watch.finds('thumbprint', keyId)
  const by = rules.signers.key(keyId)
  watch.enters('signature')
  if (!fitsSignedInfo(document, signature, by)) watch.refuses(signatureDiffers())
  watch.enters('digests')
  for (const { element, method, reference, field } of coverage.head) {
    const found = elementDigest(document, element, method, reference.digest)
    if (found !== reference.digestText) watch.refuses(digestDiffers(field))
  }
  const { created } = timestamp
  return {
    security,
    coverage,
    signature: { label: '', keyId, created, value: signature.value },
    signer: by.signer,
  }
}
