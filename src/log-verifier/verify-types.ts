import type { IndexRange } from './ranges.js'

/** What is too late, and how far back message ids are kept. */
export interface VerifyLimits {
  /** An entry has its place, and a place its checkpoint, within this time. */
  readonly unsequencedMsMax: number
  /** How old a known witness's newest cosignature may be. */
  readonly cosignatureAgeMsMax: number
  /** How long a message id stays taken. */
  readonly replayWindowMs: number
}

/** What was looked at in one log. */
export interface LogSummary {
  readonly log: string
  readonly entries: number
  /** Entries that lie in archive files, of which the tree has the hash. */
  readonly archived: number
  /** Which of them lie in no archive file that was given: of these only hashes were checked. */
  readonly archivedUnchecked: readonly IndexRange[]
  readonly payloads: number
  readonly checkpoints: number
  /** Size of the tree. */
  readonly size: number
  readonly signed: number
  readonly checkpointsWithoutKey: number
  readonly cosignatures: number
  readonly stamps: number
  readonly attestationsUnchecked: number
  readonly newestBy: ReadonlyMap<string, number>
}
