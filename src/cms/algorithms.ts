import { DerError, derTag, enterValue, rawOf, type DerReader } from '../trust/x509/der.js'
import { oidOf } from '../trust/x509/der-values.js'
import { readSignatureAlgorithm, type SignatureAlgorithm } from '../trust/x509/signature.js'
import { digestNames } from './cms-ids.js'

const rsaEncryption = '1.2.840.113549.1.1.1'

/**
 * Reads the AlgorithmIdentifier of a digest where the reader stands (RFC 5754 §2).
 * @returns node's name; for another digest than SHA-2 its object identifier
 * @throws DerError
 */
export function readDigestAlgorithm(reader: DerReader): string {
  const identifier = reader.enter(derTag.sequence)
  const oid = oidOf(identifier.next(derTag.oid))
  // Absent is right, NULL is to be accepted as well.
  const parameters = identifier.optional(derTag.null)
  if (parameters && rawOf(parameters).length !== 2) throw new DerError('a NULL is not empty')
  identifier.finish()
  return digestNames[oid] ?? oid
}

/**
 * Reads the signature algorithm of a SignerInfo where the reader stands. OpenSSL and many authorities say
 * `rsaEncryption` alone (RFC 3370 §3.2): the digest is then the one of the attributes.
 * @throws DerError
 */
export function readSignerAlgorithm(reader: DerReader, digest: string): SignatureAlgorithm {
  const value = reader.next(derTag.sequence)
  const inside = enterValue(value)
  const oid = oidOf(inside.next(derTag.oid))
  if (oid !== rsaEncryption) return readSignatureAlgorithm(enterValue(value))
  inside.optional(derTag.null)
  inside.finish()
  return { family: 'rsa', hash: digest, name: `RSA with ${digest.replace('sha', 'SHA-')}` }
}

/**
 * What is wrong with a digest for this signature algorithm. Two digests in one signature would be as
 * weak as the weaker one; Ed25519 goes with SHA-512 (RFC 8419 §3.1).
 */
export function digestTrouble(digest: string, algorithm: SignatureAlgorithm): string | undefined {
  if (!Object.values(digestNames).includes(digest)) return `it is digested with ${digest}`
  const wanted = algorithm.family === 'ed25519' ? 'sha512' : algorithm.hash
  return digest === wanted ? undefined : 'the digests of its content and its signature differ'
}
