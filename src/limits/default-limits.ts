/**
 * The limits that `config/bus.yaml` may change under `limits`, with their units in their names; what is not named
 * there has the value given here. The files beside this one hold the fixed ones: they bound what foreign bytes can
 * cost. Modules that came later have a `limits.ts` of their own.
 */
export const defaultLimits = {
  // Messages over HTTP.
  /** Request line and header fields of one request. */
  headBytesMax: 16_384,
  headersMax: 100,
  /** Above this no service may be set; the default of a service is far lower. */
  payloadBytesMax: 67_108_864,
  /** Payloads of requests held by one worker at one time. */
  payloadBytesInFlightMax: 268_435_456,
  /** Of them, those of one consumer: far below the whole, so that none takes the others' room. */
  payloadBytesPerConsumerMax: 67_108_864,
  /** Payloads of replies held by one worker, from the provider's first byte to the consumer's last. */
  replyBytesInFlightMax: 268_435_456,
  replyBytesPerConsumerMax: 67_108_864,
  /** A message that is carried by way of the disk, as large ones with attachments are. */
  spooledBytesMax: 67_108_864,
  /** Messages on the disk of one worker at one time: requests, and as much again of replies. */
  spoolBytesMax: 2_147_483_648,
  spoolBytesPerConsumerMax: 536_870_912,
  /** From the first byte of a request to the last byte of its head. */
  requestHeadTimeoutMs: 10_000,
  /** From the first byte of a request to the last byte of its body. */
  requestTimeoutMs: 60_000,
  /** A consumer that takes nothing of its reply for so long is cut off. */
  replyIdleTimeoutMs: 20_000,
  /** From the first byte of a reply until the consumer has taken the last. */
  replyTimeoutMs: 60_000,
  keepAliveTimeoutMs: 65_000,
  /** Open connections of consumers to one worker. */
  connectionsMax: 4_096,

  // Exchanges in progress in one worker.
  exchangesMax: 1_024,
  /** Far below the whole, so that no consumer takes the others' places. */
  exchangesPerConsumerMax: 256,
  /** Of one consumer over all services, workers and nodes; 0 for no such limit. Each exchange is counted in the database then. */
  consumerRatePerSecond: 0,

  // Trust.
  /** How far a signed creation time may lie from the bus's clock, either way. */
  freshnessMs: 300_000,
  /** How long a message id stays taken. Never shorter than twice the freshness. */
  replayWindowMs: 86_400_000,

  // Providers.
  connectTimeoutMs: 3_000,
  connectionsPerProviderMax: 128,
  /** Failures in a row that close a service, for all or for one consumer (`service-breakers.ts`). */
  breakerFailuresMax: 5,
  breakerOpenMs: 5_000,
  /** Deliveries of one idempotent request in all. */
  deliveryAttemptsMax: 2,

  // Message log.
  logQueueRowsMax: 20_000,
  /** Records waiting to be written, those with large payloads apart from the others. */
  logQueueBytesMax: 67_108_864,
  logLargeQueueBytesMax: 268_435_456,
  /** A commit that takes longer counts as failed. */
  logCommitTimeoutMs: 10_000,
  /** A request without outcome is recorded as unresolved after this; above any service's time limit. */
  unresolvedAfterMs: 300_000,
  sweepEveryMs: 5_000,

  // Registry.
  /** A snapshot older than this is no longer believed, and everything is refused. */
  registryStaleMsMax: 10_000,
  revocationRefreshEveryMs: 60_000,

  // Start and stop.
  /** How long a stopping worker waits for the exchanges in progress and for slow readers. */
  drainTimeoutMs: 200_000,
  workerReadyTimeoutMs: 30_000,
  /** Workers report twice a second; one that is silent for so long hangs, and is killed. */
  workerSilentMsMax: 30_000,
}

export type Limits = Readonly<typeof defaultLimits>
