import type { BilingualText } from '../exchange/fault.js'

export const domainStatuses = ['active', 'suspended'] as const
export type DomainStatus = (typeof domainStatuses)[number]

/** An exchange domain: rights, queues and logs do not cross from one to another. */
export interface Domain {
  /** `PORTAL`, `SENED`, `MURACIET`. */
  readonly code: string
  readonly name: BilingualText | undefined
  readonly status: DomainStatus
}
