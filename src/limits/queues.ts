/** The MQ lane and its broker: fixed limits, with their units in their names. */

// Contracts.

/** The broker of the MQ lane. */
export const brokerLimits = {
  connectTimeoutMs: 5_000,
  reconnectMsMin: 200,
  reconnectMsMax: 5_000,
} as const

// Signatures on messages of queues.

/** Longest detached JWS, in characters; its protected header holds the whole envelope, 64 recipients at most. */
export const mqSignatureCharsMax = 65_536
/** How long a recipient's signed notice may have waited: as long as the longest a message may. */
export const mqNoticeAgeMsMax = 30 * 86_400_000
/** What the bus makes at the broker, and how it looks after it. */
export const brokerKeepingLimits = {
  /** Between two looks at rights and queues, when nothing in the registry has changed. */
  lookEveryMs: 5_000,
  /** Everything is declared again, in case somebody deleted some of it. */
  declareAgainEveryMs: 60_000,
  requestMsMax: 10_000,
  answerBytesMax: 16_777_216,
  /** A message that was handed out so often without being acknowledged is a dead letter. */
  deliveriesMax: 20,
  /** Above that a queue of a subsystem takes no more. */
  queueBytesMax: 1_073_741_824,
  /** Dead letters; the oldest make room. */
  deadBytesMax: 268_435_456,
  /** What subsystems publish for no queue, or so that nobody can read it; the oldest make room. */
  unroutableBytesMax: 67_108_864,
  /** Queues whose trouble is told one by one. */
  troublesToldMax: 20,
} as const

/** The broker that a node starts for itself. */
export const privateBrokerLimits = {
  readyMsMax: 120_000,
  stopMsMax: 15_000,
  /** Above that it takes no more from publishers. */
  memoryBytesMax: 536_870_912,
  /** Below that it takes no more either. */
  diskBytesMin: 268_435_456,
  /** What quorum queues have in memory before it goes to their files. */
  walBytesMax: 67_108_864,
  /**
   * After so many entries of its log a quorum queue that is empty forgets them. By RabbitMQ's own 4,096 most of what was
   * read long since is written to a file of its queue all the same.
   */
  forgetAfterEntries: 512,
} as const

// MQ lane towards the broker: what a worker publishes, and notices that it reads.

export const publisherLimits = {
  /** Messages that wait for the broker's confirm, and their bytes; one alone may be as large as any message. */
  unconfirmedMax: 2_048,
  unconfirmedBytesMax: 67_108_864,
  /** Until a channel that the broker closed is opened again. */
  reopenAfterMs: 200,
} as const

export const noticesInLimits = {
  /** Notices of recipients that a worker has in hand at one time. */
  prefetch: 64,
  /** A notice of this size at most is read; it says a number and a date, or a ground. */
  bytesMax: 65_536,
  /** First and longest pause where the message log cannot take one. */
  retryMsMin: 250,
  retryMsMax: 10_000,
  /** Attempts after errors that nobody foresaw; then it is a dead letter. */
  unforeseenAttemptsMax: 5,
  /** How long a notice to a sender, or a dead letter, waits for its confirm. */
  publishMsMax: 10_000,
} as const

/** How often answers that were dropped are told of. */
export const droppedAnswersToldEveryMs = 10_000
/** Answers that wait at the broker for one worker; it takes them as they come. */
export const answerQueueBytesMax = 134_217_728

// MQ lane towards consumers.

/** Messages of queues. */
export const mqLimits = {
  /** A message's body. Brokers keep what they hand out in memory, and prefetch counts messages, not bytes. */
  payloadBytesMax: 16_777_216,
  headersMax: 64,
  /** Names and texts of one message's properties and headers together, in UTF-16 code units. */
  headCharsMax: 65_536,
  /** Headers of a dead letter that are kept, in bytes: amqplib writes 65,536 of one message, and the bus adds its own. */
  deadHeadBytesMax: 49_152,
  /** Messages of one queue that one worker has without having answered them. */
  requestPrefetch: 16,
  messagePrefetch: 32,
  /** Of a queue with larger bodies than so many bytes: these wait in memory before they are counted to any budget. */
  largeBodyBytesMin: 262_144,
  largePrefetch: 2,
  /** Messages that the broker took out of a queue. */
  poisonedPrefetch: 4,
  /** Of all queues, in one worker; what came beyond waits there. Apart, so that slow providers do not hold messages up. */
  requestsInProgressMax: 384,
  messagesInProgressMax: 256,
  /** Subsystems that one worker reads queues of: a connection has 2,047 channels, and each queue takes one. */
  ownersMax: 1_000,
  /** A queue that could not be read is tried again: after the first, doubled up to the second. */
  queueRetryMsMin: 250,
  queueRetryMsMax: 15_000,
  /** A message that the bus cannot take now is tried again: after the first, doubled up to the second. */
  pauseMsMin: 100,
  pauseMsMax: 5_000,
  /** A request that another worker carries: its outcome is waited for, and looked for as often. */
  firstOutcomeMsMax: 120_000,
  firstOutcomePauseMsMax: 1_000,
  /** Longest pause until a message is tried again that could be neither carried nor put aside. */
  messageRetryMsMax: 300_000,
  /** Until the broker has confirmed a reply. */
  confirmTimeoutMs: 10_000,
  /**
   * For so long a reply that the broker does not take is tried; then its request goes back to its queue. Below the half
   * hour after which a broker takes back what is not acknowledged.
   */
  replyTriedForMs: 600_000,
  /** Recipients of one message. */
  recipientsMax: 64,
  /**
   * A message's body times its recipients: each has an entry with a payload of its own, and those are sealed and wait for
   * the log at one time.
   */
  copiesBytesMax: 67_108_864,
  /** Longest life of a one-way message, from the moment it was signed. */
  expiresAfterMsMax: 2_592_000_000,
  /** A temporary reply queue's own part of its name. */
  replySuffixCharsMax: 64,
} as const

/** What one subsystem's user may have open at the broker, by RabbitMQ's names. */
export const brokerUserLimits = { 'max-connections': 64, 'max-channels': 256 } as const
/** Of a queue for replies that a subsystem makes itself: RabbitMQ's names; bytes, and milliseconds without a reader. */
export const ownQueueBounds = {
  'max-length-bytes': 67_108_864,
  overflow: 'reject-publish',
  expires: 3_600_000,
} as const

// Messages that were put aside at the broker, as commands look at them.

export const letterLimits = {
  /** In one list. */
  shownMax: 200,
  /** Until one is found. */
  lookedThroughMax: 10_000,
  connectMsMax: 10_000,
} as const
