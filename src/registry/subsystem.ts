import type { ReplySignature } from '../exchange/signers.js'
import type { BilingualText } from '../exchange/fault.js'
import type { MemberId, SubsystemId } from '../exchange/identifier.js'
import type { PartyStatus } from './member.js'

export const replySignatures = ['ecdsa', 'rsa'] as const satisfies readonly ReplySignature[]

/** A registered information system of a member: holds certificates, is the party to access rights. */
export interface Subsystem {
  /** A name for good, whoever owns it: entries of the message log have it. */
  readonly id: SubsystemId
  /** Who answers for it and administers it; at first the member in its id. */
  readonly owner: MemberId
  /** Code of the one exchange domain it belongs to. */
  readonly domain: string
  readonly name: BilingualText
  /** What its stack verifies: the bus signs replies to it by that key. */
  readonly replySignature: ReplySignature
  /** Whether it has queues at the broker, and a user there. */
  readonly mq: boolean
  readonly status: PartyStatus
  readonly successor: SubsystemId | undefined
  /** Whether it must not end without a successor or a place where its data are kept. */
  readonly important: boolean
  /** Where its data are kept after its end, in words. */
  readonly archivePlace: string | undefined
  /** Names of the network zones that it may come from; any, where there are none. */
  readonly zones: readonly string[]
  /** Whether it is let in by mutual TLS only, with a certificate of its own. */
  readonly clientCertificate: boolean
  /** Whether the bus believes what it signs about end users. */
  readonly assertsUsers: boolean
  /** Put away for good: it has ended, is in no list any more, and stays to be looked up. */
  readonly archived: boolean
}
