import type { ServiceId, SubsystemId } from '../exchange/identifier.js'

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
  /** Which of a message's recipients it is for, where it names several; 0 for the first. */
  readonly copy: number
  /** Of the payload as it came. */
  readonly payloadBytes: number
  readonly acceptedAt: Date
  readonly expiresAt: Date
  readonly attempts: number
  /** Not to be tried before. */
  readonly nextAt: Date
  /** Code of the fault that the last attempt ended with. */
  readonly lastFault: string | undefined
  /** Why an operator has it dropped; undefined where nobody does. */
  readonly dropGround: string | undefined
}
