import type { IncidentBook } from './incident-book.store.js'
import { causes, type Incident } from './incident.js'
import { Sightings, type FailedCheck, type Sighting } from './sightings.js'

/** Tells people whom no inbox reaches, because the database is away. */
export interface UrgentTelling {
  tell(
    kind: 'incident.opened' | 'incident.closed' | 'incident.decision',
    incident: Pick<Incident, 'cause' | 'startedAt' | 'endedAt'>,
  ): void
}

export interface IncidentWatchParts {
  readonly book: Pick<IncidentBook, 'sight' | 'closeQuiet' | 'raiseDecisions'>
  readonly urgent: UrgentTelling
  readonly decisionAfterMs: number
  readonly lookMsMax: number
  /** A line of the system log: what an engineer on call must know at once. */
  readonly tell: (event: string, details: Readonly<Record<string, unknown>>) => void
}

/** An outage of the database that is told of. */
interface ToldOutage {
  readonly since: Date
  isDecisionRaised: boolean
}

/**
 * One node's part in opening and closing incidents. A database that is away cannot be written to: that is told by
 * mail and in the system log at once, and entered afterwards with its true start.
 */
export class IncidentWatch {
  readonly #parts: IncidentWatchParts
  readonly #sightings = new Sightings()
  #isAway = false
  #outage: ToldOutage | undefined

  constructor(parts: IncidentWatchParts) {
    this.#parts = parts
  }

  /**
   * One look at the health of this node.
   * @param failed - every check that is not well
   */
  async look(failed: readonly FailedCheck[], now: Date): Promise<void> {
    const away = this.#isAway ? [{ name: 'database', why: 'it does not answer' }] : []
    this.#sightings.look([...failed, ...away], now)
    try {
      await within(this.#parts.lookMsMax, this.#enter(now))
      if (this.#isAway) this.#back([...failed], now)
    } catch (error) {
      this.#noteAway(error, failed, now)
    }
    this.#tellOutage(now)
  }

  async #enter(now: Date): Promise<void> {
    const { book } = this.#parts
    for (const outage of [...this.#sightings.outages]) {
      await this.#sight(outage, true, now)
      this.#sightings.entered(outage)
    }
    for (const sighting of this.#sightings.incidents(now)) await this.#sight(sighting, false, now)
    await book.closeQuiet(now)
    await book.raiseDecisions(now)
  }

  async #sight(sighting: Sighting, isOver: boolean, now: Date): Promise<void> {
    const { book, tell } = this.#parts
    const opened = await book.sight(sighting, isOver, now)
    if (!opened) return
    const { id, cause, detail, startedAt } = opened
    tell('incident opened', { incident: id, cause, detail, since: startedAt.toISOString() })
  }

  #noteAway(error: unknown, failed: readonly FailedCheck[], now: Date): void {
    if (!this.#isAway) {
      this.#isAway = true
      const why = error instanceof Error ? error.message : String(error)
      this.#sightings.look([...failed, { name: 'database', why }], now)
    }
  }

  /** It answers again: what is left of the outage is entered by the next look. */
  #back(failed: readonly FailedCheck[], now: Date): void {
    this.#isAway = false
    this.#sightings.look(failed, now)
    const told = this.#outage
    this.#outage = undefined
    if (!told) return
    this.#parts.urgent.tell('incident.closed', {
      cause: 'database',
      startedAt: told.since,
      endedAt: now,
    })
    this.#parts.tell('incident over', { cause: 'database', since: told.since.toISOString() })
  }

  #tellOutage(now: Date): void {
    const { tell, urgent, decisionAfterMs } = this.#parts
    if (!this.#isAway) return
    const sighting = this.#sightings.incidents(now).find(({ cause }) => cause === 'database')
    if (!sighting) return
    const { since: startedAt, detail } = sighting
    const said = { cause: 'database', startedAt, endedAt: undefined } as const
    if (!this.#outage) {
      this.#outage = { since: startedAt, isDecisionRaised: false }
      tell('incident opened', { cause: 'database', detail, since: startedAt.toISOString() })
      urgent.tell('incident.opened', said)
    }
    if (this.#outage.isDecisionRaised) return
    if (!causes.database.raisesDecision || +now - +startedAt < decisionAfterMs) return
    this.#outage.isDecisionRaised = true
    tell('decision about the reserve centre is due', { cause: 'database' })
    urgent.tell('incident.decision', said)
  }
}

/** @throws Error where the work has not ended by then; it goes on to its own limits */
async function within(limitMs: number, work: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${limitMs} ms`)), limitMs)
  })
  await Promise.race([work, late]).finally(() => clearTimeout(timer))
}
