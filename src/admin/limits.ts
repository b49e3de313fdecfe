/** Limits of the admin API: few callers, each with a login, and strangers in front of the door. */
export const adminLimits = {
  connectionsMax: 256,
  requestsInFlightMax: 64,
  requestsPerSecondMax: 500,
  /** Of them, those from one address. */
  requestsPerAddressSecondMax: 100,
  targetCharsMax: 4_096,
  headBytesMax: 16_384,
  /** For the head to arrive, and for head and body together; from the first byte. */
  headMsMax: 10_000,
  requestMsMax: 30_000,
  /** From the head of a request to the last byte of its answer, or the connection is cut. */
  answerMsMax: 60_000,
  idleMsMax: 30_000,
  databaseConnectionsMax: 8,
  statementMsMax: 10_000,
} as const
export type AdminLimits = Readonly<{ [Name in keyof typeof adminLimits]: number }>

/** A body, where a route says nothing else. */
export const bodyBytesMax = 1_048_576
/** Places told of in one problem, and characters of what is said of one. */
export const problemPlacesMax = 20
export const problemDetailCharsMax = 300

export const pageSizeMax = 200
export const pageSizeDefault = 50
export const cursorCharsMax = 1_024

export const idempotencyKeyCharsMax = 128
/** How long the answer to a request is kept for who sends it again. */
export const idempotencyKeptHours = 24
/** A longer answer is not kept; who asks again is told that the request was carried out. */
export const idempotencyAnswerBytesMax = 65_536
/** Old answers that are removed with each new one. */
export const idempotencyRemovedMax = 100

/** Planned events of the life cycle that one turn lets happen, and how often there is one. */
export const dueEventsPerTurn = 100
export const dueEventsEveryMs = 1_000

/** How long the names of a merged member are good where nothing is said, months. */
export const aliasMonths = 12
