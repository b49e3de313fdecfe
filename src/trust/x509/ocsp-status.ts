import type { AlgorithmPolicy } from './algorithm-policy.js'
import type { Certificate } from './certificate.js'
import { ocspAnswerAgeMsMax, ocspClockSkewMsMax } from '../../limits/certificates.js'
import type { CertificateStatus, OcspAnswer } from './ocsp-answer.js'
import { hasKeyHash, isIdOf, type Issued } from './ocsp-cert-id.js'
import { isSignedBy, timeText } from './path-context.js'

/** What an answer says of a certificate, signed by one who may say it. */
export interface SignedStatus extends CertificateStatus {
  /** Until when it may be used, exclusive: its own end, or its responder's if that is earlier. */
  readonly until: Date
}

const ocspSigning = '1.3.6.1.5.5.7.3.9'
const noCheck = '1.3.6.1.5.5.7.48.1.5'

/**
 * RFC 6960 §3.2, points 1 to 4, but for time: whether the answer speaks of this certificate, and whether its issuer
 * signed it, or one to whom that issuer itself has given the right to.
 * @returns what is wrong, where it may not be used
 */
export function statusIn(
  answer: OcspAnswer,
  issued: Issued,
  algorithms: AlgorithmPolicy,
): SignedStatus | string {
  const { issuer } = issued
  const said = answer.statuses.find(({ id }) => isIdOf(id, issued))
  if (!said) return `the OCSP answer of ${issuer.subject.text} speaks of another certificate`
  const unknown = answer.unknownCriticalExtension ?? said.unknownCriticalExtension
  if (unknown !== undefined) {
    return `the OCSP answer of ${issuer.subject.text} has the critical extension ${unknown}, which is unknown`
  }
  const signer = signerOf(answer, issuer, algorithms)
  if (typeof signer === 'string') return signer
  const ends = [endOf(said), ...(signer === issuer ? [] : [signer.notAfter])]
  const until = new Date(Math.min(...ends.map((end) => end.getTime())))
  return { ...said, until }
}

/** RFC 6960 §3.2, points 5 and 6: whether the answer may be used at this time. @returns why not */
export function lateness(
  { thisUpdate, until }: SignedStatus,
  at: Date,
  issuer: Certificate,
): string | undefined {
  const name = `the OCSP answer of ${issuer.subject.text}`
  if (at < until) return isOfFuture(thisUpdate, at) ? ahead(name, thisUpdate) : undefined
  return `${name} ran out on ${timeText(until)}`
}

function ahead(name: string, time: Date): string {
  return `${name} is not valid before ${timeText(time)}`
}

/** Whether a responder's time is later than clocks that differ a little explain. */
export function isOfFuture(time: Date, now: Date): boolean {
  return time.getTime() > now.getTime() + ocspClockSkewMsMax
}

/** Until when an answer says that it holds, or the bus's own limit where it says nothing. */
export function endOf({ thisUpdate, nextUpdate }: CertificateStatus): Date {
  return nextUpdate ?? new Date(thisUpdate.getTime() + ocspAnswerAgeMsMax)
}

/** §4.2.2.2: the issuer itself, or a certificate for OCSP answers that it issued itself. */
function signerOf(
  answer: OcspAnswer,
  issuer: Certificate,
  algorithms: AlgorithmPolicy,
): Certificate | string {
  const name = `the OCSP answer of ${issuer.subject.text}`
  const forbidden = algorithms.refusesSignature(answer.signatureAlgorithm)
  if (forbidden) return `${name} is not accepted: ${forbidden}`
  if (isNamed(answer, issuer) && isSignedBy(answer, issuer)) return issuer
  let trouble = `${name} was signed neither by it nor by one to whom it gave the right to`
  for (const each of answer.certificates) {
    if (!isNamed(answer, each) || !isSignedBy(answer, each)) continue
    const refusal = refusesResponder(each, issuer, answer.producedAt, algorithms)
    if (refusal === undefined) return each
    trouble = `the responder of ${issuer.subject.text}, ${each.subject.text}, is refused: ${refusal}`
  }
  return trouble
}

function isNamed({ responder }: OcspAnswer, certificate: Certificate): boolean {
  return responder.by === 'name'
    ? responder.key === certificate.subject.key
    : hasKeyHash(certificate, responder.hash)
}

/** §4.2.2.2.1. @returns why it may not answer for the issuer */
function refusesResponder(
  responder: Certificate,
  issuer: Certificate,
  producedAt: Date,
  algorithms: AlgorithmPolicy,
): string | undefined {
  if (responder.issuer.key !== issuer.subject.key || !isSignedBy(responder, issuer)) {
    return 'its certificate is not from that authority itself'
  }
  if (!responder.extendedKeyUsage?.includes(ocspSigning)) {
    return 'its extended key usage does not include OCSP answers'
  }
  // Whoever answers for revocation cannot be asked whether it is itself revoked.
  if (!responder.extensions.has(noCheck)) {
    return 'its certificate does not say that it needs no check itself (id-pkix-ocsp-nocheck)'
  }
  if (producedAt < responder.notBefore || producedAt > responder.notAfter) {
    return 'its certificate was not valid when it answered'
  }
  const unknown = responder.unknownCriticalExtension
  if (unknown !== undefined) return `it has the critical extension ${unknown}, which is unknown`
  const { publicKey, signatureAlgorithm } = responder
  const keyTrouble = publicKey ? algorithms.refusesKey(publicKey) : 'its key cannot be used'
  return algorithms.refusesSignature(signatureAlgorithm) ?? keyTrouble
}
