import type { Certificate } from './certificate.js'
import { pathCertificatesMax } from '../../limits/certificates.js'
import { isSignedBy, spend, type PathContext } from './path-context.js'
import { PathError } from './path-error.js'

/** Why the search did not reach an anchor, kept in case no path does. */
export interface DeadEnds {
  error: PathError | undefined
}

/**
 * Candidate paths from a certificate up to a trust anchor, most promising first; the end entity is
 * first in each. Names and signatures fit; nothing else of them is checked.
 * @throws PathError too-complex
 */
export function* candidatePaths(
  certificate: Certificate,
  context: PathContext,
  deadEnds: DeadEnds,
): Generator<readonly Certificate[]> {
  yield* extend([certificate], context, deadEnds)
}

function* extend(
  path: readonly Certificate[],
  context: PathContext,
  deadEnds: DeadEnds,
): Generator<readonly Certificate[]> {
  const top = path.at(-1)
  if (!top) return
  spend(context, top.subject.text)
  const authorities = authoritiesFor(top, path, context, deadEnds)
  for (const authority of authorities) {
    if (context.trust.anchors.has(authority)) yield [...path, authority]
  }
  // The anchor that would follow counts as well.
  if (path.length + 2 > pathCertificatesMax) {
    const text = `No path of up to ${pathCertificatesMax} certificates leads to a trust anchor.`
    if (authorities.length > 0) {
      deadEnds.error ??= new PathError('too-complex', top.subject.text, '6.1', text)
    }
    return
  }
  for (const authority of authorities) {
    if (!context.trust.anchors.has(authority))
      yield* extend([...path, authority], context, deadEnds)
  }
}

/** Certificates whose subject is the issuer named by `top` and whose key signed it. */
function authoritiesFor(
  top: Certificate,
  path: readonly Certificate[],
  context: PathContext,
  deadEnds: DeadEnds,
): Certificate[] {
  const named = context.trust.bySubject.get(top.issuer.key) ?? []
  const fresh = named.filter((authority) => !path.some((each) => isSameAuthority(each, authority)))
  if (named.length === 0) {
    const text = `No accepted authority has the name of its issuer, ${top.issuer.text}.`
    deadEnds.error ??= new PathError('unknown-issuer', top.subject.text, '6.1.3 (a)(4)', text)
  }
  const signers = fresh.filter((authority) => {
    spend(context, top.subject.text)
    // A signature that cannot be computed here is for the algorithm policy to refuse by name.
    return top.signatureAlgorithm.family === 'unknown' || isSignedBy(top, authority)
  })
  if (fresh.length > 0 && signers.length === 0) {
    const text = `Its signature was not made by the key of ${top.issuer.text}.`
    deadEnds.error = new PathError('bad-signature', top.subject.text, '6.1.3 (a)(1)', text)
  }
  return signers.sort((left, right) => keyIdRank(top, left) - keyIdRank(top, right))
}

/** A path that comes back to the same name and key goes round in a circle. */
function isSameAuthority(left: Certificate, right: Certificate): boolean {
  return left.subject.key === right.subject.key && left.spki.equals(right.spki)
}

/** Key identifiers are a hint for the order (RFC 4158 §3.5.12), never a reason to refuse. */
function keyIdRank(top: Certificate, authority: Certificate): number {
  if (!top.authorityKeyId || !authority.subjectKeyId) return 1
  return top.authorityKeyId === authority.subjectKeyId ? 0 : 2
}
