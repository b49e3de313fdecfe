import type { TimestampState } from '../timestamp/stamp-checkpoints.js'

/** What the health page says of the timestamps over checkpoints. */
export interface TimestampReport {
  /** When this node had the last one, RFC 3339; null before the first. */
  readonly lastAt: string | null
  /** Whose it was, or whose the first will be. */
  readonly authority: string | null
  readonly independent: boolean
  /** What that means, in words. */
  readonly note: string
}

const notes = {
  independent: 'An authority that the bus does not run vouches for the time.',
  own: 'The bus’s own authority vouches for the time. It is not independent: whoever does not believe the operator need not believe it.',
}

export function reportTimestamps(state: TimestampState): TimestampReport {
  const [first] = state.sources
  const independent = state.isIndependent ?? first?.isIndependent ?? false
  return {
    lastAt: state.lastStampAt?.toISOString() ?? null,
    authority: state.lastSource ?? first?.name ?? null,
    independent,
    note: independent ? notes.independent : notes.own,
  }
}
