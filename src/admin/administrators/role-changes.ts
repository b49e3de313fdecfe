import { v7 as newId } from 'uuid'
import { recordAct } from '../../audit-log/audit-log.store.js'
import type { JsonValue } from '../../canonical-json.js'
import type { AdminDatabase } from '../admin-database.store.js'
import type { RoleAssignment } from '../caller.js'
import type { Role } from '../permission.js'
import { Problem, unprocessable } from '../problem.js'
import { revokeSessions } from '../sessions/session.store.js'
import { isDomain, isMember, lockAdministrator } from './administrator.store.js'
import type { Administrator } from './administrator.js'
import type { Doer } from './doer.js'
import { beyondReach, mayGrant } from './granting.js'
import { refuseWithoutOperator } from './last-operator.js'
import { rolesPerAdministratorMax } from './limits.js'
import {
  endAssignments,
  insertAssignment,
  operatorTerms,
  readAssignment,
  rolesHeld,
  takeTurnAtRoles,
  type StoredAssignment,
} from './role-assignment.store.js'
import type { AdminTransaction } from './transaction.store.js'

/** A role that somebody is to have. */
export interface WantedRole {
  /** Id of the administrator. */
  readonly administrator: string
  readonly role: Role
  readonly scope: string | undefined
  /** Undefined: from now on. */
  readonly from: Date | undefined
  /** Undefined: until it is ended. */
  readonly until: Date | undefined
}

/** Grants roles and ends them; each time an act. An assignment is never taken back, it ends. */
export class RoleChanges {
  readonly #database: AdminDatabase
  readonly #clock: () => Date

  constructor(database: AdminDatabase, clock: () => Date) {
    this.#database = database
    this.#clock = clock
  }

  /**
   * @throws Problem FORBIDDEN; UNPROCESSABLE for a scope or dates that make no sense, NOT_FOUND, CONFLICT for a role that
   * the administrator has already
   */
  grant(doer: Doer, wanted: WantedRole): Promise<StoredAssignment> {
    return this.#database.transaction(async (client) => {
      const now = this.#clock()
      await takeTurnAtRoles(client)
      const target = await activeAdministrator(client, wanted.administrator)
      checkGrant(doer, wanted, target)
      const assignment = { ...wanted, from: wanted.from ?? now }
      await checkScope(client, assignment)
      checkDates(assignment, now)
      await checkNew(client, assignment, now)
      await revokeSessions(client, { administrator: target.id, because: 'role' }, now)
      return record(client, doer, assignment, now)
    })
  }

  /**
   * @param until - undefined: now
   * @throws Problem NOT_FOUND, FORBIDDEN, CHANGED_MEANWHILE; CONFLICT where it has ended, or no operator would be left;
   * UNPROCESSABLE for an end that is over, or later than it was
   */
  end(
    doer: Doer,
    { id, revision }: { readonly id: string; readonly revision: number | undefined },
    until?: Date,
  ): Promise<StoredAssignment> {
    return this.#database.transaction(async (client) => {
      const now = this.#clock()
      await takeTurnAtRoles(client)
      const before = await readAssignment(client, id)
      if (!before) throw new Problem('NOT_FOUND')
      await checkEnd(client, doer, before)
      if (revision !== undefined && before.revision !== revision) {
        throw new Problem('CHANGED_MEANWHILE')
      }
      const end = until ?? now
      checkNewEnd(before, end, now)
      if (before.role === 'OPERATOR') await checkOperatorLeft(client, before, end, now)
      const { administrator } = before
      const act = await recordAct(
        client,
        {
          ...doer.author,
          kind: 'role.end',
          subject: `administrator ${administrator}`,
          before: auditedAssignment(before),
          after: auditedAssignment({ ...before, until: end }),
        },
        now,
      )
      await endAssignments(client, [id], end, act.actId)
      await revokeSessions(client, { administrator, because: 'role' }, now)
      return (await readAssignment(client, id)) ?? before
    })
  }
}

/** An assignment as the audit log has it. */
export function auditedAssignment({
  role,
  scope,
  from,
  until,
}: RoleAssignment): Record<string, JsonValue> {
  return {
    role,
    scope: scope ?? null,
    from: from.toISOString(),
    until: until?.toISOString() ?? null,
  }
}

/** Records the grant and makes it. */
export async function record(
  client: AdminTransaction,
  { author, granter }: Doer,
  assignment: RoleAssignment & { readonly administrator: string },
  now: Date,
): Promise<StoredAssignment> {
  const { administrator } = assignment
  const subject = `administrator ${administrator}`
  const after = auditedAssignment(assignment)
  const { actId: act } = await recordAct(
    client,
    { ...author, kind: 'role.grant', subject, after },
    now,
  )
  const id = newId()
  const granted = { ...assignment, id, grantedBy: granter.administratorId, act }
  await insertAssignment(client, granted)
  return { ...granted, revision: 1 }
}

/** @throws Problem NOT_FOUND, UNPROCESSABLE for one who is disabled */
export async function activeAdministrator(
  client: AdminTransaction,
  id: string,
): Promise<Administrator> {
  const found = await lockAdministrator(client, id)
  if (found?.status === 'active') return found
  const detail = { az: 'Belə fəal inzibatçı yoxdur', en: 'There is no such active administrator' }
  throw new Problem('UNPROCESSABLE', { detail })
}

export function toThemselves(): Problem {
  return new Problem('FORBIDDEN', {
    detail: { az: 'Heç kim özünə rol verə bilməz', en: 'Nobody grants a role to themselves' },
  })
}

/** @throws Problem FORBIDDEN */
function checkGrant({ granter }: Doer, wanted: WantedRole, target: Administrator): void {
  if (target.id === granter.administratorId) {
    throw toThemselves()
  }
  if (!mayGrant(granter, wanted, target)) throw new Problem('FORBIDDEN', { detail: beyondReach })
}

async function checkEnd(
  client: AdminTransaction,
  { granter }: Doer,
  assignment: StoredAssignment,
): Promise<void> {
  // What one has one may give up.
  if (assignment.administrator === granter.administratorId) return
  const target = await lockAdministrator(client, assignment.administrator)
  if (!target || !mayGrant(granter, assignment, target))
    throw new Problem('FORBIDDEN', { detail: beyondReach })
}

async function checkScope(
  client: AdminTransaction,
  { role, scope }: Pick<RoleAssignment, 'role' | 'scope'>,
): Promise<void> {
  const isScoped = role === 'FOUNDER_ADMIN' || role === 'MEMBER_ADMIN'
  if (!isScoped && scope === undefined) return
  if (isScoped && scope !== undefined) {
    const isThere = await (role === 'MEMBER_ADMIN' ? isMember : isDomain)(client, scope)
    if (isThere) return
  }
  throw unprocessable('/scope', {
    az: 'MEMBER_ADMIN rolu reyestrdəki iştirakçı, FOUNDER_ADMIN rolu mübadilə sahəsi üçün verilir, qalanları isə ümumidir',
    en: 'MEMBER_ADMIN is of a registered member, FOUNDER_ADMIN of an exchange domain, every other role of none',
  })
}

function checkDates({ from, until }: RoleAssignment, now: Date): void {
  if (from >= now && (until === undefined || until > from)) return
  throw unprocessable('/from', {
    az: 'Rol keçmiş tarixdən verilmir və başlamamış bitmir',
    en: 'A role is not granted from the past, and ends after it begins',
  })
}

async function checkNew(
  client: AdminTransaction,
  { administrator, role, scope, from, until }: RoleAssignment & { readonly administrator: string },
  now: Date,
): Promise<void> {
  const held = await rolesHeld(client, administrator, now)
  const isThere = held.some(
    (other) =>
      other.role === role &&
      other.scope === scope &&
      (until === undefined || other.from < until) &&
      (other.until === undefined || from < other.until),
  )
  if (!isThere && held.length < rolesPerAdministratorMax) return
  throw new Problem('CONFLICT', {
    detail: {
      az: 'İnzibatçının bu müddətdə həmin rolu var, yaxud rolları həddən artıqdır',
      en: 'The administrator has this role at that time already, or too many roles',
    },
  })
}

function checkNewEnd({ until: before }: StoredAssignment, end: Date, now: Date): void {
  if (before !== undefined && before <= now) {
    const detail = { az: 'Rolun müddəti bitib', en: 'The role has ended' }
    throw new Problem('CONFLICT', { detail })
  }
  if (end >= now && (before === undefined || end <= before)) return
  throw unprocessable('/until', {
    az: 'Rol keçmişdə bitə bilməz; müddəti artırmaq üçün yenisi verilir',
    en: 'A role does not end in the past; to prolong it, another is granted',
  })
}

async function checkOperatorLeft(
  client: AdminTransaction,
  { id }: StoredAssignment,
  end: Date,
  now: Date,
): Promise<void> {
  const terms = await operatorTerms(client, now)
  const after = terms.map((term) => (term.id === id ? { ...term, until: end } : term))
  refuseWithoutOperator(terms, after, now)
}
