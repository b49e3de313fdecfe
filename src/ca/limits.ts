/** Limits of the issuing CA, with their units in their names. This file imports nothing. */

/** A certificate request (PKCS #10): far above one with an RSA key of 8192 bits. */
export const certificationRequestBytesMax = 16_384
/** A request to the OCSP responder (RFC 6960 §4.1), and its form in a path (§A.1). */
export const ocspRequestBytesMax = 4_096
/** Certificates asked for in one request; an answer is signed as a whole. */
export const ocspRequestedMax = 16
/** RFC 8954 §2.1: a nonce has 1 to 32 octets. */
export const ocspNonceBytesMax = 32
/** Answers without a nonce are signed once for as long. */
export const ocspCachedMs = 10_000
export const ocspCachedMax = 10_000
/** How long an answer says that it holds. */
export const ocspAnswerHoldsMs = 3_600_000
/** Signatures of the OCSP responder at one time; what comes beyond is told to try later. */
export const ocspSigningMax = 64
/** The responder's own certificate cannot be revoked, so it is short (RFC 6960 §4.2.2.2.1). */
export const ocspResponderHoldsMs = 7 * 86_400_000

/** What OpenSC's tool may take for one signature, and for making a key. */
export const pkcs11SignMsMax = 10_000
export const pkcs11MakeKeyMsMax = 120_000
/** What it may write: a signature, a public key, and what it says of them. */
export const pkcs11OutputBytesMax = 65_536
/** Signatures waiting for the token at one time; one is made after the other. */
export const pkcs11WaitingMax = 256

/** A certificate ends no later than its authority, and begins a little before now, for clocks behind. */
export const certificateBackdatedMs = 300_000
/** The CA's own certificate, where it signs itself. */
export const authorityHoldsMs = 15 * 365 * 86_400_000

/** Common name and organisation (RFC 5280 appendix A.1), in characters. */
export const nameCharsMax = 64

/** How often a node looks whether the list has to be made anew. */
export const crlLookEveryMs = 5_000
/** A list is made anew this part of its life before it ends. */
export const crlRenewFraction = 0.5
/** An expired certificate stays on the lists for as long. */
export const crlExpiredKeptMs = 7 * 86_400_000

/** Days before a certificate ends on which its holder is told. */
export const expiryNoticeDays = [60, 30, 14, 7, 1] as const
export const expiryNoticesEveryMs = 600_000
/** Notices written in one transaction. */
export const expiryNoticesBatch = 500
/** What everybody fetches is looked up so seldom. */
export const publishedCachedMs = 1_000
