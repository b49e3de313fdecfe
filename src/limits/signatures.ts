/** Signed messages: fixed limits, with their units in their names. */

/** Signatures in one message. */
export const signaturesMax = 4
/** Components that one signature covers. */
export const componentsMax = 64
/**
 * Refusals that a worker signs with RSA for strangers, whose messages say that they are signed so: it costs
 * ten times as much as with P-256, and who asks in vain should cost little.
 */
export const strangerRsaSignaturesPerSecondMax = 20
/** Certificates kept in one worker with the verdict on them. One takes about 6 kB. */
export const verdictsMax = 20_000
