/** Who admits an object, in a domain whose founding act says so. */
export const approvers = ['OPERATOR', 'FOUNDER_ADMIN'] as const
export type Approver = (typeof approvers)[number]

/** What a domain has of its own in the procedure; the states are the same everywhere. */
export interface DomainProfile {
  readonly domain: string
  /** Who refuses, and who concludes the agreement. */
  readonly approver: Approver
  /** Whether there is no agreement without a positive opinion of the security body. */
  readonly securityOpinion: boolean
  /** 0 where the domain has said nothing. */
  readonly revision: number
}

/** Of a domain that has said nothing. */
export function usualProfile(domain: string): DomainProfile {
  return { domain, approver: 'OPERATOR', securityOpinion: false, revision: 0 }
}
