import type { MemberId, ServiceId } from '../exchange/identifier.js'

/** How a provider's service failed again and again: no connection, or no whole answer in time. */
export const troubleReasons = ['unreachable', 'unanswered'] as const
export type TroubleReason = (typeof troubleReasons)[number]

/** A service that is FAULTY, or was. */
export interface ProviderTrouble {
  readonly service: ServiceId
  readonly isFaulty: boolean
  readonly reason: TroubleReason
  /** The only member whose requests failed, and for whose systems alone it is closed; undefined: for everybody. */
  readonly member: MemberId | undefined
  /** What ends it: that a connection can be made, or an exchange that goes well. */
  readonly probe: 'connection' | 'exchange'
  readonly since: Date
}
