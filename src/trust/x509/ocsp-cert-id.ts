import { hash } from 'node:crypto'
import type { Certificate } from './certificate.js'
import { readCertificateIdentity } from './certificate-identity.js'
import { contentOf, DerError, derTag, enterOnly, type DerReader } from './der.js'
import { integerHexOf, octetsOfBitString, oidOf } from './der-values.js'

/** By which certificates are named in questions and answers (RFC 6960 §4.1.1). */
export interface CertId {
  /** Object identifier of the digest. */
  readonly digest: string
  readonly issuerNameHash: Buffer
  readonly issuerKeyHash: Buffer
  /** Content octets of the serial number, lower-case hexadecimal. */
  readonly serial: string
}

/** Whom a certificate is from: the one that is asked about, and the one that vouches for it. */
export interface Issued {
  readonly certificate: Certificate
  readonly issuer: Certificate
}

/**
 * Digests that certificates are named by. SHA-1 is what RFC 5019 §2.1.1 made every responder know. It is a name here
 * and no proof: whoever finds two issuers with one digest still cannot sign with the key of the one that is on the path.
 */
export const certIdDigests = {
  sha1: '1.3.14.3.2.26',
  sha256: '2.16.840.1.101.3.4.2.1',
} as const
export type CertIdDigest = keyof typeof certIdDigests

const names: ReadonlyMap<string, CertIdDigest> = new Map(
  (['sha1', 'sha256'] as const).map((name) => [certIdDigests[name], name]),
)

/** What certificates are named by, but for their serial numbers. @throws DerError for a key that is not DER */
export function issuerHashes(
  { certificate, issuer }: Issued,
  digest: CertIdDigest,
): { readonly name: Buffer; readonly key: Buffer } {
  return {
    name: hash(digest, readCertificateIdentity(certificate.der).issuer, 'buffer'),
    key: hash(digest, keyBitsOf(issuer), 'buffer'),
  }
}

/** The key's bits without what is around them, of which key hashes are made (RFC 6960 §4.1.1). @throws DerError */
function keyBitsOf({ spki }: Certificate): Buffer {
  const key = enterOnly(spki, derTag.sequence)
  key.next(derTag.sequence)
  return octetsOfBitString(key.next(derTag.bitString))
}

/** Whether the key has this SHA-1 (RFC 6960 §4.2.1): it finds a certificate, whose key then proves a signature. */
export function hasKeyHash(certificate: Certificate, keyHash: Buffer): boolean {
  return isSame(() => hash('sha1', keyBitsOf(certificate), 'buffer').equals(keyHash))
}

/** A key that libraries read and that is not DER has no digest, and is nobody's. */
function isSame(compare: () => boolean): boolean {
  try {
    return compare()
  } catch (error) {
    if (error instanceof DerError) return false
    throw error
  }
}

/** Reads a CertID where the reader stands. @throws DerError */
export function readCertId(reader: DerReader): CertId {
  const id = reader.enter(derTag.sequence)
  const algorithm = id.enter(derTag.sequence)
  const digest = oidOf(algorithm.next(derTag.oid))
  algorithm.optional(derTag.null)
  algorithm.finish()
  const issuerNameHash = contentOf(id.next(derTag.octetString))
  const issuerKeyHash = contentOf(id.next(derTag.octetString))
  const serial = integerHexOf(id.next(derTag.integer))
  id.finish()
  return { digest, issuerNameHash, issuerKeyHash, serial }
}

/** Whether it names this certificate, as issued by this issuer. A digest that is unknown here names nothing. */
export function isIdOf(id: CertId, issued: Issued): boolean {
  const digest = names.get(id.digest)
  if (digest === undefined || id.serial !== issued.certificate.serial) return false
  return isSame(() => {
    const { name, key } = issuerHashes(issued, digest)
    return name.equals(id.issuerNameHash) && key.equals(id.issuerKeyHash)
  })
}
