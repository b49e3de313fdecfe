import type { MemberId } from '../../exchange/identifier.js'
import type { RoleAssignment } from '../caller.js'
import type { Role } from '../permission.js'

/** Who changes roles and administrators. */
export interface Granter {
  /** Undefined for a command under the database owner's login. */
  readonly administratorId: string | undefined
  readonly isOperator: boolean
  /** That it is an administrator of. */
  readonly members: readonly MemberId[]
  readonly domains: readonly string[]
}

/** Whom a change concerns. */
export interface GrantTarget {
  readonly id: string
  readonly member: MemberId | undefined
}

/** A command of whoever owns the database may grant everything: that is how the first operator comes to be. */
export const ownerGranter: Granter = {
  ...{ administratorId: undefined, isOperator: true, members: [], domains: [] },
}

/**
 * Whether somebody may grant a role, or end it: the operator any; the administrators of a domain or a member their own role there,
 * a member's to its own people only. That nobody grants to themselves is asked apart.
 */
export function mayGrant(
  granter: Granter,
  { role, scope }: { readonly role: Role; readonly scope: string | undefined },
  target: GrantTarget,
): boolean {
  if (granter.isOperator) return true
  if (scope === undefined) return false
  if (role === 'FOUNDER_ADMIN') return granter.domains.includes(scope)
  if (role !== 'MEMBER_ADMIN' || target.member === undefined) return false
  return granter.members.some((own) => own === scope) && granter.members.includes(target.member)
}

/**
 * Whether somebody may change an administrator, and what they log in with: a member's administrator its own people, but
 * nobody with a role that it could not have given, for whoever sets a password could act in that role.
 * @param held - roles in force and those to come
 */
export function mayAdminister(
  granter: Granter,
  target: GrantTarget,
  held: readonly Pick<RoleAssignment, 'role' | 'scope'>[],
): boolean {
  if (granter.isOperator) return true
  if (target.member === undefined || !granter.members.includes(target.member)) return false
  return held.every((assignment) => mayGrant(granter, assignment, target))
}

/** What is said to whoever may do neither. */
export const beyondReach = {
  az: 'Bu, səlahiyyətiniz xaricindədir: özünüzdə olmayan rolu nə verə, nə də belə rolu olan hesabı dəyişə bilərsiniz',
  en: 'This is beyond your reach: you grant no role that you do not have, and change no account with such a role',
} as const

/** From when until when an operator is there. */
export interface Term {
  readonly from: Date
  readonly until: Date | undefined
}

/**
 * The first moment from which on there would be no operator.
 * @returns undefined where there is always one
 */
export function firstGap(terms: readonly Term[], now: Date): Date | undefined {
  let covered = now
  for (const { from, until } of terms.toSorted((a, b) => a.from.getTime() - b.from.getTime())) {
    if (from > covered) break
    if (until === undefined) return undefined
    if (until > covered) covered = until
  }
  return covered
}

/** Whether a change leaves the bus without an operator, or does so earlier than before. */
export function leavesNoOperator(
  before: readonly Term[],
  after: readonly Term[],
  now: Date,
): boolean {
  const gap = firstGap(after, now)
  if (!gap) return false
  const gapBefore = firstGap(before, now)
  return !gapBefore || gap < gapBefore
}
