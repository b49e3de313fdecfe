import type { ReplySignature } from '../exchange/exchange.js'
import type { BilingualText } from '../exchange/fault.js'
import type { SubsystemId } from '../exchange/identifier.js'
import type { PartyStatus } from './member.js'

export const replySignatures = ['ecdsa', 'rsa'] as const satisfies readonly ReplySignature[]

/** A registered information system of a member: holds certificates, is the party to access rights. */
export interface Subsystem {
  readonly id: SubsystemId
  /** Code of the one exchange domain it belongs to. */
  readonly domain: string
  readonly name: BilingualText
  /** What its stack verifies: the bus signs replies to it by that key. */
  readonly replySignature: ReplySignature
  /** Whether it has queues at the broker, and a user there. */
  readonly mq: boolean
  readonly status: PartyStatus
  readonly successor: SubsystemId | undefined
}
