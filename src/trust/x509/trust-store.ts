import type { Certificate } from './certificate.js'
import type { RevocationList } from './crl.js'
import { groupBy } from './group-by.js'
import type { OcspAnswer } from './ocsp-answer.js'

/**
 * How certificates of one authority are checked for revocation: by its lists, by its answers (OCSP), by them where
 * there is a current one, or not at all.
 */
export type RevocationPolicy = 'crl' | 'ocsp' | 'ocsp-if-answered' | 'none'

export interface TrustStore {
  readonly anchors: ReadonlySet<Certificate>
  /** Anchors and intermediates by the comparable form of their subject. */
  readonly bySubject: ReadonlyMap<string, readonly Certificate[]>
  /** By the comparable form of the CRL issuer's name, newest first. */
  readonly revocationLists: ReadonlyMap<string, readonly RevocationList[]>
  /** Answers that may speak of this certificate, newest first. */
  ocspAnswers(certificate: Certificate): readonly OcspAnswer[]
  revocationPolicy(authority: Certificate): RevocationPolicy
}

export interface TrustContents {
  readonly anchors: readonly Certificate[]
  readonly intermediates: readonly Certificate[]
  readonly revocationLists: readonly RevocationList[]
  /** None by default. */
  readonly ocspAnswers?: (certificate: Certificate) => readonly OcspAnswer[]
  readonly revocationPolicy: (authority: Certificate) => RevocationPolicy
}

/** Puts trust material in order for the search. Only what is in here can vouch for anything. */
export function makeTrustStore(contents: TrustContents): TrustStore {
  const { anchors, intermediates, revocationLists, revocationPolicy } = contents
  const { ocspAnswers = () => [] } = contents
  // Anchors first: the shortest paths are tried first.
  const authorities = [...anchors, ...intermediates]
  const newestFirst = [...revocationLists].sort(
    (left, right) => right.thisUpdate.getTime() - left.thisUpdate.getTime(),
  )
  return {
    anchors: new Set(anchors),
    bySubject: groupBy(authorities, (certificate) => certificate.subject.key),
    revocationLists: groupBy(newestFirst, (list) => list.issuer.key),
    ocspAnswers,
    revocationPolicy,
  }
}

/** The same store with one anchor only, as RFC 5280 §6.3.3 (f) asks for a CRL issuer's path. */
export function withOnlyAnchor(trust: TrustStore, anchor: Certificate): TrustStore {
  return { ...trust, anchors: new Set([anchor]) }
}
