import { constants } from 'node:crypto'
import type { KeyType, SignatureScheme } from '../trust/http-signature/algorithms.js'

/** One algorithm of JSON Web Algorithms. */
export interface ReceiptAlgorithm {
  /** `alg` of the header. */
  readonly name: string
  readonly scheme: SignatureScheme
}

/**
 * The key decides, and for each kind of key there is one algorithm (RFC 7518 §3.1, RFC 8037 §3.1): `alg`
 * chooses nothing, it has to say what the key says.
 */
export const receiptAlgorithms: Readonly<Record<KeyType, ReceiptAlgorithm>> = {
  p256: {
    name: 'ES256',
    scheme: { keyType: 'p256', digest: 'sha256', signatureBytes: 64 },
  },
  p384: {
    name: 'ES384',
    scheme: { keyType: 'p384', digest: 'sha384', signatureBytes: 96 },
  },
  // RFC 7518 §3.5: MGF1 with SHA-256, salt of 32 bytes.
  rsa: {
    name: 'PS256',
    scheme: {
      keyType: 'rsa',
      digest: 'sha256',
      padding: constants.RSA_PKCS1_PSS_PADDING,
      saltLength: 32,
    },
  },
  ed25519: {
    name: 'EdDSA',
    scheme: { keyType: 'ed25519', digest: null, signatureBytes: 64 },
  },
}

const names: ReadonlySet<string> = new Set(Object.values(receiptAlgorithms).map(({ name }) => name))

/** Whether a receipt may be signed so with a key of some kind. */
export function isReceiptAlgorithm(name: string): boolean {
  return names.has(name)
}
