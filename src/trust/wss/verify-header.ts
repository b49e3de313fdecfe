import type { Signer } from '../../exchange/exchange.js'
import type { VerifiedSignature } from '../../exchange/verified-signature.js'
import type { VerificationRules } from '../http-signature/verify-request.js'
import type { RegisteredKey, SignerDirectory } from '../signer-directory.js'
import { digestDiffers, elementDigest } from '../xml-signature/digest.js'
import {
  fitsSignedInfo,
  readSignature,
  signatureDiffers,
  type XmlSignature,
} from '../xml-signature/signature.js'
import { exclusiveOnly } from '../xml-signature/transforms.js'
import { findCoverage, type Coverage, type CoverageRule } from './coverage.js'
import { thumbprintOfKeyInfo } from './key-info.js'
import { readSecurityHeader, type SecurityHeader } from './security-header.js'
import { securityHeader, type SoapEnvelope } from './soap-envelope.js'
import { checkTimestamp, readTimestamp, type Timestamp } from './timestamp.js'
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
 * signed. Each step is a function of its own, so that `sluice explain` can take the next one where one refuses.
 * @throws Fault SIGNATURE_MISSING, SIGNATURE_INVALID, ALGORITHM_FORBIDDEN, CLOCK_SKEW, CERT_UNKNOWN
 */
export function verifyHeader(
  envelope: SoapEnvelope,
  rule: CoverageRule,
  rules: VerificationRules,
  watch: SoapVerificationWatch,
): VerifiedHeader {
  const security = readSecurity(envelope, watch)
  const signature = readMessageSignature(envelope, security, watch)
  const coverage = readCoverage(envelope, security, signature, rule, watch)
  const timestamp = checkTime(envelope, security, rules, watch)
  const by = findKey(envelope, security, signature, rules.signers, watch)
  checkSignature(envelope, signature, by, watch)
  checkHeadDigests(envelope, coverage, watch)
  const { created } = timestamp
  const { signer } = by
  return {
    security,
    coverage,
    signature: { label: '', keyId: signer.thumbprint, created, value: signature.value },
    signer,
  }
}

/** The first step. @throws Fault SIGNATURE_MISSING, SIGNATURE_INVALID */
export function readSecurity(envelope: SoapEnvelope, watch: SoapVerificationWatch): SecurityHeader {
  watch.enters('security')
  return readSecurityHeader(envelope.document, securityHeader(envelope))
}

/** What is said to be signed, and how. @throws Fault ALGORITHM_FORBIDDEN, SIGNATURE_INVALID */
export function readMessageSignature(
  { document }: SoapEnvelope,
  security: SecurityHeader,
  watch: SoapVerificationWatch,
): XmlSignature {
  watch.enters('signed-info')
  return readSignature(document, security.signature, exclusiveOnly)
}

/** @throws Fault SIGNATURE_INVALID */
export function readCoverage(
  envelope: SoapEnvelope,
  security: SecurityHeader,
  { signedInfo }: XmlSignature,
  rule: CoverageRule,
  watch: SoapVerificationWatch,
): Coverage {
  watch.enters('coverage')
  return findCoverage(envelope, security, signedInfo, rule, watch)
}

/** @throws Fault CLOCK_SKEW, SIGNATURE_INVALID */
export function checkTime(
  { document }: SoapEnvelope,
  security: SecurityHeader,
  { now, freshnessMs }: Pick<VerificationRules, 'now' | 'freshnessMs'>,
  watch: SoapVerificationWatch,
): Timestamp {
  watch.enters('timestamp')
  const timestamp = readTimestamp(document, security.timestamp)
  checkTimestamp(timestamp, now().getTime(), freshnessMs, watch)
  return timestamp
}

/** @throws Fault CERT_UNKNOWN, SIGNATURE_INVALID */
export function findKey(
  { document }: SoapEnvelope,
  security: SecurityHeader,
  { keyInfo }: XmlSignature,
  signers: SignerDirectory,
  watch: SoapVerificationWatch,
): RegisteredKey {
  watch.enters('token')
  const keyId = thumbprintOfKeyInfo(document, keyInfo, security.element, signers)
  watch.finds('thumbprint', keyId)
  return signers.key(keyId)
}

/** @throws Fault SIGNATURE_INVALID */
export function checkSignature(
  { document }: SoapEnvelope,
  signature: XmlSignature,
  by: RegisteredKey,
  watch: SoapVerificationWatch,
): void {
  watch.enters('signature')
  if (!fitsSignedInfo(document, signature, by)) watch.refuses(signatureDiffers(by))
}

/** @throws Fault SIGNATURE_INVALID */
export function checkHeadDigests(
  { document }: SoapEnvelope,
  { head }: Coverage,
  watch: SoapVerificationWatch,
): void {
  watch.enters('digests')
  for (const { element, method, reference, field } of head) {
    const found = elementDigest(document, element, method, reference.digest)
    if (found !== reference.digestText) watch.refuses(digestDiffers(field))
  }
}
