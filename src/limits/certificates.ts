/** Certificates, revocation lists, OCSP (RFC 6960) and the search for a path: fixed limits, with their units in their names. */

// Certificates, revocation lists and the search for a path.

export const certificateBytesMax = 65_536
export const revocationListBytesMax = 33_554_432
export const revocationListFetchMsMax = 30_000
/** Head of the answer of a list's source. */
export const revocationListHeadBytesMax = 16_384
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
/** RSA keys outside are refused: too weak below, too slow to verify above. */
export const rsaBitsMin = 2_048
export const rsaBitsMax = 8_192
/** The bus's own RSA key: signing with more bits takes many times as long as with 2048. */
export const busRsaBitsMax = 3_072

// OCSP (RFC 6960): answers about certificates of accepted authorities.

/** An answer with its responder's certificate has two or three kilobytes. */
export const ocspAnswerBytesMax = 65_536
/** Certificates that one answer speaks of: the bus asks for one, answers made beforehand hold a few more. */
export const ocspStatusesMax = 64
/** Certificates that come with an answer. */
export const ocspCertificatesMax = 8
export const ocspAnswerHeadBytesMax = 16_384
export const ocspAskMsMax = 10_000
/** For so long the responder's clock may be ahead of the bus's. */
export const ocspClockSkewMsMax = 300_000
/** For so long an answer holds that does not say until when it does, from its `thisUpdate` on. */
export const ocspAnswerAgeMsMax = 3_600_000
/** Questions under way at one time. */
export const ocspAskedAtOnceMax = 8
/** Each certificate is asked about again after this, or half of its answer's time where that is shorter. */
export const ocspAskEveryMsMax = 300_000
/** After so many questions without any answer a responder is left alone until the next turn. */
export const ocspSilencesMax = 3
/** Questions of one batch, whose answers are written by one statement: each statement is a new generation of the registry. */
export const ocspAnswersPerWriteMax = 256
