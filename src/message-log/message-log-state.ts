/** How the log is, for health and metrics. */
export interface MessageLogState {
  /** Whether entries can be expected to become durable now. */
  readonly ready: boolean
  readonly waitingRecords: number
  readonly waitingBytes: number
  /** Transactions since the start. */
  readonly commits: number
  /** Entries since the start that are durable. */
  readonly entries: number
  /** Refusals since the start that got no entry of their own; entries tell of them by the number. */
  readonly refusalsLost: number
}
