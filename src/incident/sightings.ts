import { causeOfCheck, type IncidentCause } from './incident.js'
import { incidentAfterMs, incidentDetailCharsMax, outagesMax } from './limits.js'

/** A health check that is not well. */
export interface FailedCheck {
  readonly name: string
  readonly why?: string
}

/** A trouble as this node sees it. */
export interface Sighting {
  readonly cause: IncidentCause
  readonly detail: string
  readonly since: Date
  readonly until: Date
}

interface Kept {
  detail: string
  readonly since: Date
  until: Date
}

/** What follows from a database that is away need not be told. */
const apartFromDatabase: ReadonlySet<IncidentCause> = new Set(['database', 'broker', 'spool'])

/** What one node has seen go wrong, look by look. */
export class Sightings {
  readonly #now = new Map<IncidentCause, Kept>()
  readonly #outages: Sighting[] = []

  /** Takes in one look. @param failed - every check that is not well */
  look(failed: readonly FailedCheck[], now: Date): void {
    const seen = causesIn(failed)
    for (const cause of [...this.#now.keys()]) {
      if (!seen.has(cause)) this.#forget(cause, now)
    }
    for (const [cause, detail] of seen) {
      const kept = this.#now.get(cause)
      if (kept) Object.assign(kept, { detail, until: now })
      else this.#now.set(cause, { detail, since: now, until: now })
    }
  }

  /** Troubles that have lasted long enough to be incidents. */
  incidents(now: Date): Sighting[] {
    return [...this.#now].flatMap(([cause, kept]) =>
      now.getTime() - kept.since.getTime() >= incidentAfterMs ? [{ cause, ...kept }] : [],
    )
  }

  /** Outages of the database that are over and could not be entered; the oldest first. */
  get outages(): readonly Sighting[] {
    return this.#outages
  }

  entered(outage: Sighting): void {
    const at = this.#outages.indexOf(outage)
    if (at !== -1) this.#outages.splice(at, 1)
  }

  #forget(cause: IncidentCause, now: Date): void {
    const kept = this.#now.get(cause)
    this.#now.delete(cause)
    if (!kept || cause !== 'database') return
    if (now.getTime() - kept.since.getTime() < incidentAfterMs) return
    if (this.#outages.length < outagesMax) this.#outages.push({ cause, ...kept, until: now })
  }
}

function causesIn(failed: readonly FailedCheck[]): ReadonlyMap<IncidentCause, string> {
  const details = new Map<IncidentCause, Set<string>>()
  for (const { name, why } of failed) {
    const cause = causeOfCheck(name)
    if (cause === undefined) continue
    const known = details.get(cause) ?? new Set()
    details.set(cause, known.add(why === undefined ? name : `${name}: ${why}`))
  }
  const isAway = details.has('database')
  return new Map(
    [...details]
      .filter(([cause]) => !isAway || apartFromDatabase.has(cause))
      .map(([cause, said]) => [cause, [...said].join('; ').slice(0, incidentDetailCharsMax)]),
  )
}
