/** Signed data (CMS) and timestamps: fixed limits, with their units in their names. */

/** A SignedData with the certificates and revocation lists in it. */
export const cmsBytesMax = 4_194_304
/** Certificates, revocation lists or digests in one SignedData. */
export const cmsCertificatesMax = 16
/** Attributes of one signer, and values of one attribute. */
export const cmsAttributesMax = 32
/** A request to a timestamping authority, and what it answers: a token with a few certificates. */
export const timestampRequestBytesMax = 4_096
export const timestampResponseBytesMax = 131_072
export const timestampTokenBytesMax = 131_072
/** Authorities that a configuration names, and the file with whoever vouches for one. */
export const timestampAuthoritiesMax = 8
export const timestampTrustFileBytesMax = 1_048_576
/** How far the clock of a timestamping authority may be from the one here, and from the truth by its own word. */
export const timestampSkewMsMax = 300_000
export const timestampAccuracyMsMax = 60_000
/** How long one authority may take, and the head of its answer. */
export const timestampMsMax = 10_000
export const timestampHeadBytesMax = 16_384
/** An authority that failed is left alone for half a turn, then for twice as long each time, up to this. */
export const timestampRetryMsMax = 900_000
