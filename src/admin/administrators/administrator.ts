import type { MemberId } from '../../exchange/identifier.js'

/** A certificate that an administrator logs in with. */
export interface AdministratorCertificate {
  /** SHA-256 of its DER, base64url. */
  readonly thumbprint: string
  readonly subject: string
  readonly expiresAt: Date
  readonly addedAt: Date
}

/** Who may log in to the admin API; nothing secret. */
export interface Administrator {
  /** UUIDv7. */
  readonly id: string
  readonly login: string
  /** The person's. */
  readonly name: string
  readonly email: string | undefined
  /** Whose person this is; undefined for none of a member's. */
  readonly member: MemberId | undefined
  readonly status: 'active' | 'disabled'
  readonly hasPassword: boolean
  readonly mustChangePassword: boolean
  readonly hasTotp: boolean
  readonly lockedUntil: Date | undefined
  /** Who it is at an OpenID provider. */
  readonly oidc: { readonly issuer: string; readonly subject: string } | undefined
  readonly certificates: readonly AdministratorCertificate[]
  readonly createdAt: Date
  readonly revision: number
}

/** What is said of a new one. */
export interface NewAdministrator {
  readonly login: string
  readonly name: string
  readonly email: string | undefined
  readonly member: MemberId | undefined
}

export const loginPattern = /^[a-z0-9][a-z0-9._-]{2,63}$/
