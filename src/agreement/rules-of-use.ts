import type { BilingualText } from '../exchange/fault.js'
import type { MemberId } from '../exchange/identifier.js'

/** A version of the rules of use («istifadə qaydaları»); it is never changed, only followed by another. */
export interface RulesOfUse {
  /** From 1 on, without gaps. */
  readonly version: number
  readonly title: BilingualText
  readonly text: BilingualText
  readonly inForceFrom: Date
  readonly publishedBy: string
  readonly publishedAt: Date
}

/** That a participant knows a version of the rules. */
export interface RulesAcknowledgement {
  readonly version: number
  readonly member: MemberId
  readonly by: string
  readonly at: Date
}
