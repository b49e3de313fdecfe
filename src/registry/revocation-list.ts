/** The newest revocation list (RFC 5280 §5) that was had from an authority's source. */
export interface RevocationList {
  /** Thumbprint of the authority whose source it came from. */
  readonly authority: string
  /** base64url SHA-256 of the DER. */
  readonly digest: string
  readonly der: Uint8Array
}

/** What the trust module reads from a list. */
export interface RevocationListFacts {
  /** Identifies the issuer and its key. */
  readonly issuerKey: string
  readonly thisUpdate: Date
  readonly nextUpdate: Date | undefined
  /** CRL number (RFC 5280 §5.2.3), decimal; `0` where the list has none. */
  readonly number: string
}

/**
 * Reads a list's facts. MUST throw on bytes that are no revocation list and SHOULD throw on a list
 * that this authority did not sign: what it returns replaces the list in use.
 */
export type ReadRevocationList = (der: Uint8Array, authorityDer: Uint8Array) => RevocationListFacts
