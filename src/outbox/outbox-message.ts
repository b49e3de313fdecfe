import type { ServiceId, SubsystemId } from '../exchange/identifier.js'

/** Lanes are spread over so many partitions; one worker at a time delivers those of one. */
export const outboxPartitions = 16

/** A one-way message that waits for its delivery, as the outbox has it; its content is in the message log. */
export interface OutboxMessage {
  /** Order of acceptance. */
  readonly position: bigint
  readonly exchangeId: string
  readonly partition: number
  readonly sender: SubsystemId
  readonly recipient: ServiceId
  readonly provider: SubsystemId
  readonly messageId: string
  /** By which adapter it came. */
  readonly protocol: string
  readonly acceptedAt: Date
  readonly expiresAt: Date
  readonly attempts: number
  /** Not to be tried before. */
  readonly nextAt: Date
  /** Code of the fault that the last attempt ended with. */
  readonly lastFault: string | undefined
}
