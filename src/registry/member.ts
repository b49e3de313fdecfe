import type { BilingualText } from '../exchange/fault.js'
import type { MemberId } from '../exchange/identifier.js'

/** Nothing is ever deleted from the registry: what ends is liquidated, and may name a successor. */
export const partyStatuses = ['active', 'suspended', 'liquidated'] as const
export type PartyStatus = (typeof partyStatuses)[number]

/** An agency or company admitted to the bus. */
export interface Member {
  readonly id: MemberId
  readonly name: BilingualText
  readonly status: PartyStatus
  readonly successor: MemberId | undefined
  /** Of one that is liquidated: until when its systems, which others own by now, go on under their old names. */
  readonly aliasUntil: Date | undefined
  /** Put away for good: it has ended, is in no list any more, and stays to be looked up. */
  readonly archived: boolean
}
