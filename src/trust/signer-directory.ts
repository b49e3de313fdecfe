import type { Signer } from '../exchange/exchange.js'
import type { VerificationKey } from './http-signature/parameters.js'

/**
 * The key of a registered certificate. It proves nothing by itself: neither that it signed anything,
 * nor that its certificate is good.
 */
export interface RegisteredKey extends VerificationKey {
  readonly signer: Signer
}

/** What a message may name a certificate by, if not by its SHA-256. It identifies and proves nothing. */
export type CertificateName =
  | {
      readonly by: 'issuer-serial'
      /** Distinguished name as text (RFC 4514). */
      readonly issuer: string
      /** Decimal. */
      readonly serialNumber: string
    }
  /** Lower-case hexadecimal. */
  | { readonly by: 'subject-key-id' | 'sha1'; readonly value: string }

/**
 * Who signs with which certificate. Verifiers of every signature format ask it twice, so that whoever
 * does not hold a key learns nothing of its certificate: for the key, and once a signature has proved
 * right, for the certificate.
 */
export interface SignerDirectory {
  /**
   * The key of a registered certificate, whatever has become of the certificate.
   * @param thumbprint base64url SHA-256 of the certificate's DER
   * @throws Fault CERT_UNKNOWN where none is registered whose key can check signatures
   */
  key(thumbprint: string): RegisteredKey
  /**
   * The thumbprint of the registered certificate that a message names otherwise. What names several
   * names none.
   * @throws Fault CERT_UNKNOWN
   */
  find(name: CertificateName): string
  /**
   * Whether the certificate may sign at this moment: in its chain, in its time, not revoked. MUST NOT be
   * asked before a signature with its key has proved right, since the fault tells of the certificate.
   * @throws Fault CERT_UNKNOWN, CERT_EXPIRED, CERT_REVOKED, ALGORITHM_FORBIDDEN
   */
  checkCertificate(thumbprint: string): void
}
