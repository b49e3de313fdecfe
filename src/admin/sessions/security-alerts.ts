import type { AdminDatabase } from '../admin-database.store.js'
import type { ResponsiblePersons } from '../administrators/responsible-persons.js'
import type { UnconfirmedMember } from '../administrators/responsible-person.store.js'
import { findAlerts, type Alert } from './alert.store.js'

/** What the security officers are told of. */
export class SecurityAlerts {
  readonly #database: AdminDatabase
  readonly #persons: ResponsiblePersons

  constructor(database: AdminDatabase, persons: ResponsiblePersons) {
    this.#database = database
    this.#persons = persons
  }

  /** Newest first. */
  find(limit: number, before: string | undefined): Promise<Alert[]> {
    return findAlerts(this.#database.pool, { limit, before })
  }

  /** Members that have to confirm whom they name as responsible. */
  unconfirmed(limit: number, after: string | undefined): Promise<UnconfirmedMember[]> {
    return this.#persons.unconfirmed(limit, after)
  }
}
