// The certificate library injects its parts by decorators and needs the polyfill first.
import 'reflect-metadata'
import {
  AuthorityKeyIdentifierExtension,
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  Extension,
  KeyUsageFlags,
  KeyUsagesExtension,
  Name,
  SubjectKeyIdentifierExtension,
  X509Certificate,
  X509CertificateGenerator,
} from '@peculiar/x509'
import { createHash, createPublicKey, randomBytes, type KeyObject } from 'node:crypto'
import { caKeyOf, libraryKeyOf, type CaKey } from './ca-key.js'
import type { KeyPair, SigningHash } from './key-pair.js'

/** Attributes of a distinguished name, most significant first: `[['C', 'AZ'], ['CN', 'GCQ']]`. */
export type Subject = readonly (readonly [attribute: string, value: string])[]

export interface IssuedCertificate {
  readonly der: Buffer
  readonly pem: string
  /** base64url SHA-256 of the DER: what signatures name the certificate by. */
  readonly thumbprint: string
  /** Lower-case hexadecimal. */
  readonly serialNumber: string
}

/** A certificate with the private key that signs in its name. */
export interface IssuingAuthority {
  readonly certificate: Pick<IssuedCertificate, 'der'>
  readonly privateKey: KeyObject
}

/** The same where the private key is nowhere in memory. */
export interface KeyedAuthority {
  readonly certificate: Pick<IssuedCertificate, 'der'>
  readonly key: CaKey
}

export interface CertificateTerms {
  readonly subject: Subject
  readonly notBefore: Date
  readonly notAfter: Date
  /** Lower-case hexadecimal; a random one of 127 bits by default. */
  readonly serialNumber?: string
  /** Added to the usual extensions; one of the same type takes the usual one's place. */
  readonly extensions?: readonly Extension[]
  /** Types (object identifiers) of usual extensions to leave out. */
  readonly without?: readonly string[]
  readonly hash?: SigningHash
}

/** A self-signed root: may issue certificates and revocation lists. */
export async function issueRoot(
  terms: CertificateTerms,
  key: KeyPair | CaKey,
): Promise<IssuedCertificate> {
  return issue(terms, key.publicKey, authorityExtensions(undefined), {
    name: nameOf(terms.subject),
    key: 'privateKey' in key ? caKeyOf(key.privateKey, key.publicKey, terms.hash) : key,
    publicKey: key.publicKey,
  })
}

/** An authority under another. @param pathLength further authorities allowed below it */
export async function issueIntermediate(
  terms: CertificateTerms,
  publicKey: KeyObject,
  issuer: IssuingAuthority | KeyedAuthority,
  pathLength?: number,
): Promise<IssuedCertificate> {
  return issue(terms, publicKey, authorityExtensions(pathLength), signerOf(issuer, terms.hash))
}

/** A certificate for a system that signs messages and opens TLS connections. */
export async function issueEndEntity(
  terms: CertificateTerms,
  publicKey: KeyObject,
  issuer: IssuingAuthority | KeyedAuthority,
): Promise<IssuedCertificate> {
  const usual = [
    new BasicConstraintsExtension(false, undefined, true),
    new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
    new ExtendedKeyUsageExtension([ExtendedKeyUsage.clientAuth, ExtendedKeyUsage.emailProtection]),
  ]
  return issue(terms, publicKey, usual, signerOf(issuer, terms.hash))
}

/** A certificate for a key that makes timestamps and nothing else (RFC 3161 §2.3). */
export async function issueTimestamper(
  terms: CertificateTerms,
  publicKey: KeyObject,
  issuer: IssuingAuthority | KeyedAuthority,
): Promise<IssuedCertificate> {
  const usual = [
    new BasicConstraintsExtension(false, undefined, true),
    new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
    new ExtendedKeyUsageExtension([ExtendedKeyUsage.timeStamping], true),
  ]
  return issue(terms, publicKey, usual, signerOf(issuer, terms.hash))
}

/** A certificate for a key that signs OCSP answers in its issuer's name (RFC 6960 §4.2.2.2), never asked for itself. */
export async function issueOcspResponder(
  terms: CertificateTerms,
  publicKey: KeyObject,
  issuer: IssuingAuthority | KeyedAuthority,
): Promise<IssuedCertificate> {
  const usual = [
    new BasicConstraintsExtension(false, undefined, true),
    new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
    new ExtendedKeyUsageExtension([ExtendedKeyUsage.ocspSigning]),
    // id-pkix-ocsp-nocheck is NULL.
    new Extension('1.3.6.1.5.5.7.48.1.5', false, Buffer.of(5, 0)),
  ]
  return issue(terms, publicKey, usual, signerOf(issuer, terms.hash))
}

function authorityExtensions(pathLength: number | undefined): Extension[] {
  return [
    new BasicConstraintsExtension(true, pathLength, true),
    new KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign, true),
  ]
}

interface Signer {
  readonly name: Name
  readonly key: CaKey
  readonly publicKey: KeyObject | X509Certificate
}

function signerOf(issuer: IssuingAuthority | KeyedAuthority, hash?: SigningHash): Signer {
  const parsed = new X509Certificate(issuer.certificate.der)
  return { name: parsed.subjectName, key: keyOfIssuer(issuer, hash), publicKey: parsed }
}

/** The key that signs in an authority's name, wherever it is. */
export function keyOfIssuer(issuer: IssuingAuthority | KeyedAuthority, hash?: SigningHash): CaKey {
  if ('key' in issuer) return issuer.key
  const { privateKey } = issuer
  return caKeyOf(privateKey, createPublicKey(privateKey), hash)
}

async function issue(
  terms: CertificateTerms,
  publicKey: KeyObject,
  usual: readonly Extension[],
  signer: Signer,
): Promise<IssuedCertificate> {
  const { crypto, signingKey, signingAlgorithm } = libraryKeyOf(signer.key)
  const spki = publicKey.export({ type: 'spki', format: 'der' })
  const issuerKey =
    signer.publicKey instanceof X509Certificate
      ? signer.publicKey
      : signer.publicKey.export({ type: 'spki', format: 'der' })
  const identifiers = [
    await SubjectKeyIdentifierExtension.create(spki),
    await AuthorityKeyIdentifierExtension.create(issuerKey),
  ]
  const own = terms.extensions ?? []
  const dropped = new Set([...(terms.without ?? []), ...own.map((extension) => extension.type)])
  const certificate = await X509CertificateGenerator.create(
    {
      subject: nameOf(terms.subject),
      issuer: signer.name,
      serialNumber: terms.serialNumber ?? randomSerial(),
      notBefore: terms.notBefore,
      notAfter: terms.notAfter,
      publicKey: spki,
      signingKey,
      signingAlgorithm,
      extensions: [
        ...[...usual, ...identifiers].filter((extension) => !dropped.has(extension.type)),
        ...own,
      ],
    },
    crypto,
  )
  return issuedFrom(Buffer.from(certificate.rawData))
}

function issuedFrom(der: Buffer): IssuedCertificate {
  const parsed = new X509Certificate(der)
  return {
    der,
    pem: `${parsed.toString('pem')}\n`,
    thumbprint: createHash('sha256').update(der).digest('base64url'),
    serialNumber: parsed.serialNumber.toLowerCase(),
  }
}

/** RFC 5280 §4.1.2.2: positive, up to 20 octets, unguessable. Lower-case hexadecimal. */
export function randomSerial(): string {
  const octets = randomBytes(16)
  octets[0] = ((octets[0] ?? 0) & 0x3f) | 0x40
  return octets.toString('hex')
}

// Explicit string types, because the library reads quotation marks and # in a plain text as syntax.
function nameOf(subject: Subject): Name {
  return new Name(
    subject.map(([attribute, value]) => {
      const type = stringTypes[attribute] ?? 'utf8String'
      return { [attribute]: [{ [type]: value }] }
    }),
  )
}

// RFC 5280 appendix A.1: these attributes have a string type of their own.
const stringTypes: Readonly<Record<string, string>> = {
  C: 'printableString',
  '2.5.4.5': 'printableString',
  DC: 'ia5String',
  E: 'ia5String',
}
