import type { SubsystemId } from '../exchange/identifier.js'

/** A subsystem that has queues, as the registry has it. */
export interface QueueOwner {
  readonly id: SubsystemId
  /** Whether it may use them: it, its member and its domain are active. */
  readonly isActive: boolean
  /** Queues beside `in` that its services name. */
  readonly furtherQueues: readonly string[]
}
