import { generateKeyPair, type KeyObject } from 'node:crypto'
import { promisify } from 'node:util'

/** Kinds of keys that the bus makes. */
export type IssuedKeyType = 'rsa-2048' | 'rsa-3072' | 'p256' | 'p384' | 'ed25519'

export interface KeyPair {
  readonly privateKey: KeyObject
  readonly publicKey: KeyObject
}

const generate = promisify(generateKeyPair)

/** Makes a new key pair, off the event loop. */
export async function makeKeyPair(type: IssuedKeyType): Promise<KeyPair> {
  switch (type) {
    case 'rsa-2048':
      return generate('rsa', { modulusLength: 2048 })
    case 'rsa-3072':
      return generate('rsa', { modulusLength: 3072 })
    case 'p256':
      return generate('ec', { namedCurve: 'P-256' })
    case 'p384':
      return generate('ec', { namedCurve: 'P-384' })
    case 'ed25519':
      return generate('ed25519')
  }
}

/** PKCS #8 in PEM, unencrypted: the caller guards the file. */
export function privateKeyPem(key: KeyObject): string {
  return key.export({ type: 'pkcs8', format: 'pem' }).toString()
}

/** SHA-2 digests that certificates may be signed with. */
export type SigningHash = 'SHA-256' | 'SHA-384' | 'SHA-512'

/** How a key signs certificates: the algorithm that Web Crypto knows it under. */
export interface SigningAlgorithm {
  readonly name: string
  readonly hash?: SigningHash
  readonly namedCurve?: string
}

/** @throws TypeError for a key that certificates cannot be signed with */
export function signingAlgorithmOf(key: KeyObject, hash?: SigningHash): SigningAlgorithm {
  const type = key.asymmetricKeyType
  if (type === 'rsa') return { name: 'RSASSA-PKCS1-v1_5', hash: hash ?? 'SHA-256' }
  if (type === 'ed25519') return { name: 'Ed25519' }
  if (type !== 'ec') throw new TypeError('a key of this type cannot sign certificates')
  const isP384 = key.asymmetricKeyDetails?.namedCurve === 'secp384r1'
  const own = isP384 ? 'SHA-384' : 'SHA-256'
  return { name: 'ECDSA', hash: hash ?? own, namedCurve: isP384 ? 'P-384' : 'P-256' }
}
