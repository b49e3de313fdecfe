/** The message log and its entries: fixed limits, with their units in their names. */
import { defaultLimits } from './default-limits.js'

// Message log.

export const messageLogLimits = {
  /** Transactions in flight, and connections, of one process; the last is for large records. */
  connectionsMax: 2,
  /** A larger record waits in another queue, so that small ones do not wait behind it. */
  smallRecordBytesMax: 65_536,
  batchRecordsMax: 250,
  /** A record above this makes a batch of its own. */
  batchBytesMax: 1_048_576,
  largeBatchBytesMax: 4_194_304,
  queueRecordsMax: defaultLimits.logQueueRowsMax,
  queueBytesMax: defaultLimits.logQueueBytesMax,
  largeQueueBytesMax: defaultLimits.logLargeQueueBytesMax,
  /** Share of a queue that one consumer, or one stranger's address, may take. */
  queuePartyShareMax: 0.5,
  /**
   * How long a connection rests after a transaction. Under load several records go out together then,
   * which saves 40 % of the database's work at half load; one that comes alone does not wait.
   */
  restMs: 2,
  /**
   * One-way messages have one connection of their own, and one queue, so that those of one sender become durable in
   * the order in which they came, whatever their size.
   */
  oneWay: { connectionsMax: 1, smallRecordBytesMax: Infinity, isOrdered: true },
  /**
   * Refusals of strangers, of whose requests nothing was verified, have a connection of their own.
   * It writes 9,600 in a second at most; those beyond are told of in one entry for many.
   */
  strangers: {
    connectionsMax: 1,
    batchRecordsMax: 192,
    // Whoever waits here holds one of the places of `exchangesMax`.
    queueRecordsMax: 384,
    queueBytesMax: 1_048_576,
    restMs: 20,
  },
  /** How often refusals that got no entry of their own are told of. */
  lostRefusalsEveryMs: 10_000,
  /** Message ids a process remembers, to refuse replays without asking the database. */
  recentIdsMax: 50_000,
  /** First and longest pause between attempts to connect. */
  retryMinMs: 100,
  retryMaxMs: 2_000,
  /** Payloads that one data key encrypts, and how long it is used. */
  dataKey: { payloadsMax: 1_000_000, ageMsMax: 86_400_000 },
  /** How far back the first sweep after a start looks. */
  sweepBackMs: 604_800_000,
  /** Requests marked, or message ids forgotten, in one transaction. */
  sweepBatchMax: 500,
}

export type MessageLogLimits = Readonly<typeof messageLogLimits>

// Entries of exchanges. `bundleEntryBytesMax` bounds each as a whole.

/** Of the name of a field that a refusal's entry names, in UTF-16 code units; some come from the message. */
export const faultFieldCharsMax = 500
