import { constants, sign, type KeyObject, type webcrypto } from 'node:crypto'
import { promisify } from 'node:util'
import { signingAlgorithmOf, type SigningAlgorithm, type SigningHash } from './key-pair.js'

/** A key that signs certificates and need not be at hand: in this process, in a file, in a hardware module. */
export interface CaKey {
  readonly publicKey: KeyObject
  /** What it signs with, one for good. */
  readonly algorithm: SigningAlgorithm
  /**
   * Signs the bytes, which it hashes itself.
   * @returns as Web Crypto writes it: ECDSA as r and s one after the other
   * @throws Error where the key is out of reach
   */
  sign(bytes: Uint8Array): Promise<Buffer>
}

const signOffLoop = promisify(sign)

/** A private key in memory. @throws TypeError for a key that certificates cannot be signed with */
export function caKeyOf(privateKey: KeyObject, publicKey: KeyObject, hash?: SigningHash): CaKey {
  const algorithm = signingAlgorithmOf(privateKey, hash)
  const digest = algorithm.hash?.replace('-', '').toLowerCase()
  const key = {
    key: privateKey,
    dsaEncoding: 'ieee-p1363' as const,
    ...(algorithm.name === 'RSASSA-PKCS1-v1_5' && { padding: constants.RSA_PKCS1_PADDING }),
  }
  return { publicKey, algorithm, sign: (bytes) => signOffLoop(digest, bytes, key) }
}

/** What the certificate library calls instead of Web Crypto, so that a key may be anywhere. */
export interface LibraryKey {
  readonly signingKey: webcrypto.CryptoKey
  readonly signingAlgorithm: SigningAlgorithm
  readonly crypto: webcrypto.Crypto
}

/** The key as the certificate library takes keys: of its Web Crypto it needs a signature and no more. */
export function libraryKeyOf(key: CaKey): LibraryKey {
  const signingKey = { algorithm: {}, type: 'private' }
  const subtle = {
    sign: (_algorithm: unknown, _key: unknown, bytes: ArrayBuffer) =>
      key.sign(new Uint8Array(bytes)),
    exportKey: () => Promise.resolve(key.publicKey.export({ type: 'spki', format: 'der' })),
  }
  return {
    signingKey: signingKey as unknown as webcrypto.CryptoKey,
    signingAlgorithm: key.algorithm,
    crypto: { subtle } as unknown as webcrypto.Crypto,
  }
}
