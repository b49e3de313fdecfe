import type { SubsystemId } from '../exchange/identifier.js'

/** What the bus believes in, as the registry holds it. A snapshot: MUST NOT change once handed out. */
export interface TrustMaterial {
  /** Another number whenever certificates, authorities, revocation lists or OCSP answers change. */
  readonly generation: number
  /** @param thumbprint base64url SHA-256 of the certificate's DER */
  certificate(thumbprint: string): RegisteredCertificate | undefined
  /** All of them, by thumbprint: messages name certificates by other things too. */
  readonly certificates: ReadonlyMap<string, RegisteredCertificate>
  readonly authorities: readonly RegisteredAuthority[]
  /** DER of each list. */
  readonly revocationLists: readonly Uint8Array[]
  /**
   * DER of the newest OCSP answer about a certificate, registered or an authority's.
   * @param thumbprint base64url SHA-256 of the certificate's DER
   */
  ocspAnswer(thumbprint: string): Uint8Array | undefined
}

/** A certificate bound to the subsystem that may sign with it. */
export interface RegisteredCertificate {
  readonly der: Uint8Array
  readonly subsystem: SubsystemId
  readonly status: 'active' | 'held' | 'revoked'
}

/** An accepted authority: where a path may end, or what it may lead over. */
export interface RegisteredAuthority {
  readonly der: Uint8Array
  readonly role: 'anchor' | 'intermediate'
  /** How the certificates that it issued are checked for revocation. */
  readonly revocation: 'crl' | 'ocsp' | 'none'
  /** With `ocsp`: whether certificates are accepted about which there is no current answer; `refuse` by default. */
  readonly unreachable?: 'refuse' | 'accept'
}
