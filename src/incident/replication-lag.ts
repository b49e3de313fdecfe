import type { FailedCheck } from './sightings.js'
import { walPositionsMax } from './limits.js'

/** A standby as the database sees it; positions are bytes of its write-ahead log. */
export interface ReplicaRow {
  readonly name: string
  /** Undefined of one on the same machine. */
  readonly address: string | undefined
  /** Undefined where the database shows it to nobody of ours. */
  readonly state: string | undefined
  readonly isSynchronous: boolean
  /** What the primary itself has. */
  readonly written: number
  /** What the standby has on its disk, and what of it can be read there. */
  readonly flushed: number | undefined
  readonly replayed: number | undefined
  /** What PostgreSQL measured last; it does not grow while nothing comes back. */
  readonly replayLagMs: number
}

/** How far a standby is behind. */
export interface Replica {
  readonly name: string
  readonly address: string | undefined
  readonly state: string
  readonly isSynchronous: boolean
  readonly missingBytes: number
  /** How old what is missing on its disk is, milliseconds: so much would be lost with the primary. */
  readonly lagMs: number
  /** The same of what can be read there: so much it has to catch up with before it serves. */
  readonly replayLagMs: number
}

export interface Replication {
  readonly measuredAt: Date
  readonly replicas: readonly Replica[]
  /** Why nothing can be said, where nothing can. */
  readonly trouble: string | undefined
}

export interface ReplicationTerms {
  /** Standbys that there should be. */
  readonly standbys: number
  readonly lagMsMax: number
}

const isHidden =
  'the database shows its standbys to nobody of the bus: GRANT pg_read_all_stats to the login that owns the schema sluice'

/** Backups stream, too, and are nobody's reserve. */
const streaming: ReadonlySet<string> = new Set(['streaming', 'catchup', 'startup'])

/**
 * Measures how far standbys are behind, in time: the primary's positions are remembered look by look, and what a standby
 * does not have is as old as the position behind which it stands. PostgreSQL's own figure stands still with the standby.
 */
export class ReplicationLag {
  readonly #positions: { readonly atMs: number; readonly written: number }[] = []

  measure(rows: readonly ReplicaRow[], now: Date): Replication {
    const written = rows[0]?.written
    if (written !== undefined) this.#remember(now.getTime(), written)
    const shown = rows.filter(({ state }) => state !== undefined)
    return {
      measuredAt: now,
      trouble: rows.length > 0 && shown.length === 0 ? isHidden : undefined,
      replicas: shown.flatMap((row) => this.#replicaOf(row, now.getTime())),
    }
  }

  #replicaOf(row: ReplicaRow, nowMs: number): Replica[] {
    const { name, address, state = '', isSynchronous, written, flushed = 0, replayed } = row
    if (!streaming.has(state) || replayed === undefined) return []
    const lagMs = this.#ageOf(flushed, written, nowMs)
    const isBehind = replayed < written
    // Before enough positions are known, the database's own figure is all there is.
    const replayLagMs = isBehind
      ? Math.max(this.#ageOf(replayed, written, nowMs), row.replayLagMs)
      : 0
    const missingBytes = Math.max(0, written - flushed)
    return [{ name, address, state, isSynchronous, missingBytes, lagMs, replayLagMs }]
  }

  #remember(atMs: number, written: number): void {
    const last = this.#positions.at(-1)
    if (last && last.written === written) this.#positions.pop()
    this.#positions.push({ atMs, written })
    if (this.#positions.length > walPositionsMax) this.#positions.shift()
  }

  /** How long ago the primary was last known to have no more than this. */
  #ageOf(position: number, written: number, nowMs: number): number {
    if (position >= written) return 0
    const known = this.#positions.findLast((each) => each.written <= position)
    const since = known ?? this.#positions[0]
    return since ? Math.max(0, nowMs - since.atMs) : 0
  }
}

/** What health says of the reserve: standbys that are not there, or further behind than they may be. */
export function replicationChecks(
  { replicas, trouble }: Replication,
  { standbys, lagMsMax }: ReplicationTerms,
): FailedCheck[] {
  if (standbys === 0 && replicas.length === 0) return []
  if (trouble !== undefined) return [{ name: 'replication', why: trouble }]
  const late = replicas.filter(({ replayLagMs }) => replayLagMs > lagMsMax)
  const why = late.map(
    ({ name, replayLagMs }) => `${name} is ${Math.round(replayLagMs / 1_000)} s behind`,
  )
  if (replicas.length < standbys) {
    why.push(`${replicas.length} of ${standbys} standbys are connected`)
  }
  return why.length === 0 ? [] : [{ name: 'replication', why: why.join('; ') }]
}
