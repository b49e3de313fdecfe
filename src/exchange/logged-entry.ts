/** A durable entry of the message log. */
export interface LoggedEntry {
  /** RFC 9162 §2.1.1 leaf hash of the entry's canonical bytes. */
  readonly leafHash: Uint8Array
  readonly recordedAt: Date
  /** The log that it will be in: `domain/` and its exchange domain, or `unassigned`. */
  readonly log: string
  /** The entry's salted digest of the payload; absent where no payload is kept. */
  readonly payloadDigest?: string | undefined
  /**
   * Of an outcome: the bus's signed promise that the entry will be in its log, printable ASCII without white space.
   * Absent where it could not be signed; the entry is durable all the same.
   */
  readonly receipt?: string | undefined
}

/** The outcome of an exchange as its entry became durable: what its receipt states. */
export interface DurableOutcome {
  readonly exchangeId: string
  readonly log: string
  readonly leafHash: Uint8Array
  /** Of the request's entry, where there is one. */
  readonly requestLeafHash: Uint8Array | undefined
  readonly recordedAt: Date
}

/**
 * Signs the receipts of outcomes that became durable together.
 * @returns in the order of the outcomes
 */
export type SignReceipts = (outcomes: readonly DurableOutcome[]) => readonly string[]
