import type { KeyObject } from 'node:crypto'
import {
  readBasicConstraints,
  readCertificatePolicies,
  readExtendedKeyUsage,
  readInhibitAnyPolicy,
  readKeyUsage,
  readNameConstraints,
  readPolicyConstraints,
  readPolicyMappings,
  readSubjectAltNames,
  readSubjectKeyId,
  type BasicConstraints,
  type NameConstraints,
  type PolicyConstraints,
  type PolicyMapping,
} from './certificate-extensions.js'
import {
  contextTag,
  DerError,
  derTag,
  enterOnly,
  enterValue,
  rawOf,
  type DerReader,
} from './der.js'
import { integerHexOf, nextTime, smallNaturalOf } from './der-values.js'
import { readDistributionPoints, type DistributionPoint } from './distribution-point.js'
import {
  authorityKeyIdOf,
  extensionIds,
  readExtensions,
  unknownCritical,
  type Extensions,
} from './extensions.js'
import type { GeneralName } from './general-name.js'
import { certificateBytesMax } from '../../limits/certificates.js'
import { readName, type Name } from './name.js'
import {
  nextSigned,
  publicKeyFrom,
  readSignatureAlgorithm,
  type SignatureAlgorithm,
} from './signature.js'

/** A certificate as its bytes say (RFC 5280 §4.1); nothing of it is verified. */
export interface Certificate {
  readonly der: Buffer
  /** What the issuer signed. */
  readonly tbs: Buffer
  readonly signatureAlgorithm: SignatureAlgorithm
  readonly signature: Buffer
  /** Content octets of the serial number, lower-case hexadecimal. */
  readonly serial: string
  readonly issuer: Name
  readonly subject: Name
  readonly notBefore: Date
  readonly notAfter: Date
  readonly spki: Buffer
  /** Undefined where node knows no such key. */
  readonly publicKey: KeyObject | undefined
  readonly isSelfIssued: boolean
  readonly basicConstraints: BasicConstraints | undefined
  readonly keyUsage: number | undefined
  readonly extendedKeyUsage: readonly string[] | undefined
  readonly subjectAltNames: readonly GeneralName[]
  readonly policies: readonly string[] | undefined
  readonly policyMappings: readonly PolicyMapping[]
  readonly policyConstraints: PolicyConstraints | undefined
  readonly inhibitAnyPolicy: number | undefined
  readonly nameConstraints: NameConstraints | undefined
  readonly distributionPoints: readonly DistributionPoint[]
  readonly subjectKeyId: string | undefined
  readonly authorityKeyId: string | undefined
  /** All of them, critical or not, known or not. */
  readonly extensions: Extensions
  /** A critical extension that nobody here processes (§4.2): the certificate must be refused. */
  readonly unknownCriticalExtension: string | undefined
}

const processed: ReadonlySet<string> = new Set([
  extensionIds.subjectKeyIdentifier,
  extensionIds.keyUsage,
  extensionIds.subjectAltName,
  extensionIds.issuerAltName,
  extensionIds.basicConstraints,
  extensionIds.nameConstraints,
  extensionIds.crlDistributionPoints,
  extensionIds.certificatePolicies,
  extensionIds.policyMappings,
  extensionIds.authorityKeyIdentifier,
  extensionIds.policyConstraints,
  extensionIds.extendedKeyUsage,
  extensionIds.inhibitAnyPolicy,
])

/** @throws DerError when the bytes are no certificate */
export function parseCertificate(bytes: Uint8Array): Certificate {
  if (bytes.length > certificateBytesMax) throw new DerError('the certificate is too large')
  const der = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
  const certificate = enterOnly(der, derTag.sequence)
  const { signed: tbs, algorithm, signature } = nextSigned(certificate)
  certificate.finish()
  const fields = readFields(enterValue(tbs))
  if (!fields.algorithm.equals(rawOf(algorithm))) {
    throw new DerError('the two signature algorithms differ (RFC 5280 §4.1.1.2)')
  }
  const { issuer, subject, spki, extensions } = fields
  return {
    ...fields,
    ...readKnownExtensions(extensions),
    der,
    tbs: rawOf(tbs),
    signatureAlgorithm: readSignatureAlgorithm(enterValue(algorithm)),
    signature,
    publicKey: publicKeyFrom(spki),
    isSelfIssued: issuer.key === subject.key,
    unknownCriticalExtension: unknownCritical(extensions, processed),
  }
}

interface Fields extends Pick<
  Certificate,
  'serial' | 'issuer' | 'subject' | 'notBefore' | 'notAfter' | 'spki' | 'extensions'
> {
  readonly algorithm: Buffer
}

function readFields(tbs: DerReader): Fields {
  const versionField = tbs.optional(contextTag(0, 'constructed'))
  const version = versionField ? smallNaturalOf(enterValue(versionField).next(derTag.integer)) : 0
  if (version > 2) throw new DerError('the certificate has an unknown version')
  const serial = integerHexOf(tbs.next(derTag.integer))
  if (serial.length > 128) throw new DerError('the serial number is too long')
  const algorithm = rawOf(tbs.next(derTag.sequence))
  const issuer = readName(tbs)
  const validity = tbs.enter(derTag.sequence)
  const [notBefore, notAfter] = [nextTime(validity), nextTime(validity)]
  validity.finish()
  const subject = readName(tbs)
  const spki = rawOf(tbs.next(derTag.sequence))
  // Unique identifiers (§4.1.2.8) are not compared: nobody may issue them any more.
  tbs.optional(contextTag(1, 'primitive'))
  tbs.optional(contextTag(2, 'primitive'))
  const field = tbs.optional(contextTag(3, 'constructed'))
  tbs.finish()
  if (field && version !== 2) throw new DerError('only version 3 may have extensions')
  const inside = field && enterValue(field)
  const extensions: Extensions = inside ? readExtensions(inside) : new Map()
  inside?.finish()
  return { serial, algorithm, issuer, notBefore, notAfter, subject, spki, extensions }
}

function readKnownExtensions(extensions: Extensions) {
  return {
    basicConstraints: readBasicConstraints(extensions),
    keyUsage: readKeyUsage(extensions),
    extendedKeyUsage: readExtendedKeyUsage(extensions),
    subjectAltNames: readSubjectAltNames(extensions),
    policies: readCertificatePolicies(extensions),
    policyMappings: readPolicyMappings(extensions),
    policyConstraints: readPolicyConstraints(extensions),
    inhibitAnyPolicy: readInhibitAnyPolicy(extensions),
    nameConstraints: readNameConstraints(extensions),
    distributionPoints: readDistributionPoints(extensions),
    subjectKeyId: readSubjectKeyId(extensions),
    authorityKeyId: authorityKeyIdOf(extensions),
  }
}

/** Serial number as people and OpenSSL write it: lower-case hexadecimal without the sign octet. */
export function serialText(certificate: Certificate): string {
  return certificate.serial.replace(/^00(?=..)/, '')
}
