/** The command line: fixed limits, with their units in their names. */
import { serviceLimitCaps } from './registry.js'

// The command line.

/** Longest wait for an answer of the bus, which ends every exchange within its service's own limit. */
export const sendAnswerMsMax = serviceLimitCaps.timeLimitMs + 30_000
export const sendAnswerBytesMax = 268_435_456
/** One file, or standard input, that a command reads. */
export const commandFileBytesMax = 268_435_456
/** Exchanges that `log show --last` shows at one time. */
export const exchangesShownMax = 1_000
export const commandConnectTimeoutMs = 5_000
export const commandStatementTimeoutMs = 60_000

// Messages that were put aside at the broker, as commands look at them.

/** Messages of others that `sluice send --mq` holds while it waits for its own. */
export const sendMailHeldMax = 64

// What the applicant's own conformity kit asks of a bus.

/** One answer, and its longest wait. */
export const kitAnswerBytesMax = 1_048_576
export const kitAnswerMsMax = 15_000
/** Data objects in one question, as many as the bus takes. */
export const kitCodesAskedMax = 64
