import { parseCertificate } from './x509/certificate.js'
import { parseRevocationList } from './x509/crl.js'
import { isSignatureOf } from './x509/signature.js'

/** What has to be known of a revocation list before it replaces the one in use. */
export interface RevocationListSummary {
  /** Identifies the issuer's name. */
  readonly issuerKey: string
  readonly thisUpdate: Date
  readonly nextUpdate: Date | undefined
  /** CRL number (RFC 5280 §5.2.3), decimal; `0` where the list has none. */
  readonly number: string
}

/**
 * Reads a list that its authority signed itself.
 * @throws Error for bytes that are no list, another issuer's list, or a wrong signature
 */
export function readRevocationList(
  der: Uint8Array,
  authorityDer: Uint8Array,
): RevocationListSummary {
  const list = parseRevocationList(der)
  const authority = parseCertificate(authorityDer)
  if (list.issuer.key !== authority.subject.key) {
    throw new Error('the revocation list has another issuer than this authority')
  }
  const { publicKey } = authority
  if (!publicKey || !isSignatureOf(publicKey, list.signatureAlgorithm, list.tbs, list.signature)) {
    throw new Error("the revocation list is not signed with this authority's key")
  }
  return {
    issuerKey: list.issuer.key,
    thisUpdate: list.thisUpdate,
    nextUpdate: list.nextUpdate,
    number: (list.number ?? 0n).toString(),
  }
}
