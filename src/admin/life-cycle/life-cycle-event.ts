import type { MemberId, SubsystemId } from '../../exchange/identifier.js'

export const lifeCycleKinds = ['owner-change', 'merger', 'liquidation'] as const
export type LifeCycleKind = (typeof lifeCycleKinds)[number]

export const lifeCycleStates = ['planned', 'done', 'cancelled'] as const
export type LifeCycleState = (typeof lifeCycleStates)[number]

/** What happens to a member or a system on a day. */
export interface LifeCyclePlan {
  readonly kind: LifeCycleKind
  /** A subsystem, or a member of a merger or liquidation. */
  readonly subject: SubsystemId | MemberId
  /** The new owner; of a liquidation who goes on in its place, where somebody does. */
  readonly target: string | undefined
  /** Of a merger: until when the old names are good. */
  readonly aliasUntil: Date | undefined
  readonly archivePlace: string | undefined
  readonly reason: string
  readonly dueAt: Date
}

export interface LifeCycleEvent extends LifeCyclePlan {
  /** UUIDv7. */
  readonly id: string
  readonly filedAt: Date
  readonly filedBy: string
  readonly state: LifeCycleState
  readonly endedAt: Date | undefined
  readonly endedBy: string | undefined
  /** Why its last attempt did not go through. */
  readonly trouble: string | undefined
  readonly revision: number
}
