import { createHash } from 'node:crypto'
import type { ExchangeMode } from '../exchange/envelope.js'
import type { ServiceCode, ServiceId, SubsystemId } from '../exchange/identifier.js'

export const accessRightStatuses = ['active', 'withdrawn'] as const
export type AccessRightStatus = (typeof accessRightStatuses)[number]

/** A provider's permission to a consumer subsystem. In force from `from` until just before `until`. */
export interface AccessRight {
  readonly id: string
  readonly consumer: SubsystemId
  /** One version, or a service code for all versions. */
  readonly service: ServiceId | ServiceCode
  readonly legalBasis: string
  readonly purpose: string
  readonly from: Date
  readonly until: Date | undefined
  readonly modes: readonly ExchangeMode[]
  readonly status: AccessRightStatus
  /** What is left out of the replies, as JSON Pointers (RFC 6901) with `*` for any element of a list. */
  readonly omit: readonly string[]
  /** Exchanges a day of the country; undefined where there is no such limit. */
  readonly dailyQuota: number | undefined
}

/**
 * The id of a right that is given none: the same parties and purpose are the same right, so that
 * applying a declaration again or with a new period changes it rather than adding another.
 */
export function accessRightIdOf(consumer: string, service: string, purpose: string): string {
  const digest = createHash('sha256').update(JSON.stringify([consumer, service, purpose]))
  return `AR-${digest.digest('hex').slice(0, 20)}`
}
