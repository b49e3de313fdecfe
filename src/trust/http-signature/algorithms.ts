import { constants, sign, verify, type KeyObject } from 'node:crypto'
import { Fault } from '../../exchange/fault.js'
import { rsaBitsMax } from '../../limits/certificates.js'

/**
 * The signature algorithms that the bus accepts: the asymmetric ones of the HTTP Signature Algorithms
 * registry (RFC 9421 §6.2), and nothing else. The registry names no RSA scheme with other digests, so
 * there is none here; HMAC is no proof towards third parties, and SHA-1 is not to be had.
 */
export type SignatureAlgorithm =
  'rsa-v1_5-sha256' | 'rsa-pss-sha512' | 'ecdsa-p256-sha256' | 'ecdsa-p384-sha384' | 'ed25519'

export type KeyType = 'rsa' | 'p256' | 'p384' | 'ed25519'

/** How one algorithm asks node:crypto. */
export interface SignatureScheme {
  readonly keyType: KeyType
  /** null where the algorithm digests by itself (Ed25519). */
  readonly digest: string | null
  readonly padding?: number
  readonly saltLength?: number
  /** Length of r||s (RFC 9421 §3.3.4 and §3.3.5); absent where the key's length decides. */
  readonly signatureBytes?: number
}

const schemes: Readonly<Record<SignatureAlgorithm, SignatureScheme>> = {
  // RFC 9421 §3.3.2.
  'rsa-v1_5-sha256': {
    keyType: 'rsa',
    digest: 'sha256',
    padding: constants.RSA_PKCS1_PADDING,
  },
  // RFC 9421 §3.3.1: MGF1 with SHA-512, salt of 64 bytes.
  'rsa-pss-sha512': {
    keyType: 'rsa',
    digest: 'sha512',
    padding: constants.RSA_PKCS1_PSS_PADDING,
    saltLength: 64,
  },
  'ecdsa-p256-sha256': { keyType: 'p256', digest: 'sha256', signatureBytes: 64 },
  'ecdsa-p384-sha384': { keyType: 'p384', digest: 'sha384', signatureBytes: 96 },
  ed25519: { keyType: 'ed25519', digest: null, signatureBytes: 64 },
}

const defaultByKeyType: Readonly<Record<KeyType, SignatureAlgorithm>> = {
  rsa: 'rsa-v1_5-sha256',
  p256: 'ecdsa-p256-sha256',
  p384: 'ecdsa-p384-sha384',
  ed25519: 'ed25519',
}

/** The kind of a key, or undefined for one that no accepted algorithm takes or that is too slow to verify. */
export function keyTypeOf(key: KeyObject): KeyType | undefined {
  if (key.asymmetricKeyType === 'rsa') {
    return (key.asymmetricKeyDetails?.modulusLength ?? 0) <= rsaBitsMax ? 'rsa' : undefined
  }
  if (key.asymmetricKeyType === 'ed25519') return 'ed25519'
  if (key.asymmetricKeyType !== 'ec') return undefined
  const curve = key.asymmetricKeyDetails?.namedCurve
  if (curve === 'prime256v1') return 'p256'
  return curve === 'secp384r1' ? 'p384' : undefined
}

/** Whether `alg` names an algorithm that the bus accepts. */
export function isSignatureAlgorithm(alg: string): alg is SignatureAlgorithm {
  return Object.hasOwn(schemes, alg)
}

/** Whether `alg` names an accepted algorithm that takes keys of this type. */
export function fitsKey(alg: string, keyType: KeyType): boolean {
  return isSignatureAlgorithm(alg) && schemes[alg].keyType === keyType
}

/**
 * The algorithm of a signature: the key decides, and `alg`, where it is given, must fit the key
 * (RFC 9421 §3.2 step 6). An RSA key without `alg` means `rsa-v1_5-sha256`.
 * @throws Fault ALGORITHM_FORBIDDEN
 */
export function algorithmFor(keyType: KeyType, alg: string | undefined): SignatureAlgorithm {
  if (alg === undefined) return defaultByKeyType[keyType]
  if (!isSignatureAlgorithm(alg)) {
    throw new Fault('ALGORITHM_FORBIDDEN', {
      field: 'alg',
      detail: 'The signature parameter alg names no accepted algorithm of RFC 9421.',
    })
  }
  if (!fitsKey(alg, keyType)) {
    throw new Fault('ALGORITHM_FORBIDDEN', {
      field: 'alg',
      detail: 'The signature parameter alg does not fit the key of the certificate.',
    })
  }
  return alg
}

/** Whether `signature` over `data` was made with the private half of `key`. */
export function verifyBytes(
  algorithm: SignatureAlgorithm,
  key: KeyObject,
  data: Uint8Array,
  signature: Uint8Array,
): boolean {
  return verifyByScheme(schemes[algorithm], key, data, signature)
}

/** As `verifyBytes`, by the scheme itself; published vectors need schemes outside the registry. */
export function verifyByScheme(
  { digest, padding, saltLength, signatureBytes }: SignatureScheme,
  key: KeyObject,
  data: Uint8Array,
  signature: Uint8Array,
): boolean {
  if (signatureBytes !== undefined && signature.length !== signatureBytes) return false
  if (padding === undefined) {
    return verify(digest, data, { key, dsaEncoding: 'ieee-p1363' }, signature)
  }
  return saltLength === undefined
    ? verify(digest, data, { key, padding }, signature)
    : verify(digest, data, { key, padding, saltLength }, signature)
}

/** Signs `data`. The key must be of the algorithm's type. */
export function signBytes(algorithm: SignatureAlgorithm, key: KeyObject, data: Uint8Array): Buffer {
  return signByScheme(schemes[algorithm], key, data)
}

/** As `signBytes`, by the scheme itself. */
export function signByScheme(
  { digest, padding, saltLength }: SignatureScheme,
  key: KeyObject,
  data: Uint8Array,
): Buffer {
  if (padding === undefined) return sign(digest, data, { key, dsaEncoding: 'ieee-p1363' })
  return saltLength === undefined
    ? sign(digest, data, { key, padding })
    : sign(digest, data, { key, padding, saltLength })
}
