/** Transparency logs (C2SP): sequencing, witnesses and the log API: fixed limits, with their units in their names. */

// Transparency logs (C2SP).

/** A checkpoint with its signatures has a few hundred bytes. */
export const noteBytesMax = 65_536
export const noteSignaturesMax = 64

// Sequencing: the logs as trees.

/** Roots of full tiles that a reader of the trees keeps, some 150 bytes each. */
export const tileRootsKeptMax = 32_768

// Receipts.

/** How long a node that stops may take to have its last checkpoints stamped. */
export const lastStampMsMax = 5_000
export const sequencingLimits = {
  /** From the beginning of one pass to that of the next: a receipt promises a place within a second. */
  passEveryMs: 400,
  /** Entries of exchanges, and acts, that get their places in one transaction. */
  passRowsMax: 10_000,
  /** An entry that waits longer for its place shows in health. */
  waitingMsMax: 10_000,
  lookEveryMs: 5_000,
  /** Entries that are looked at then, at most. */
  waitingLookedAtMax: 20_000,
  /** Partitions of the message log are made so many days ahead, and looked after so often. */
  partitionDaysAhead: 7,
  partitionsEveryMs: 600_000,
} as const

// Log API, witnesses.

/** Hashes in one consistency proof (C2SP tlog-witness). */
export const consistencyProofHashesMax = 63
/** An old size, a proof and a checkpoint. */
export const addCheckpointBytesMax = noteBytesMax + 4_096
/** Answers of a witness: a line for each of its keys, or a size. */
export const witnessAnswerBytesMax = 16_384
/** One request to a log or a witness, from connecting to the last byte. */
export const logRequestMsMax = 10_000
/** Everything that following a log by its tiles takes, once. */
export const logFollowMsMax = 120_000
export const logResponseHeadBytesMax = 16_384
/** Logs that one witness keeps apart, and misconduct of each that it keeps as a file. */
export const witnessedLogsMax = 256
export const misconductFilesMax = 16
/** What one listener of a witness bears. */
export const witnessServerLimits = {
  connectionsMax: 256,
  requestsInFlightMax: 32,
  requestMsMax: 10_000,
  idleMsMax: 15_000,
  headBytesMax: 8_192,
}

/** What the log API bears; its listener is the supervisor's and takes nothing from exchanges. */
export const logApiLimits = {
  connectionsMax: 512,
  requestsInFlightMax: 64,
  /** Bundles are the largest answers: 256 entries, 16 MiB at the very most. */
  bundlesInFlightMax: 4,
  requestsPerSecondMax: 1_000,
  /** Of them, those from one address: 65,536 entries a second of a log of hashes. */
  requestsPerAddressSecondMax: 256,
  pathCharsMax: 512,
  /** The address of a search, with its query string. */
  searchCharsMax: 6_000,
  /** From the first byte of a request to its last. */
  requestMsMax: 10_000,
  /** From the head of a request to the last byte of its answer, or the connection is cut. */
  answerMsMax: 60_000,
  idleMsMax: 15_000,
  databaseConnectionsMax: 4,
  /** Of their own: searches that take long take none from the logs. */
  searchConnectionsMax: 2,
  statementMsMax: 10_000,
}

/** C2SP tlog-tiles: the length of an entry in a bundle has 16 bits. No longer one is logged. */
export const bundleEntryBytesMax = 65_535
/** Shorter tokens could be guessed. */
export const entriesTokenCharsMin = 32
/** Witnesses of one bus; each is asked in every turn. */
export const witnessesMax = 16
/** How often witnesses are handed the newest checkpoints, and after what time without them health says so. */
export const witnessPushEveryMs = 10_000
export const witnessLagMsMax = 300_000
/** Newest cosignatures of a log among which a witness's last one is looked for. */
export const cosignaturesLookedAtMax = 1_024

// Names of logs.

/** Of a domain's code in percent-encoding: the file of a log's last checkpoint has it in its name. */
export const domainCodeEncodedCharsMax = 200
