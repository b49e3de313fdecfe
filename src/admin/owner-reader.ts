import type { MemberId, SubsystemId } from '../exchange/identifier.js'

/** Which member administers a subsystem: what the guard asks before a route of one member's administrators. */
export interface OwnerReader {
  /** @returns undefined where there is no such subsystem */
  ownerOf(subsystem: SubsystemId): Promise<MemberId | undefined>
}
