import { v7 as newId } from 'uuid'
import { recordAct } from '../../audit-log/audit-log.store.js'
import type { JsonValue } from '../../canonical-json.js'
import type { MemberId } from '../../exchange/identifier.js'
import type { AdminDatabase } from '../admin-database.store.js'
import type { Caller } from '../caller.js'
import { Problem } from '../problem.js'
import { isMember } from './administrator.store.js'
import {
  responsibleConfirmationMsMax,
  responsibleExportRowsMax,
  responsiblePersonsPerMemberMax,
} from './limits.js'
import {
  confirmedAt,
  exportPersons,
  insertConfirmation,
  lockPerson,
  personsOf,
  unconfirmedMembers,
  writePerson,
  type ExportedPerson,
  type PersonFields,
  type ResponsiblePerson,
  type UnconfirmedMember,
} from './responsible-person.store.js'
import type { AdminTransaction } from './transaction.store.js'

/** A member's list, and whether it still has to be confirmed. */
export interface PersonList {
  readonly persons: readonly ResponsiblePerson[]
  readonly confirmedAt: Date | undefined
  /** By when it has to be confirmed again; undefined where it never was, and is overdue. */
  readonly confirmBy: Date | undefined
  readonly isOverdue: boolean
}

/** Which person is changed. */
export interface ChangedPerson {
  readonly member: MemberId
  readonly id: string
  readonly revision: number
}

/** Whom members name as responsible, and as technical contacts; each change is an act. */
export class ResponsiblePersons {
  readonly #database: AdminDatabase
  readonly #clock: () => Date

  constructor(database: AdminDatabase, clock: () => Date) {
    this.#database = database
    this.#clock = clock
  }

  /** @throws Problem NOT_FOUND for no member */
  list(member: MemberId, everybody: boolean): Promise<PersonList> {
    return this.#database.transaction(async (client) => {
      await checkMember(client, member)
      const at = await confirmedAt(client, member)
      const confirmBy = at && new Date(at.getTime() + responsibleConfirmationMsMax)
      const isOverdue = confirmBy === undefined || confirmBy < this.#clock()
      const persons = await personsOf(client, member, everybody)
      return { persons, confirmedAt: at, confirmBy, isOverdue }
    })
  }

  /** @throws Problem NOT_FOUND for no member, CONFLICT for too many */
  add(caller: Caller, member: MemberId, fields: PersonFields): Promise<ResponsiblePerson> {
    return this.#database.transaction(async (client) => {
      await checkMember(client, member)
      const there = await personsOf(client, member, false)
      if (there.length >= responsiblePersonsPerMemberMax) throw new Problem('CONFLICT')
      const now = this.#clock()
      const person = { ...fields, id: newId(), member, from: now, until: undefined, revision: 1 }
      return writeDown(client, caller, { before: undefined, after: person }, now)
    })
  }

  /** @throws Problem NOT_FOUND, CHANGED_MEANWHILE, CONFLICT for one who is it no more */
  change(caller: Caller, which: ChangedPerson, fields: PersonFields): Promise<ResponsiblePerson> {
    return this.#change(caller, which, () => fields)
  }

  /** Somebody is it no more; the row stays. @throws as `change` */
  end(caller: Caller, which: ChangedPerson): Promise<ResponsiblePerson> {
    return this.#change(caller, which, (now) => ({ until: now }))
  }

  /** The member says that its list is right as it stands. @throws Problem NOT_FOUND for no member */
  confirm(caller: Caller, member: MemberId): Promise<Date> {
    return this.#database.transaction(async (client) => {
      await checkMember(client, member)
      const at = this.#clock()
      const persons = (await personsOf(client, member, false)).length
      const subject = `member ${member}`
      const act = {
        ...caller.actor(),
        kind: 'persons.confirm',
        subject,
        after: { persons },
      } as const
      const { actId } = await recordAct(client, act, at)
      await insertConfirmation(client, { member, at, act: actId })
      return at
    })
  }

  /** All members' persons and users, as the security body gets them. */
  exported(domain: string | undefined): Promise<ExportedPerson[]> {
    return exportPersons(this.#database.pool, domain, responsibleExportRowsMax)
  }

  /** Members whose lists were not confirmed in time. */
  unconfirmed(limit: number, after?: string): Promise<UnconfirmedMember[]> {
    const since = new Date(this.#clock().getTime() - responsibleConfirmationMsMax)
    return unconfirmedMembers(this.#database.pool, since, { limit, after })
  }

  #change(
    caller: Caller,
    { member, id, revision }: ChangedPerson,
    changed: (now: Date) => Partial<ResponsiblePerson>,
  ): Promise<ResponsiblePerson> {
    return this.#database.transaction(async (client) => {
      const now = this.#clock()
      const before = await lockPerson(client, member, id)
      if (!before) throw new Problem('NOT_FOUND')
      if (before.revision !== revision) throw new Problem('CHANGED_MEANWHILE')
      if (before.until) throw new Problem('CONFLICT')
      const after = { ...before, ...changed(now), revision: revision + 1 }
      return writeDown(client, caller, { before, after }, now)
    })
  }
}

async function checkMember(client: AdminTransaction, member: MemberId): Promise<void> {
  if (!(await isMember(client, member))) throw new Problem('NOT_FOUND')
}

async function writeDown(
  client: AdminTransaction,
  caller: Caller,
  { before, after }: { before: ResponsiblePerson | undefined; after: ResponsiblePerson },
  now: Date,
): Promise<ResponsiblePerson> {
  await writePerson(client, after)
  const act = {
    ...caller.actor(),
    kind: 'persons.change',
    subject: `member ${after.member}`,
  } as const
  const views = { before: before && audited(before), after: audited(after) }
  await recordAct(client, { ...act, ...views }, now)
  return after
}

function audited(person: ResponsiblePerson): Record<string, JsonValue> {
  const { id, kind, name, post, email, phone, until } = person
  return { id, kind, name, post, email, phone: phone ?? null, until: until?.toISOString() ?? null }
}
