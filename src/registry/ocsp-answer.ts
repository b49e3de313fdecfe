/** The newest OCSP answer (RFC 6960) about a certificate, registered or an accepted authority's. */
export interface OcspAnswer {
  /** Thumbprint of the certificate that it is about. */
  readonly certificate: string
  /** Thumbprint of the authority whose responder gave it. */
  readonly authority: string
  readonly status: OcspFacts['status']
  readonly thisUpdate: Date
  readonly nextUpdate: Date
  /** DER of the OCSPResponse as it came. */
  readonly der: Uint8Array
}

/** What the trust module reads from an answer. */
export interface OcspFacts {
  readonly status: 'good' | 'revoked' | 'unknown'
  readonly thisUpdate: Date
  /** Until when the bus takes it, whether the answer says so or not. */
  readonly nextUpdate: Date
  readonly producedAt: Date
}

/** Digests by which certificates are named in questions; every responder knows the second. */
export const ocspDigests = ['sha256', 'sha1'] as const
export type OcspDigest = (typeof ocspDigests)[number]

/** A certificate that is asked about, with the authority that issued it. */
export interface OcspSubject<Authority> {
  readonly authority: Authority
  /** A question, and how its answer is read: MUST throw for one that is not to be used. */
  ask(digest: OcspDigest): {
    readonly der: Uint8Array
    read(answer: Uint8Array, now: Date): OcspFacts
  }
}

/** Finds who issued a certificate; undefined where none of these did. May throw for bytes that are none. */
export type OcspSubjectOf = <Authority extends { readonly der: Uint8Array }>(
  certificate: Uint8Array,
  authorities: readonly Authority[],
) => OcspSubject<Authority> | undefined
