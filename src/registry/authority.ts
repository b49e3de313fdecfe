export const authorityRoles = ['anchor', 'intermediate'] as const
export type AuthorityRole = (typeof authorityRoles)[number]

export const revocationMethods = ['crl', 'none'] as const
export type RevocationMethod = (typeof revocationMethods)[number]

export const authorityStatuses = ['accepted', 'removed'] as const
export type AuthorityStatus = (typeof authorityStatuses)[number]

/** A certification authority whose certificates the bus accepts. */
export interface Authority {
  /** Its key in the registry. */
  readonly name: string
  /** base64url SHA-256 of the DER. */
  readonly thumbprint: string
  readonly der: Uint8Array
  readonly role: AuthorityRole
  /** `none` only where the authority publishes nothing: then only the registry can revoke. */
  readonly revocation: RevocationMethod
  /** Absolute path or http(s) URL of its revocation list; present exactly with `crl`. */
  readonly crl: string | undefined
  readonly status: AuthorityStatus
}
