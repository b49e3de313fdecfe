export const authorityRoles = ['anchor', 'intermediate'] as const
export type AuthorityRole = (typeof authorityRoles)[number]

export const revocationMethods = ['crl', 'ocsp', 'none'] as const
export type RevocationMethod = (typeof revocationMethods)[number]

/** What becomes of an authority's certificates about which its OCSP responder says nothing current. */
export const unreachablePolicies = ['refuse', 'accept'] as const
export type UnreachablePolicy = (typeof unreachablePolicies)[number]

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
  /** http(s) URL of its OCSP responder (RFC 6960); present exactly with `ocsp`. */
  readonly ocsp: string | undefined
  /** `accept` with `ocsp` only. */
  readonly unreachable: UnreachablePolicy
  readonly status: AuthorityStatus
}
