import { constants, type KeyObject } from 'node:crypto'
import type { XmlDocument, XmlElement } from '../../xml/document.js'
import {
  keyTypeOf,
  signByScheme,
  verifyByScheme,
  type KeyType,
  type SignatureScheme,
} from '../http-signature/algorithms.js'
import type { VerificationKey } from '../http-signature/parameters.js'
import { sha256, sha384, sha512, type Digest } from './digest-method.js'
import { more2007Namespace, moreNamespace } from './names.js'
import { readPssDigest } from './pss-parameters.js'
import { forbiddenAlgorithm } from './refused-algorithms.js'
import { algorithmOf, checkEmpty } from './strict-reading.js'

/** How a SignatureMethod asks node:crypto, by the kind of the key; absent for a key that does not fit. */
export type SchemeByKeyType = Readonly<Partial<Record<KeyType, SignatureScheme>>>

function rsa({ name }: Digest): SchemeByKeyType {
  return { rsa: { keyType: 'rsa', digest: name, padding: constants.RSA_PKCS1_PADDING } }
}

function pss({ name, bytes }: Digest): SchemeByKeyType {
  const padding = constants.RSA_PKCS1_PSS_PADDING
  return { rsa: { keyType: 'rsa', digest: name, padding, saltLength: bytes } }
}

/** The value is r||s, each as long as the order of the curve (XML Signature 1.1 §6.4.3). */
function ecdsa({ name }: Digest): SchemeByKeyType {
  return {
    p256: { keyType: 'p256', digest: name, signatureBytes: 64 },
    p384: { keyType: 'p384', digest: name, signatureBytes: 96 },
  }
}

const eddsa = 'http://www.w3.org/2021/04/xmldsig-more#eddsa-ed25519'
const pssByDigest = { sha256: pss(sha256), sha384: pss(sha384), sha512: pss(sha512) } as const
const pssWithParameters = `${more2007Namespace}rsa-pss`

// XML Signature 1.1 §6.4, RFC 9231 §2.3.
const schemesByIdentifier = new Map<string, SchemeByKeyType>([
  [`${moreNamespace}rsa-sha256`, rsa(sha256)],
  [`${moreNamespace}rsa-sha384`, rsa(sha384)],
  [`${moreNamespace}rsa-sha512`, rsa(sha512)],
  [`${more2007Namespace}sha256-rsa-MGF1`, pssByDigest.sha256],
  [`${more2007Namespace}sha384-rsa-MGF1`, pssByDigest.sha384],
  [`${more2007Namespace}sha512-rsa-MGF1`, pssByDigest.sha512],
  [`${moreNamespace}ecdsa-sha256`, ecdsa(sha256)],
  [`${moreNamespace}ecdsa-sha384`, ecdsa(sha384)],
  [`${moreNamespace}ecdsa-sha512`, ecdsa(sha512)],
  [eddsa, { ed25519: { keyType: 'ed25519', digest: null, signatureBytes: 64 } }],
])

/**
 * Reads a SignatureMethod with its parameters. HMACOutputLength, which once let a signature be cut to
 * nothing, is none of them.
 * @throws Fault ALGORITHM_FORBIDDEN, SIGNATURE_INVALID
 */
export function readSignatureMethod(document: XmlDocument, element: XmlElement): SchemeByKeyType {
  const field = 'SignatureMethod'
  const algorithm = algorithmOf(document, element, field)
  if (algorithm === pssWithParameters) return pssByDigest[readPssDigest(document, element).name]
  const schemes = schemesByIdentifier.get(algorithm)
  if (!schemes) throw forbiddenAlgorithm(field, algorithm)
  checkEmpty(document, element, field)
  return schemes
}

/** The identifier of the algorithm that a key of this type signs with, where nobody asks for another. */
export const signatureMethodByKeyType: Readonly<Record<KeyType, string>> = {
  rsa: `${moreNamespace}rsa-sha256`,
  p256: `${moreNamespace}ecdsa-sha256`,
  p384: `${moreNamespace}ecdsa-sha384`,
  ed25519: eddsa,
}

/**
 * Signs `data`.
 * @param algorithm identifier of a SignatureMethod without parameters
 * @throws TypeError where the algorithm is unknown or does not take the key
 */
export function signWithKey(algorithm: string, key: KeyObject, data: Uint8Array): Buffer {
  const keyType = keyTypeOf(key)
  const scheme = keyType && schemesByIdentifier.get(algorithm)?.[keyType]
  if (!scheme) throw new TypeError('the signature algorithm does not take the key')
  return signByScheme(scheme, key, data)
}

/** Whether `signature` over `data` was made with the private half of the key; a key that does not fit made none. */
export function verifyWithKey(
  schemes: SchemeByKeyType,
  { publicKey, keyType }: VerificationKey,
  data: Uint8Array,
  signature: Uint8Array,
): boolean {
  const scheme = schemes[keyType]
  return scheme !== undefined && verifyByScheme(scheme, publicKey, data, signature)
}
