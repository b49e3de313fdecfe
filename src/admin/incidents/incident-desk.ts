import type { IncidentBook } from '../../incident/incident-book.store.js'
import { causes, type Incident } from '../../incident/incident.js'
import { findIncident, listIncidents } from '../../incident/incident.store.js'
import type { AdminDatabase } from '../admin-database.store.js'
import { oversees, type Caller } from '../caller.js'
import { page, type Page } from '../paging.js'
import { Problem } from '../problem.js'
import { checkRevision, type Seen } from '../tagged.js'
import type {
  ClosingTerms,
  DecisionTerms,
  IncidentsQuery,
  NewIncidentBody,
} from './incident-json.js'
import { incidentStartDaysMax } from './limits.js'
import { closedAlready, decidedAlready, noDecision, openAlready, startPlace } from './texts.js'

const dayMs = 86_400_000

export interface IncidentDeskParts {
  readonly database: AdminDatabase
  readonly book: IncidentBook
  readonly now: () => Date
}

/** Where incidents are entered, decided about and closed by hand. */
export class IncidentDesk {
  readonly #parts: IncidentDeskParts

  constructor(parts: IncidentDeskParts) {
    this.#parts = parts
  }

  /** @throws Problem CONFLICT where the cause has an open one; UNPROCESSABLE for a start that cannot be */
  async open(body: NewIncidentBody, caller: Caller): Promise<Incident> {
    const { book, now } = this.#parts
    const at = now()
    const { cause, description } = body
    const startedAt = body.startedAt === undefined ? at : new Date(body.startedAt)
    const ageMs = at.getTime() - startedAt.getTime()
    if (ageMs < 0 || ageMs > incidentStartDaysMax * dayMs) {
      const errors = [{ pointer: '/startedAt', detail: startPlace }]
      throw new Problem('UNPROCESSABLE', { errors })
    }
    const opened = await book.open({ cause, description, startedAt }, caller.actor(), at)
    if (!opened) throw new Problem('CONFLICT', { detail: openAlready })
    return opened
  }

  /** @throws Problem NOT_FOUND, also for whom it does not concern */
  async read(id: string, caller: Caller): Promise<Incident> {
    const incident = await findIncident(this.#parts.database.pool, id)
    if (!incident || !concerns(incident, caller)) throw new Problem('NOT_FOUND')
    return incident
  }

  async list({ limit, ...wanted }: IncidentsQuery, caller: Caller): Promise<Page<Incident>> {
    const isForAll = !oversees(caller)
    const found = await listIncidents(this.#parts.database.pool, {
      ...{ ...wanted, limit: limit + 1, isForEveryone: isForAll },
    })
    return page(found, limit, ({ id }) => id)
  }

  /** @throws Problem NOT_FOUND, CONFLICT, CHANGED_MEANWHILE */
  close(seen: Seen, { closing }: ClosingTerms, caller: Caller): Promise<Incident> {
    const { book, now } = this.#parts
    return this.#change(
      seen,
      () => undefined,
      (client, incident) => book.close(client, incident, { closing, at: now() }, caller.actor()),
    )
  }

  /** @throws Problem NOT_FOUND, CONFLICT, CHANGED_MEANWHILE */
  decide(seen: Seen, terms: DecisionTerms, caller: Caller): Promise<Incident> {
    const { book, now } = this.#parts
    return this.#change(
      seen,
      ({ cause, decision }) => {
        if (decision) throw new Problem('CONFLICT', { detail: decidedAlready })
        if (!causes[cause].raisesDecision) throw new Problem('CONFLICT', { detail: noDecision })
      },
      (client, incident) => book.decide(client, incident, { ...terms, at: now() }, caller.actor()),
    )
  }

  async #change(
    { id, revision }: Seen,
    check: (incident: Incident) => void,
    make: Parameters<IncidentBook['change']>[2],
  ): Promise<Incident> {
    const checked = (incident: Incident): void => {
      checkRevision(incident.revision, revision)
      if (incident.state === 'closed') throw new Problem('CONFLICT', { detail: closedAlready })
      check(incident)
    }
    const changed = await this.#parts.book.change(id, checked, make)
    if (!changed) throw new Problem('NOT_FOUND')
    return changed
  }
}

function concerns({ cause }: Incident, caller: Caller): boolean {
  return causes[cause].isForEveryone || oversees(caller)
}
