/** Archive of the logs, retention, legal hold, verifying: fixed limits, with their units in their names. */
import { defaultLimits } from './default-limits.js'

// Archive of the logs, retention, legal hold.

export const archiveLimits = {
  /** How long a day must be over before it may go: its last exchanges end, and get an outcome. */
  dayRestMs: 3_600_000,
  /** Entries of one archive file; more make several files. */
  fileEntriesMax: 4_194_304,
  /** Entries of one member of a file; also of one query. A bundle of C2SP tlog-tiles. */
  bundleEntries: 256,
  /** Records of one member of the index by exchange id. */
  indexRecords: 8_192,
  /** A larger ciphertext is read from the database in pieces of this size, bytes. */
  pieceBytes: 1_048_576,
  /** Ciphertexts up to this size are read many at a time, bytes. */
  smallPayloadBytes: 65_536,
  /** How long the writers of the log may have to wait for one try at dropping partitions. */
  lockWaitMs: 200,
  lockRetries: 50,
  lockPauseMs: 500,
  /** Sequence rows forgotten in one transaction. */
  forgottenRowsMax: 10_000,
} as const

export const archiveStatementTimeoutMs = 600_000
/** What a file that calls itself an archive of a log may have. */
export const archiveFileLimits = {
  membersMax: 65_536,
  manifestBytesMax: 33_554_432,
  smallMemberBytesMax: 4_194_304,
  entryBytesMax: 65_535,
  dataKeysBytesMax: 16_777_216,
  nonceBytesMax: 64,
  timestampsMax: 64,
} as const

/** How long payloads are kept where the configuration says nothing else, days. */
export const defaultPayloadRetentionDays = 1_825
/** A data key that a process may still have in use is not forgotten, milliseconds. */
export const dataKeyRestMs = 2_592_000_000
/** Holds shown at one time, and in force at one time. */
export const legalHoldsMax = 1_000

// Verifying the logs.

export const verifyLimits = {
  /** An entry has its place within a second as a rule; a sequencer that stands still for longer is an alarm. */
  unsequencedMsMax: 60_000,
  /** How old the newest cosignature of a witness may be whose key was given. */
  cosignatureAgeMsMax: 86_400_000,
  /** As long as a bus by default keeps message ids. */
  replayWindowMs: defaultLimits.replayWindowMs,
}
