import type { KeyObject } from 'node:crypto'
import type { Signer } from '../exchange/exchange.js'
import type { KeyType } from './http-signature/algorithms.js'

/** A certificate that may sign at this moment, with the key that checks its signatures. */
export interface VerifiedSigner {
  readonly signer: Signer
  readonly publicKey: KeyObject
  readonly keyType: KeyType
}

/** Who signs with which certificate. Verifiers of every signature format ask it. */
export interface SignerDirectory {
  /**
   * MUST answer only for a certificate that is registered, in its chain, in its time and not revoked.
   * @param thumbprint base64url SHA-256 of the certificate's DER
   * @throws Fault CERT_UNKNOWN, CERT_EXPIRED, CERT_REVOKED, ALGORITHM_FORBIDDEN
   */
  signer(thumbprint: string): VerifiedSigner
}
