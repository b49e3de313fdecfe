/** Assertions about users, persons that messages are about, and their desk: fixed limits, with their units in their names. */

/* What is said of end users, and where messages say about whom they are. */
/** A user assertion: compact JWS. */
export const assertionCharsMax = 4_096
export const assertionLimits = {
  /** From `iat` to `exp`. */
  lifetimeMsMax: 300_000,
  /** Taxpayer's numbers, and telephone numbers, of one person. */
  identifiersPerTypeMax: 16,
  idCharsMax: 100,
  /** Of a subsystem's or a service's identifier: six segments of 100 characters. */
  identifierCharsMax: 605,
} as const

export const subjectLimits = {
  /** Values that one message may have at the places of its subjects. */
  valuesMax: 64,
  /** Of a value that could be somebody's identifier. */
  valueCharsMax: 64,
} as const

/** What tells persons which exchanges were about them, in each worker. */
export const personDeskLimits = {
  connectionsMax: 2,
  statementTimeoutMs: 5_000,
  pageDefault: 50,
  pageMax: 200,
} as const
