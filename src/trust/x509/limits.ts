/** Limits on certificates, revocation lists and the search for a path. Units are in the names. */

export const certificateBytesMax = 65_536
export const revocationListBytesMax = 64 * 1024 * 1024
/** Nesting of DER values. */
export const derDepthMax = 24
export const extensionsMax = 64
/** Names, subtrees, policies or distribution points in one extension. */
export const listItemsMax = 1_024
/** Comparisons of names with subtrees in one path. */
export const nameComparisonsMax = 250_000
/** Certificates in a path, trust anchor and end entity included. */
export const pathCertificatesMax = 10
/** Complete paths that are tried for one certificate. */
export const pathsMax = 32
/** Steps of search and signature checks spent on one certificate, revocation included. */
export const workMax = 2_000
/** Longest accepted RSA modulus: a longer one only costs the verifier time. */
export const rsaBitsMax = 8_192
export const rsaBitsMin = 2_048
