import { constants } from 'node:crypto'
import type { KeyType, SignatureScheme } from '../http-signature/algorithms.js'

const rsa = (digest: string): SignatureScheme => ({
  keyType: 'rsa',
  digest,
  padding: constants.RSA_PKCS1_PADDING,
})

// RFC 7518 §3.5: MGF1 with the same digest, a salt as long as the digest.
const pss = (digest: string, saltLength: number): SignatureScheme => ({
  keyType: 'rsa',
  digest,
  padding: constants.RSA_PKCS1_PSS_PADDING,
  saltLength,
})

/**
 * The algorithms of JSON Web Algorithms that the bus accepts (RFC 7518 §3.1, RFC 8037 §3.1): each takes one kind of
 * key. `none` and HMAC are no proof towards third parties, and there is no other name.
 */
const schemes: ReadonlyMap<string, SignatureScheme> = new Map([
  ['RS256', rsa('sha256')],
  ['RS384', rsa('sha384')],
  ['RS512', rsa('sha512')],
  ['PS256', pss('sha256', 32)],
  ['PS384', pss('sha384', 48)],
  ['PS512', pss('sha512', 64)],
  // RFC 7518 §3.4: r and s one after the other, each as long as the order of the curve.
  ['ES256', { keyType: 'p256', digest: 'sha256', signatureBytes: 64 }],
  ['ES384', { keyType: 'p384', digest: 'sha384', signatureBytes: 96 }],
  ['EdDSA', { keyType: 'ed25519', digest: null, signatureBytes: 64 }],
])

/** What the bus signs with by itself: as on HTTP, the key decides. */
export const algorithmByKeyType: Readonly<Record<KeyType, string>> = {
  rsa: 'RS256',
  p256: 'ES256',
  p384: 'ES384',
  ed25519: 'EdDSA',
}

/** How an `alg` asks node:crypto; undefined for one that is not accepted. */
export function schemeOf(alg: string): SignatureScheme | undefined {
  return schemes.get(alg)
}
