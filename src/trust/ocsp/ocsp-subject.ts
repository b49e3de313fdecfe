import { parseCertificate, type Certificate } from '../x509/certificate.js'
import type { CertIdDigest } from '../x509/ocsp-cert-id.js'
import { isSignedBy } from '../x509/path-context.js'
import { makeOcspRequest } from './ocsp-request.js'
import { readOcspAnswer, type OcspAnswerSummary } from './read-ocsp-answer.js'

/** A certificate that may be asked about, and the authority that vouches for it. */
export interface OcspSubject<Authority> {
  readonly authority: Authority
  /** @throws DerError for an authority whose key is not DER */
  ask(digest: CertIdDigest): OcspExchange
}

/** A question, and how its answer is read. */
export interface OcspExchange {
  readonly der: Buffer
  /** @throws Error for what is no answer to this question, or not to be used at this time */
  read(answer: Uint8Array, now: Date): OcspAnswerSummary
}

// An authority's bytes never change, and are the same object in every snapshot of the registry.
const parsedAuthorities = new WeakMap<Uint8Array, Certificate>()

function parsedAuthority(der: Uint8Array): Certificate {
  const known = parsedAuthorities.get(der)
  if (known) return known
  const certificate = parseCertificate(der)
  parsedAuthorities.set(der, certificate)
  return certificate
}

/**
 * The first of these authorities that issued the certificate.
 * @throws DerError where the certificate or an authority's is none
 */
export function ocspSubjectOf<Authority extends { readonly der: Uint8Array }>(
  der: Uint8Array,
  authorities: readonly Authority[],
): OcspSubject<Authority> | undefined {
  const certificate = parseCertificate(der)
  for (const authority of authorities) {
    const issuer = parsedAuthority(authority.der)
    if (issuer.subject.key !== certificate.issuer.key || !isSignedBy(certificate, issuer)) continue
    return {
      authority,
      ask(digest) {
        const issued = { certificate, issuer }
        const { der: question, nonce } = makeOcspRequest(issued, digest)
        return { der: question, read: (answer, now) => readOcspAnswer(answer, issued, nonce, now) }
      },
    }
  }
  return undefined
}
