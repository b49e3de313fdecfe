import type { ServiceCode, ServiceId, SubsystemId } from '../../exchange/identifier.js'
import type { AccessRight } from '../../registry/access-right.js'

/** `withdrawn`: by who asked, before anybody answered. */
export const requestStates = ['asked', 'granted', 'refused', 'withdrawn'] as const
export type RequestState = (typeof requestStates)[number]

/** Why a provider refuses, in one language at least. */
export interface Ground {
  readonly az?: string | undefined
  readonly en?: string | undefined
}

/** What a participant asks for: the terms that a right would have. */
export interface AskedTerms {
  readonly consumer: SubsystemId
  /** One version, or a service code for all versions. */
  readonly service: ServiceId | ServiceCode
  readonly legalBasis: string
  readonly purpose: string
  readonly modes: AccessRight['modes']
  readonly omit: readonly string[]
  readonly from: Date
  readonly until: Date | undefined
  readonly dailyQuota: number | undefined
}

/** An access-right request, and what became of it. */
export interface AccessRightRequest extends AskedTerms {
  /** UUIDv7: in the order of asking. */
  readonly id: string
  readonly provider: SubsystemId
  readonly askedBy: string
  readonly askedAt: Date
  readonly state: RequestState
  readonly ground: Ground | undefined
  readonly decidedBy: string | undefined
  readonly decidedAt: Date | undefined
  /** The right that was granted. */
  readonly accessRight: string | undefined
  readonly revision: number
}
