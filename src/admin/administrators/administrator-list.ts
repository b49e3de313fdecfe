import type { AdminDatabase } from '../admin-database.store.js'
import type { Caller } from '../caller.js'
import type { Role } from '../permission.js'
import { Problem } from '../problem.js'
import { findAdministrators, readAdministrator } from './administrator.store.js'
import type { Administrator } from './administrator.js'
import {
  findAssignments,
  findHandovers,
  readAssignment,
  rolesHeld,
  type Handover,
  type StoredAssignment,
} from './role-assignment.store.js'

export interface Paging {
  readonly limit: number
  readonly after?: string | undefined
}

const rolesThatSeeAll: readonly Role[] = ['OPERATOR', 'AGENCY', 'SECURITY']

/** Administrators and their roles, as somebody may see them: an administrator of a member its own people only. */
export class AdministratorList {
  readonly #database: AdminDatabase

  constructor(database: AdminDatabase) {
    this.#database = database
  }

  find(caller: Caller, paging: Paging): Promise<Administrator[]> {
    const members = seesAll(caller) ? undefined : caller.members
    return this.#database.transaction((client) =>
      findAdministrators(client, { members, ...paging }),
    )
  }

  /** @throws Problem NOT_FOUND also for one whom the caller does not see */
  async read(caller: Caller, id: string): Promise<Administrator> {
    const found = await this.#database.transaction((client) => readAdministrator(client, 'id', id))
    const isSeen =
      seesAll(caller) || (found?.member !== undefined && caller.members.includes(found.member))
    if (found && isSeen) return found
    throw new Problem('NOT_FOUND')
  }

  assignments(
    caller: Caller,
    wanted: Paging & {
      readonly administrator?: string | undefined
      readonly role?: Role | undefined
    },
  ): Promise<StoredAssignment[]> {
    const { members, domains } = caller
    const within = seesAll(caller) ? {} : { within: { members, domains } }
    return findAssignments(this.#database.pool, { ...wanted, ...within })
  }

  /** @throws Problem NOT_FOUND also for one that the caller does not see */
  async assignment(caller: Caller, id: string): Promise<StoredAssignment> {
    const found = await readAssignment(this.#database.pool, id)
    const isSeen =
      found &&
      (seesAll(caller) ||
        (found.role === 'MEMBER_ADMIN' && caller.members.some((own) => own === found.scope)) ||
        (found.role === 'FOUNDER_ADMIN' && caller.domains.some((own) => own === found.scope)))
    if (isSeen) return found
    throw new Problem('NOT_FOUND')
  }

  /** Everybody, for whoever owns the database. */
  all(paging: Paging): Promise<Administrator[]> {
    return this.#database.transaction((client) => findAdministrators(client, paging))
  }

  /** For whoever owns the database. */
  byLogin(login: string): Promise<Administrator | undefined> {
    return this.#database.transaction((client) => readAdministrator(client, 'login', login))
  }

  /** Roles of one administrator that are in force, and those to come; for whoever owns the database. */
  rolesOf(administrator: string, now = new Date()): Promise<StoredAssignment[]> {
    return this.#database.transaction((client) => rolesHeld(client, administrator, now))
  }

  handovers(paging: Paging): Promise<Handover[]> {
    return findHandovers(this.#database.pool, paging)
  }
}

function seesAll(caller: Caller): boolean {
  return rolesThatSeeAll.some((role) => caller.has(role))
}
