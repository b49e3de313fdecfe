/** One-way messages: the desk at the edge and the outbox: fixed limits, with their units in their names. */

// Contracts.

/** One-way messages that wait for their delivery. */
export const outboxLimits = {
  /** A message that says nothing of its expiry is tried for so long. */
  expiryMs: 604_800_000,
  /** And none for longer. */
  expiryMsMax: 2_592_000_000,
  /** Payload of one message: it is read back into memory to be delivered. */
  payloadBytesMax: 16_777_216,
  /** Payloads that one worker has read back at one time; a larger one alone. */
  recalledBytesMax: 67_108_864,
  /** Messages accepted a moment ago whose content is kept until they are delivered, and their payloads. */
  freshMessagesMax: 2_048,
  freshBytesMax: 16_777_216,
  /** Lanes that one worker delivers at one time, and that wait for their turn; more are found when they are looked for again. */
  lanesMax: 32,
  lanesWaitingMax: 10_000,
  /** Messages of a lane that are looked up at one time. */
  laneBatchMax: 32,
  /** Payloads of a lane that are read back before their turn; the next one whatever its size. */
  laneAheadBytesMax: 1_048_576,
  /** Pauses between attempts, doubling; each is cut by up to half at random. */
  retryMsMin: 1_000,
  retryMsMax: 300_000,
  /** How often is looked for lanes that nobody told of, and for workers that came or went. */
  lookEveryMs: 1_000,
  /** What one notification of the database holds, and what waits to be told to other workers; they look by themselves too. */
  signalBytesMax: 7_000,
  signalsUnsentMax: 1_000,
  /** Connections of a worker that read messages back, beside the one that holds its partitions. */
  connectionsMax: 2,
  statementTimeoutMs: 15_000,
  reconnectMsMin: 100,
  reconnectMsMax: 2_000,
  /** Notices of one sender told at one time, senders in one round, rounds beside each other, and how long one may take. */
  noticeBatchMax: 64,
  noticeSendersMax: 8,
  noticeRoundsMax: 2,
  noticeTimeMs: 15_000,
  /** Senders that wait for their turn, or rest because they could not be told; more are found by the next look. */
  noticeSendersWaitingMax: 10_000,
  /** For so long a notice is tried that cannot be told. */
  noticeTriedForMs: 604_800_000,
  /** Notices that were told are kept for so long, for senders who ask. */
  noticesKeptMs: 2_592_000_000,
  /** Characters of a ground in a recipient's or an operator's words. */
  groundCharsMax: 500,
  /** An answer's body that is looked into for its words. */
  groundBytesMax: 65_536,
  /** A message that waits for longer is shown by health. */
  oldestMsMax: 3_600_000,
  /** Messages shown by one command. */
  shownMax: 1_000,
} as const

// One-way messages at the edge.

/** What asks the database what became of messages, in each worker. */
export const messageDeskLimits = {
  connectionsMax: 2,
  statementTimeoutMs: 4_000,
  /** How often a notice that came before the outcome of its delivery is held up, and for how long each time. */
  outcomeWaitsMax: 20,
  outcomePauseMs: 100,
} as const

/**
 * Messages with a taken id that are looked up at one time, in each worker; of others it is not said whose repeat they are.
 * Above `messagesInProgressMax`: after a kill the broker hands all of those over again, and none may be told a refusal.
 */
export const repeatsAskedMax = 512
/** How far ahead a sender may say that its message expires, milliseconds: 30 days. */
export const messageExpiryMsMax = 2_592_000_000
