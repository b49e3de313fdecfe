// The certificate library injects its parts by decorators and needs the polyfill first.
import 'reflect-metadata'
import {
  AuthorityKeyIdentifierExtension,
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  KeyUsageFlags,
  KeyUsagesExtension,
  Name,
  SubjectKeyIdentifierExtension,
  X509Certificate,
  X509CertificateGenerator,
  type Extension,
} from '@peculiar/x509'
import { createHash, randomBytes, type KeyObject } from 'node:crypto'
import { signingAlgorithmOf, signingKeyOf, type KeyPair, type SigningHash } from './key-pair.js'

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
  readonly certificate: IssuedCertificate
  readonly privateKey: KeyObject
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
  keyPair: KeyPair,
): Promise<IssuedCertificate> {
  return issue(terms, keyPair.publicKey, authorityExtensions(undefined), {
    name: nameOf(terms.subject),
    privateKey: keyPair.privateKey,
    publicKey: keyPair.publicKey,
  })
}

/** An authority under another. @param pathLength further authorities allowed below it */
export async function issueIntermediate(
  terms: CertificateTerms,
  publicKey: KeyObject,
  issuer: IssuingAuthority,
  pathLength?: number,
): Promise<IssuedCertificate> {
  return issue(terms, publicKey, authorityExtensions(pathLength), signerOf(issuer))
}

/** A certificate for a system that signs messages and opens TLS connections. */
export async function issueEndEntity(
  terms: CertificateTerms,
  publicKey: KeyObject,
  issuer: IssuingAuthority,
): Promise<IssuedCertificate> {
  const usual = [
    new BasicConstraintsExtension(false, undefined, true),
    new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
    new ExtendedKeyUsageExtension([ExtendedKeyUsage.clientAuth, ExtendedKeyUsage.emailProtection]),
  ]
  return issue(terms, publicKey, usual, signerOf(issuer))
}

/** A certificate for a key that makes timestamps and nothing else (RFC 3161 §2.3). */
export async function issueTimestamper(
  terms: CertificateTerms,
  publicKey: KeyObject,
  issuer: IssuingAuthority,
): Promise<IssuedCertificate> {
  const usual = [
    new BasicConstraintsExtension(false, undefined, true),
    new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
    new ExtendedKeyUsageExtension([ExtendedKeyUsage.timeStamping], true),
  ]
  return issue(terms, publicKey, usual, signerOf(issuer))
}

function authorityExtensions(pathLength: number | undefined): Extension[] {
  return [
    new BasicConstraintsExtension(true, pathLength, true),
    new KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign, true),
  ]
}

interface Signer {
  readonly name: Name
  readonly privateKey: KeyObject
  readonly publicKey: KeyObject | X509Certificate
}

function signerOf({ certificate, privateKey }: IssuingAuthority): Signer {
  const parsed = new X509Certificate(certificate.der)
  return { name: parsed.subjectName, privateKey, publicKey: parsed }
}

async function issue(
  terms: CertificateTerms,
  publicKey: KeyObject,
  usual: readonly Extension[],
  signer: Signer,
): Promise<IssuedCertificate> {
  const algorithm = signingAlgorithmOf(signer.privateKey, terms.hash)
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
  const certificate = await X509CertificateGenerator.create({
    subject: nameOf(terms.subject),
    issuer: signer.name,
    serialNumber: terms.serialNumber ?? randomSerial(),
    notBefore: terms.notBefore,
    notAfter: terms.notAfter,
    publicKey: spki,
    signingKey: await signingKeyOf(signer.privateKey, algorithm),
    signingAlgorithm: algorithm,
    extensions: [
      ...[...usual, ...identifiers].filter((extension) => !dropped.has(extension.type)),
      ...own,
    ],
  })
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

/** RFC 5280 §4.1.2.2: positive, up to 20 octets, unguessable. */
function randomSerial(): string {
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
