/** Limits of counting what consumers use, beside those of messages in `src/limits.ts`. */
export const fairUseLimits = {
  /** Exchanges that one question to the database asks for. */
  roundMax: 1_024,
  /** For so long at most it is not asked again for what it has just said is used up. */
  emptyMsMax: 1_000,
  /** Least time until a message of a queue that waits for its turn asks again. */
  waitMsMin: 10,
  connectionsMax: 2,
  connectionTimeoutMs: 2_000,
  statementTimeoutMs: 2_000,
  idleTimeoutMs: 60_000,
} as const

/** The default rate of a consumer over all services lets this many seconds' worth pass at once. */
export const consumerBurstSeconds = 2
