import type { ClientBase, Pool } from 'pg'
import type { ActKind, Actor } from '../audit-log/act.js'
import { recordAct } from '../audit-log/audit-log.store.js'
import type { JsonValue } from '../canonical-json.js'
import type { Incident, ReserveDecision, SaidText } from './incident.js'
import {
  addIncident,
  askDecision,
  closeIncident,
  decideIncident,
  findIncident,
  lockQuiet,
  lockUndecided,
  noteSighting,
  type NewIncident,
} from './incident.store.js'
import { tellOfIncident } from './incident-notices.store.js'
import { decisionAfterMs, incidentQuietMs } from './limits.js'
import type { Sighting } from './sightings.js'

/** Sessions of the database in the role of the admin API. */
export interface IncidentDatabase {
  readonly pool: Pool
  transaction<Result>(work: (client: ClientBase) => Promise<Result>): Promise<Result>
}

/** Who acts when nobody does. */
const bus: Actor = { actor: 'sluice', role: 'bus' }

/**
 * The incidents of the bus: each change is one transaction with its act and its notices, and whichever node is first makes it.
 */
export class IncidentBook {
  readonly #database: IncidentDatabase
  readonly #decisionAfterMs: number

  constructor(database: IncidentDatabase, terms: { readonly decisionAfterMs?: number } = {}) {
    this.#database = database
    this.#decisionAfterMs = terms.decisionAfterMs ?? decisionAfterMs
  }

  /**
   * Enters a trouble that a node sees, or saw.
   * @param isOver - one that could not be entered while it lasted
   * @returns the incident where this opened one
   */
  sight(sighting: Sighting, isOver: boolean, now: Date): Promise<Incident | undefined> {
    const { cause, detail, since: startedAt, until: lastSeenAt } = sighting
    return this.#database.transaction(async (client) => {
      if (await noteSighting(client, sighting, isOver)) return undefined
      const wanted = { cause, detail, startedAt, lastSeenAt, description: undefined }
      return this.#add(client, { ...wanted, byBus: true, openedBy: bus.actor }, bus, now)
    })
  }

  /** Opens one by hand. @returns undefined where the cause has an open one */
  open(
    wanted: Pick<NewIncident, 'cause' | 'description' | 'startedAt'>,
    who: Actor,
    now: Date,
  ): Promise<Incident | undefined> {
    const { actor: openedBy } = who
    const incident = { ...wanted, byBus: false, openedBy, detail: undefined, lastSeenAt: now }
    return this.#database.transaction((client) => this.#add(client, incident, who, now))
  }

  /**
   * Changes an incident that its caller saw.
   * @param check - is handed the locked incident, and throws what stands against the change
   * @returns undefined where there is none of this id
   */
  change(
    id: string,
    check: (incident: Incident) => void,
    make: (client: ClientBase, incident: Incident) => Promise<Incident>,
  ): Promise<Incident | undefined> {
    return this.#database.transaction(async (client) => {
      const incident = await findIncident(client, id, true)
      if (!incident) return undefined
      check(incident)
      return make(client, incident)
    })
  }

  /** Closes a locked incident, and tells of its cause and length. */
  async close(
    client: ClientBase,
    before: Incident,
    made: { readonly closing?: SaidText | undefined; readonly at: Date },
    who: Actor,
  ): Promise<Incident> {
    const incident = await closeIncident(client, before.id, { ...made, by: who.actor })
    await record(client, 'incident.close', who, { before, incident })
    await tellOfIncident(client, 'incident.closed', incident)
    return incident
  }

  /** Records what was decided about the reserve centre, of a locked incident. */
  async decide(
    client: ClientBase,
    before: Incident,
    made: { readonly decision: ReserveDecision; readonly reason: string; readonly at: Date },
    who: Actor,
  ): Promise<Incident> {
    const incident = await decideIncident(client, before.id, { ...made, by: who.actor })
    await record(client, 'incident.decide', who, { before, incident, reason: made.reason })
    await tellOfIncident(client, 'incident.decided', incident)
    return incident
  }

  /** Closes what no node has seen for a while: it ended when it was seen last. @returns how many */
  closeQuiet(now: Date): Promise<number> {
    const since = new Date(now.getTime() - incidentQuietMs)
    return this.#database.transaction(async (client) => {
      const quiet = await lockQuiet(client, since)
      for (const incident of quiet) {
        await this.close(client, incident, { at: incident.lastSeenAt }, bus)
      }
      return quiet.length
    })
  }

  /** Asks for the decision about the reserve centre where removal takes too long. @returns how many */
  raiseDecisions(now: Date): Promise<number> {
    const since = new Date(now.getTime() - this.#decisionAfterMs)
    return this.#database.transaction(async (client) => {
      const undecided = await lockUndecided(client, since)
      for (const { id } of undecided) {
        await tellOfIncident(client, 'incident.decision', await askDecision(client, id))
      }
      return undecided.length
    })
  }

  async #add(
    client: ClientBase,
    wanted: NewIncident,
    who: Actor,
    now: Date,
  ): Promise<Incident | undefined> {
    const incident = await addIncident(client, wanted, now)
    if (!incident) return undefined
    await record(client, 'incident.open', who, { incident })
    await tellOfIncident(client, 'incident.opened', incident)
    return incident
  }
}

async function record(
  client: ClientBase,
  kind: ActKind,
  who: Actor,
  what: {
    readonly incident: Incident
    readonly before?: Incident
    readonly reason?: string
  },
): Promise<void> {
  const { incident, before, reason } = what
  await recordAct(client, {
    ...who,
    ...{ kind, reason, subject: `incident ${incident.id}` },
    before: before && actJson(before),
    after: actJson(incident),
  })
}

function actJson(incident: Incident): JsonValue {
  return JSON.parse(JSON.stringify(incident)) as JsonValue
}
