/**
 * Every limit of the bus, in one place, with its unit in its name. `config/bus.yaml` may change
 * any of them under `limits`; what is not named there has the value given here.
 */
export const defaultLimits = {
  // Messages over HTTP.
  /** Request line and header fields of one request. */
  headBytesMax: 16_384,
  headersMax: 100,
  /** Above this no service may be set; the default of a service is far lower. */
  payloadBytesMax: 67_108_864,
  /** Request bodies held by one worker at one time. */
  payloadBytesInFlightMax: 268_435_456,
  /** From the first byte of a request to the last byte of its head. */
  requestHeadTimeoutMs: 10_000,
  /** From the first byte of a request to the last byte of its body. */
  requestTimeoutMs: 60_000,
  keepAliveTimeoutMs: 65_000,
  /** Open connections of consumers to one worker. */
  connectionsMax: 4_096,

  // Exchanges in progress in one worker.
  exchangesMax: 1_024,
  exchangesPerConsumerMax: 512,

  // Trust.
  /** How far a signed creation time may lie from the bus's clock, either way. */
  freshnessMs: 300_000,
  /** How long a message id stays taken. Never shorter than twice the freshness. */
  replayWindowMs: 86_400_000,

  // Providers.
  connectTimeoutMs: 3_000,
  connectionsPerProviderMax: 128,
  breakerFailuresMax: 5,
  breakerOpenMs: 5_000,
  /** Deliveries of one idempotent request in all. */
  deliveryAttemptsMax: 2,

  // Message log.
  logQueueRowsMax: 20_000,
  logQueueBytesMax: 268_435_456,
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
  /** How long a stopping worker waits for the exchanges in progress. */
  drainTimeoutMs: 150_000,
  workerReadyTimeoutMs: 30_000,
  /** Workers report twice a second; one that is silent for so long hangs, and is killed. */
  workerSilentMsMax: 30_000,
}

export type Limits = Readonly<typeof defaultLimits>
