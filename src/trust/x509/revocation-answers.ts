import type { Certificate } from './certificate.js'
import { lateness, statusIn, isOfFuture } from './ocsp-status.js'
import { spend, timeText, type PathContext } from './path-context.js'
import { PathError } from './path-error.js'
import { reasonText } from './revocation-reason.js'

/**
 * Whether a certificate is revoked, by the OCSP answers that are at hand (RFC 6960 §3.2). Fails closed: without a
 * current answer the status is unknown, and unknown is refused, but where the authority is set to be believed in
 * silence. That a responder does not know a certificate is an answer, and refused in any case.
 * @returns until when the answer holds
 * @throws PathError revoked, revocation-unknown
 */
export function checkAnswers(
  certificate: Certificate,
  issuer: Certificate,
  context: PathContext,
  mayBeSilent: boolean,
): Date[] {
  const { trust, at, algorithms, onStep } = context
  const subject = certificate.subject.text
  let trouble: string | undefined
  let isDenied = false
  for (const answer of trust.ocspAnswers(certificate)) {
    spend(context, subject)
    const said = statusIn(answer, { certificate, issuer }, algorithms)
    if (typeof said === 'string') {
      trouble ??= said
      continue
    }
    // What was revoked stays so until somebody says otherwise: that answer does not run out.
    if (said.status === 'revoked' && !isOfFuture(said.thisUpdate, at)) {
      const when = said.revokedAt ? ` on ${timeText(said.revokedAt)}` : ''
      const text = `It was revoked${when} (${reasonText(said.reason)}).`
      throw new PathError('revoked', subject, '6.1.3 (a)(3)', text)
    }
    const late = lateness(said, at, issuer)
    if (late === undefined && said.status === 'good') {
      const text = `It is not revoked, by the OCSP answer of ${issuer.subject.text} of ${timeText(said.thisUpdate)}.`
      onStep({ outcome: 'passed', subject, section: '6.1.3 (a)(3)', text })
      return [said.until]
    }
    if (late === undefined) isDenied = true
    trouble ??= late ?? `the OCSP responder of ${issuer.subject.text} does not know it`
  }
  const why = trouble ?? 'the bus has no OCSP answer for it'
  if (mayBeSilent && !isDenied) {
    const text = `It is accepted without a current OCSP answer, as is set for ${issuer.subject.text}: ${why}.`
    onStep({ outcome: 'note', subject, section: '6.3', text })
    return []
  }
  const text = `Whether it is revoked could not be established: ${why}.`
  throw new PathError('revocation-unknown', subject, '6.3', text)
}
