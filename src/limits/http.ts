/** HTTP lanes and providers: fixed limits, with their units in their names. */

// Providers.

/** Circuit breakers that one worker keeps: of failing services, and of consumers failing at a service. */
export const breakersMax = 4_096
/** A breaker that could let a probe pass and saw no failure for so long is forgotten. */
export const breakerForgetMs = 600_000
/** Failing services that a worker names on the health page; the metric counts all. */
export const failingServicesShownMax = 20

// REST lane.

/** Longest values of an envelope's header fields after decoding, in UTF-16 code units. */
export const messageIdCharsMax = 100
export const tokenCharsMax = 64
export const textCharsMax = 500
/** Requests of one connection that wait for their replies (pipelining); what comes above is not read. */
export const pipelinedMax = 16
/**
 * What is taken at least for a payload of more than one chunk, and kept free for a reply before its
 * request is delivered; above it, room grows with what has come.
 */
export const payloadStepBytes = 65_536
/** Smaller chunks of a payload are copied together at once, as each costs more than its bytes. */
export const payloadPartBytesMin = 16_384
/** A message with attachments that is longer than this goes by way of the disk. */
export const spoolAboveBytes = 1_048_576
/** A file of the spool is written and read in pieces of so many bytes. */
export const spoolPieceBytes = 262_144
/** What a message on disk takes of the memory's budget while it comes, is read and goes on. */
export const spooledMemoryBytes = 4 * spoolPieceBytes
/** A longer reply is written piece by piece, so that its reader's progress is seen. */
export const replyPieceBytes = 262_144
/** Spellings of the bus's own authority that a worker remembers. */
export const authoritiesMax = 256
/** Providers to which a worker keeps connections, and addresses it remembers the parts of. */
export const poolsMax = 1_024
export const addressesMax = 4_096
/** How much of a refused request is still read, so that its sender sees the answer and no reset. */
export const lingerBytesMax = 16_777_216
export const lingerMs = 2_000
