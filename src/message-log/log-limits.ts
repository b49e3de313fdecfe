import type { DataKeyLimits } from './data-keys.store.js'
import type { GroupCommitLimits } from './group-commit.store.js'

/** Every limit of the message log. */
export interface MessageLogLimits extends GroupCommitLimits {
  /** Message ids a process remembers, to refuse replays without asking the database. */
  readonly recentIdsMax: number
  /** First and longest pause between attempts to connect, milliseconds. */
  readonly retryMinMs: number
  readonly retryMaxMs: number
  readonly dataKey: DataKeyLimits
  /** How far back the first sweep after a start looks, milliseconds. */
  readonly sweepBackMs: number
  /** Requests marked, or message ids forgotten, in one transaction. */
  readonly sweepBatchMax: number
}

export const messageLogLimits: MessageLogLimits = {
  connectionsMax: 2,
  batchRecordsMax: 250,
  batchBytesMax: 16 << 20,
  queueRecordsMax: 5_000,
  queueBytesMax: 256 << 20,
  recentIdsMax: 50_000,
  retryMinMs: 100,
  retryMaxMs: 2_000,
  dataKey: { payloadsMax: 1_000_000, ageMsMax: 24 * 3600 * 1000 },
  sweepBackMs: 7 * 24 * 3600 * 1000,
  sweepBatchMax: 500,
}
