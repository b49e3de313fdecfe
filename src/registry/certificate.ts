import type { SubsystemId } from '../exchange/identifier.js'

/** `held` is out of use for a time. */
export const certificateStatuses = ['active', 'held', 'revoked'] as const
export type CertificateStatus = (typeof certificateStatuses)[number]

/** A certificate with which a subsystem signs. It belongs to one subsystem for good. */
export interface Certificate {
  /** base64url SHA-256 of the DER. */
  readonly thumbprint: string
  readonly der: Uint8Array
  readonly subsystem: SubsystemId
  /** The bus's own word, which holds whatever a revocation list says. */
  readonly status: CertificateStatus
}
