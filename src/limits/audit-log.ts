/** The audit log: administrators' acts: fixed limits, with their units in their names. */

// Audit log: administrators' acts.

/** An entry of an act. Entries go out in C2SP tiles, which count their bytes with 16 bits. */
export const actEntryBytesMax = 65_535
/** The name of an actor, an account, a role. */
export const actNameCharsMax = 200
/** A reason, and what an act is done to. */
export const actReasonCharsMax = 2_000
export const actsPerStatement = 500
/** Acts that `log acts` shows at one time, and how often it looks for new ones. */
export const actsShownMax = 1_000
export const actsFollowEveryMs = 1_000

// Entries of exchanges. `bundleEntryBytesMax` bounds each as a whole.

/** Logs that one act of an archive speaks of: the longest name takes some 350 bytes of its entry. */
export const archiveLogsPerActMax = 150
/** Counts by service in the act of an erasure; beyond that their sum is said, and a digest over the counts. */
export const servicesInActBytesMax = 40_000
