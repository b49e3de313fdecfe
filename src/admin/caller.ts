import type { Actor } from '../audit-log/act.js'
import type { MemberId } from '../exchange/identifier.js'
import type { Role } from './permission.js'

/** That an administrator has a role: from `from` until just before `until`. */
export interface RoleAssignment {
  readonly role: Role
  /** Member of a MEMBER_ADMIN, code of the domain of a FOUNDER_ADMIN; undefined for every other role. */
  readonly scope: string | undefined
  readonly from: Date
  readonly until: Date | undefined
}

/** Who a session belongs to. */
export interface CallerFields {
  readonly administratorId: string
  readonly name: string
  readonly sessionId: string
  /** Network address that the request came from. */
  readonly address: string
  /** Whatever was ever assigned; what is in force is picked out. */
  readonly assignments: readonly RoleAssignment[]
}

/** Who calls a route, at the moment of the call. */
export interface Caller extends CallerFields {
  /** Those in force. */
  readonly assignments: readonly RoleAssignment[]
  /** Whether a role is in force, of whatever scope. */
  has(role: Role): boolean
  /** Members that this is an administrator of. */
  readonly members: readonly MemberId[]
  /** Codes of the domains that this is an administrator of. */
  readonly domains: readonly string[]
  /** For the audit log: the name, the administrator's id, and the roles in force. */
  actor(): Actor
}

/** @param now - assignments out of force at this moment count for nothing */
export function callerOf(fields: CallerFields, now: Date): Caller {
  const assignments = fields.assignments.filter((assignment) => isInForce(assignment, now))
  const held = new Set(assignments.map(({ role }) => role))
  const { administratorId, name, sessionId, address } = fields
  return {
    ...{ administratorId, name, sessionId, address, assignments },
    has: (role) => held.has(role),
    members: scopesOf(assignments, 'MEMBER_ADMIN') as MemberId[],
    domains: scopesOf(assignments, 'FOUNDER_ADMIN'),
    // Two people may have one name.
    actor: () => ({
      ...{ actor: name, account: administratorId },
      ...(held.size > 0 && { role: [...held].sort().join(', ') }),
    }),
  }
}

/** Whether somebody runs or oversees the bus, and so sees what is any member's. */
export function oversees(caller: Caller): boolean {
  return caller.has('OPERATOR') || caller.has('AGENCY') || caller.has('SECURITY')
}

function isInForce({ from, until }: RoleAssignment, now: Date): boolean {
  return from <= now && (until === undefined || now < until)
}

function scopesOf(assignments: readonly RoleAssignment[], role: Role): string[] {
  return assignments.flatMap((each) =>
    each.role === role && each.scope !== undefined ? [each.scope] : [],
  )
}
