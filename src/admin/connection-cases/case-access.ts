import type { CaseActor } from '../../connection/case-state.js'
import type { CasesOf } from '../../connection/case.store.js'
import type { ConnectionCase } from '../../connection/connection-case.js'
import type { DomainProfile } from '../../connection/domain-profile.js'
import type { MemberId } from '../../exchange/identifier.js'
import { oversees, type Caller } from '../caller.js'

/** Whose cases a caller sees: all of them, those of their domains, their own. */
export function casesSeenBy(caller: Caller): CasesOf | undefined {
  return oversees(caller) ? undefined : { members: caller.members, domains: caller.domains }
}

export function sees(
  caller: Caller,
  { member, domain }: Pick<ConnectionCase, 'member' | 'domain'>,
): boolean {
  return oversees(caller) || caller.members.includes(member) || caller.domains.includes(domain)
}

/** By what a caller may act on a case: the terms of the desk, and those of the domain. */
export interface DutyTerms {
  readonly profile: DomainProfile
  readonly separationOfDuties: boolean
  /** Whose the case is, and all that have merged into that: their people had it before. */
  readonly owners: readonly MemberId[]
}

/** Whether a caller is who the table of states names for a step. */
export function actsAs(
  actor: CaseActor,
  { member, domain }: ConnectionCase,
  caller: Caller,
  { profile, separationOfDuties, owners }: DutyTerms,
): boolean {
  const isOwner = caller.members.includes(member)
  // Nobody is an officer in the case of a member that they administer, though another has taken it over.
  const isBiased = separationOfDuties && owners.some((each) => caller.members.includes(each))
  const isOfficer = caller.has('OPERATOR') && !isBiased
  switch (actor) {
    case 'participant':
      return isOwner
    case 'improver':
      return isOwner || caller.has('AGENCY')
    case 'operator':
      return isOfficer
    case 'approver':
      if (profile.approver === 'OPERATOR') return isOfficer
      return caller.domains.includes(domain) && !isBiased
  }
}
