import type { KeyObject } from 'node:crypto'
import { rsaBitsMax, rsaBitsMin } from '../../limits/certificates.js'
import type { SignatureAlgorithm } from './signature.js'

/** Which algorithms are good enough. Each method names what is wrong, or returns undefined. */
export interface AlgorithmPolicy {
  refusesSignature(algorithm: SignatureAlgorithm): string | undefined
  refusesKey(key: KeyObject): string | undefined
}

const families = new Set(['rsa', 'rsa-pss', 'ecdsa', 'ed25519'])
const hashes = new Set(['sha256', 'sha384', 'sha512'])
// OpenSSL's names of P-256 and P-384.
const curves = new Set(['prime256v1', 'secp384r1'])

/**
 * The bus's policy: RSA of 2048 bits or more with SHA-2 (PKCS #1 v1.5 or PSS), ECDSA on P-256 and
 * P-384 with SHA-2, Ed25519. Everything else, known or not, is refused by name.
 */
export const strictAlgorithms: AlgorithmPolicy = {
  refusesSignature({ family, hash, name }) {
    const accepted =
      families.has(family) && (family === 'ed25519' || (hash !== undefined && hashes.has(hash)))
    return accepted ? undefined : `it is signed with ${name}`
  },

  refusesKey(key) {
    const { modulusLength = 0, namedCurve = '' } = key.asymmetricKeyDetails ?? {}
    const type = key.asymmetricKeyType ?? 'unknown'
    if (type === 'rsa' || type === 'rsa-pss') {
      const accepted = modulusLength >= rsaBitsMin && modulusLength <= rsaBitsMax
      return accepted ? undefined : `its RSA key has ${modulusLength} bits`
    }
    if (type === 'ec') {
      return curves.has(namedCurve) ? undefined : `its key is on the curve ${namedCurve}`
    }
    return type === 'ed25519' ? undefined : `its key is of the type ${type}`
  },
}
