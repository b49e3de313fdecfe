import type { Certificate } from './certificate.js'
import { isOfFuture, lateness, statusIn, type SignedStatus } from './ocsp-status.js'
import { spend, timeText, type PathContext } from './path-context.js'
import { PathError } from './path-error.js'
import { reasonText } from './revocation-reason.js'

/**
 * Whether a certificate is revoked, by the OCSP answers that are at hand (RFC 6960 §3.2), of which the newest current
 * one counts. Fails closed: without a current answer the status is unknown, and unknown is refused, but where the
 * authority is set to be believed in silence. That a responder does not know a certificate is an answer, and refused in
 * any case.
 * @returns until when the answer holds
 * @throws PathError revoked, revocation-unknown
 */
export function checkAnswers(
  certificate: Certificate,
  issuer: Certificate,
  context: PathContext,
  mayBeSilent: boolean,
): Date[] {
  const subject = certificate.subject.text
  const said = currentStatus(certificate, issuer, context)
  if (typeof said !== 'string' && said.status === 'good') {
    const text = `It is not revoked, by the OCSP answer of ${issuer.subject.text} of ${timeText(said.thisUpdate)}.`
    context.onStep({ outcome: 'passed', subject, section: '6.1.3 (a)(3)', text })
    return [said.until]
  }
  if (typeof said === 'string' && mayBeSilent) {
    const text = `It is accepted without a current OCSP answer, as is set for ${issuer.subject.text}: ${said}.`
    context.onStep({ outcome: 'note', subject, section: '6.3', text })
    return []
  }
  const unknown = `the OCSP responder of ${issuer.subject.text} does not know it`
  const why = typeof said === 'string' ? said : unknown
  const text = `Whether it is revoked could not be established: ${why}.`
  throw new PathError('revocation-unknown', subject, '6.3', text)
}

/** @returns why there is none. @throws PathError revoked */
function currentStatus(
  certificate: Certificate,
  issuer: Certificate,
  context: PathContext,
): SignedStatus | string {
  const { trust, at, algorithms } = context
  let trouble: string | undefined
  for (const answer of trust.ocspAnswers(certificate)) {
    spend(context, certificate.subject.text)
    const said = statusIn(answer, { certificate, issuer }, algorithms)
    if (typeof said === 'string') {
      trouble ??= said
      continue
    }
    // What was revoked stays so until somebody says otherwise: that answer does not run out.
    if (said.status === 'revoked' && !isOfFuture(said.thisUpdate, at)) refuse(certificate, said)
    const late = lateness(said, at, issuer)
    if (late === undefined) return said
    trouble ??= late
  }
  return trouble ?? 'the bus has no OCSP answer for it'
}

function refuse({ subject }: Certificate, { revokedAt, reason }: SignedStatus): never {
  const when = revokedAt ? ` on ${timeText(revokedAt)}` : ''
  const text = `It was revoked${when} (${reasonText(reason)}).`
  throw new PathError('revoked', subject.text, '6.1.3 (a)(3)', text)
}
