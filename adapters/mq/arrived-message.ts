import type { ConsumeMessage } from 'amqplib'
import type { SubsystemId } from '../../src/exchange/identifier.js'
import type { Lane } from './lane.js'

/** A queue that a subsystem writes and the bus reads. */
export interface SubsystemQueue {
  readonly name: string
  readonly owner: SubsystemId
  /** Requests are answered in the reply queue; messages by notices, and their order is kept. */
  readonly kind: 'requests' | 'messages'
  readonly lane: Lane
}

/** A message as the broker handed it over. */
export interface ArrivedMessage {
  readonly queue: SubsystemQueue
  readonly delivery: ConsumeMessage
}

/**
 * What becomes of a message: it is acknowledged, as its outcome is durable and told; or it goes back to its queue, as
 * this worker cannot carry it to its end.
 */
export type Settlement = 'done' | 'requeue'

/** Carries a message to its end. MUST NOT reject. */
export type TakeMessage = (arrived: ArrivedMessage) => Promise<Settlement>
