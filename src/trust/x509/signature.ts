import { constants, createPublicKey, verify, type KeyObject } from 'node:crypto'
import {
  contextTag,
  DerError,
  derTag,
  enterValue,
  rawOf,
  type DerReader,
  type DerValue,
} from './der.js'
import { octetsOfBitString, oidOf, smallNaturalOf } from './der-values.js'

export type SignatureFamily = 'rsa' | 'rsa-pss' | 'ecdsa' | 'dsa' | 'ed25519' | 'unknown'

/** An AlgorithmIdentifier of a signature (RFC 5280 §4.1.1.2), good or bad: policy judges it. */
export interface SignatureAlgorithm {
  readonly family: SignatureFamily
  /** node's digest name; undefined where the scheme has none of its own or is unknown. */
  readonly hash: string | undefined
  /** For people, such as `RSA with SHA-256`, or the identifier of an unknown one. */
  readonly name: string
  /** RSA-PSS only. */
  readonly saltBytes?: number
}

/** How everything stands that X.509 signs: what is signed, by which algorithm, and the signature. */
export interface SignedValue {
  readonly signed: DerValue
  readonly algorithm: DerValue
  readonly signature: Buffer
}

/** Reads the three; what may follow them is left to the caller. @throws DerError */
export function nextSigned(reader: DerReader): SignedValue {
  const signed = reader.next(derTag.sequence)
  const algorithm = reader.next(derTag.sequence)
  return { signed, algorithm, signature: octetsOfBitString(reader.next(derTag.bitString)) }
}

const hashNames: Readonly<Record<string, string>> = {
  '1.3.14.3.2.26': 'sha1',
  '2.16.840.1.101.3.4.2.4': 'sha224',
  '2.16.840.1.101.3.4.2.1': 'sha256',
  '2.16.840.1.101.3.4.2.2': 'sha384',
  '2.16.840.1.101.3.4.2.3': 'sha512',
}

const known: Readonly<Record<string, readonly [SignatureFamily, string | undefined, string]>> = {
  '1.2.840.113549.1.1.2': ['rsa', undefined, 'RSA with MD2'],
  '1.2.840.113549.1.1.4': ['rsa', 'md5', 'RSA with MD5'],
  '1.2.840.113549.1.1.5': ['rsa', 'sha1', 'RSA with SHA-1'],
  '1.2.840.113549.1.1.14': ['rsa', 'sha224', 'RSA with SHA-224'],
  '1.2.840.113549.1.1.11': ['rsa', 'sha256', 'RSA with SHA-256'],
  '1.2.840.113549.1.1.12': ['rsa', 'sha384', 'RSA with SHA-384'],
  '1.2.840.113549.1.1.13': ['rsa', 'sha512', 'RSA with SHA-512'],
  '1.2.840.10045.4.1': ['ecdsa', 'sha1', 'ECDSA with SHA-1'],
  '1.2.840.10045.4.3.1': ['ecdsa', 'sha224', 'ECDSA with SHA-224'],
  '1.2.840.10045.4.3.2': ['ecdsa', 'sha256', 'ECDSA with SHA-256'],
  '1.2.840.10045.4.3.3': ['ecdsa', 'sha384', 'ECDSA with SHA-384'],
  '1.2.840.10045.4.3.4': ['ecdsa', 'sha512', 'ECDSA with SHA-512'],
  '1.2.840.10040.4.3': ['dsa', 'sha1', 'DSA with SHA-1'],
  '2.16.840.1.101.3.4.3.2': ['dsa', 'sha256', 'DSA with SHA-256'],
  '1.3.101.112': ['ed25519', undefined, 'Ed25519'],
}

const rsaPss = '1.2.840.113549.1.1.10'
const mgf1 = '1.2.840.113549.1.1.8'

/** Reads an AlgorithmIdentifier; the reader stands inside it. @throws DerError */
export function readSignatureAlgorithm(reader: DerReader): SignatureAlgorithm {
  const oid = oidOf(reader.next(derTag.oid))
  if (oid === rsaPss) return readPss(reader)
  const [family, hash, name] = known[oid] ?? ['unknown', undefined, oid]
  const parameters = reader.done ? undefined : reader.next()
  reader.finish()
  const isNull = parameters?.tag === derTag.null && rawOf(parameters).length === 2
  // RFC 4055 §5 wants NULL with RSA, RFC 5758 and RFC 8410 nothing with the others.
  if (parameters && family !== 'unknown' && !(family === 'rsa' && isNull)) {
    throw new DerError('a signature algorithm has unexpected parameters')
  }
  return { family, hash, name }
}

/** RSASSA-PSS-params (RFC 4055 §3.1), each with its default. */
function readPss(reader: DerReader): SignatureAlgorithm {
  const parameters = reader.enter(derTag.sequence)
  reader.finish()
  const hashField = parameters.optional(contextTag(0, 'constructed'))
  const hash = hashField ? readHash(enterValue(hashField)) : 'sha1'
  const mgfField = parameters.optional(contextTag(1, 'constructed'))
  const mgfHash = mgfField ? readMgf(enterValue(mgfField)) : 'sha1'
  const saltField = parameters.optional(contextTag(2, 'constructed'))
  const saltBytes = saltField ? smallNaturalOf(enterValue(saltField).next()) : 20
  const trailer = parameters.optional(contextTag(3, 'constructed'))
  if (trailer && smallNaturalOf(enterValue(trailer).next()) !== 1) {
    throw new DerError('an RSA-PSS trailer field is unknown')
  }
  parameters.finish()
  // A mask of another hash than the message's is allowed on paper and used by nobody.
  if (hash === undefined || mgfHash !== hash || saltBytes > 512) {
    return { family: 'unknown', hash: undefined, name: 'RSA-PSS with unusual parameters' }
  }
  return { family: 'rsa-pss', hash, name: `RSA-PSS with ${hash.replace('sha', 'SHA-')}`, saltBytes }
}

function readHash(reader: DerReader): string | undefined {
  const identifier = reader.enter(derTag.sequence)
  const oid = oidOf(identifier.next(derTag.oid))
  identifier.optional(derTag.null)
  identifier.finish()
  return hashNames[oid]
}

function readMgf(reader: DerReader): string | undefined {
  const identifier = reader.enter(derTag.sequence)
  const oid = oidOf(identifier.next(derTag.oid))
  return oid === mgf1 ? readHash(identifier) : undefined
}

/** Whether `key` made this signature over `data`. Never throws. */
export function isSignatureOf(
  key: KeyObject,
  algorithm: SignatureAlgorithm,
  data: Buffer,
  signature: Buffer,
): boolean {
  const options = keyOptions(key, algorithm)
  if (!options) return false
  try {
    return verify(algorithm.hash ?? null, data, { key, ...options }, signature)
  } catch {
    return false
  }
}

function keyOptions(
  key: KeyObject,
  { family, saltBytes, hash }: SignatureAlgorithm,
): { padding?: number; saltLength?: number; dsaEncoding?: 'der' } | undefined {
  const type = key.asymmetricKeyType
  switch (family) {
    case 'rsa':
      if (type !== 'rsa' || !hash) return undefined
      return { padding: constants.RSA_PKCS1_PADDING }
    case 'rsa-pss':
      if ((type !== 'rsa' && type !== 'rsa-pss') || saltBytes === undefined) return undefined
      return { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: saltBytes }
    case 'ecdsa':
      return type === 'ec' ? { dsaEncoding: 'der' } : undefined
    case 'dsa':
      return type === 'dsa' ? { dsaEncoding: 'der' } : undefined
    case 'ed25519':
      return type === 'ed25519' ? {} : undefined
    case 'unknown':
      return undefined
  }
}

/** A SubjectPublicKeyInfo as a key; undefined where it is none that this build can use. */
export function publicKeyFrom(spki: Buffer): KeyObject | undefined {
  try {
    return createPublicKey({ key: spki, format: 'der', type: 'spki' })
  } catch {
    return undefined
  }
}
