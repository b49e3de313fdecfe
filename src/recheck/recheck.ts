import type { Actor } from '../audit-log/act.js'
import type { ConnectionApplication } from '../conformity/application.js'
import type { ObjectKind } from '../conformity/requirement.js'
import type { CaseDocument } from '../connection/connection-case.js'
import type { BilingualText } from '../exchange/fault.js'
import type { MemberId } from '../exchange/identifier.js'

/** Why what is connected is checked once more (§2.1.2): new requirements, a change that its owner declares, a complaint. */
export const recheckCauses = ['requirements', 'change', 'complaint'] as const
export type RecheckCause = (typeof recheckCauses)[number]

/** `full`: an opinion by a day. `probe`: the kit alone decides, and nothing is suspended. */
export const recheckScopes = ['full', 'probe'] as const
export type RecheckScope = (typeof recheckScopes)[number]

/**
 * `denied`: a negative opinion, suspended on its day. `suspended`: its day has passed; it may not run. `refused`: a change
 * that the kit did not accept, and that was not made.
 */
export const recheckStates = [
  'open',
  'denied',
  'suspended',
  'confirmed',
  'refused',
  'withdrawn',
] as const
export type RecheckState = (typeof recheckStates)[number]

export const recheckStateLabels: Readonly<Record<RecheckState, BilingualText>> = {
  open: { az: 'Təkrar yoxlanılır', en: 'Being rechecked' },
  denied: { az: 'Mənfi rəy verilib', en: 'Negative opinion' },
  suspended: { az: 'Dayandırılıb', en: 'Suspended' },
  confirmed: { az: 'Uyğunluq təsdiq olunub', en: 'Conformity confirmed' },
  refused: { az: 'Dəyişiklik qəbul edilməyib', en: 'Change not accepted' },
  withdrawn: { az: 'Geri götürülüb', en: 'Withdrawn' },
}

export function isLive({ state }: Pick<Recheck, 'state'>): boolean {
  return state === 'open' || state === 'denied' || state === 'suspended'
}

/** What an owner declares to change. */
export type DeclaredChange =
  | { readonly kind: 'address'; readonly address: string }
  | { readonly kind: 'contract'; readonly contract: string }
  | { readonly kind: 'algorithm'; readonly description: string }

/** What is connected, and by what it was. */
export interface ConnectedObject {
  readonly connectionCase: string
  readonly kind: ObjectKind
  readonly object: string
  /** Its owner now. */
  readonly member: MemberId
  readonly domain: string
  /** As its case came to the end; of a service with its address and contract of now. */
  readonly application: ConnectionApplication
  /** Version of the requirements that it was last found to meet. */
  readonly checkedBy: number
}

/** A check of what is connected already («təkrar yoxlama», R-062). */
export interface Recheck extends Omit<ConnectedObject, 'checkedBy'> {
  /** UUIDv7: in the order of opening. */
  readonly id: string
  readonly cause: RecheckCause
  readonly scope: RecheckScope
  /** Its check is by this version of the requirements or a later one. */
  readonly requirementSet: number
  readonly reason: string | undefined
  readonly change: DeclaredChange | undefined
  readonly openedAt: Date
  readonly openedBy: Actor
  /** Requests pass until then; undefined where only the kit is asked. */
  readonly until: Date | undefined
  readonly state: RecheckState
  readonly stateSince: Date
  readonly documents: readonly CaseDocument[]
  readonly revision: number
}
