import { contentOf, contextTag, DerError, derTag, enterOnly, type DerReader } from './der.js'
import { booleanOf, oidOf } from './der-values.js'
import { extensionsMax } from '../../limits/certificates.js'

/** Extensions of certificates, CRLs and CRL entries that are known here (RFC 5280 §4.2, 5.2, 5.3). */
export const extensionIds = {
  subjectKeyIdentifier: '2.5.29.14',
  keyUsage: '2.5.29.15',
  subjectAltName: '2.5.29.17',
  issuerAltName: '2.5.29.18',
  basicConstraints: '2.5.29.19',
  crlNumber: '2.5.29.20',
  reasonCode: '2.5.29.21',
  invalidityDate: '2.5.29.24',
  deltaCrlIndicator: '2.5.29.27',
  issuingDistributionPoint: '2.5.29.28',
  certificateIssuer: '2.5.29.29',
  nameConstraints: '2.5.29.30',
  crlDistributionPoints: '2.5.29.31',
  certificatePolicies: '2.5.29.32',
  policyMappings: '2.5.29.33',
  authorityKeyIdentifier: '2.5.29.35',
  policyConstraints: '2.5.29.36',
  extendedKeyUsage: '2.5.29.37',
  inhibitAnyPolicy: '2.5.29.54',
} as const

export interface Extension {
  readonly critical: boolean
  /** What the OCTET STRING holds. */
  readonly value: Buffer
}

/** Extensions by identifier. */
export type Extensions = ReadonlyMap<string, Extension>

/**
 * Reads Extensions (RFC 5280 §4.1.2.9); the reader stands before the SEQUENCE.
 * @throws DerError also where one extension is there twice (§4.2)
 */
export function readExtensions(reader: DerReader): Extensions {
  const sequence = reader.enter(derTag.sequence)
  const extensions = new Map<string, Extension>()
  while (!sequence.done) {
    if (extensions.size >= extensionsMax) throw new DerError('there are too many extensions')
    const extension = sequence.enter(derTag.sequence)
    const oid = oidOf(extension.next(derTag.oid))
    const critical = extension.optional(derTag.boolean)
    const value = contentOf(extension.next(derTag.octetString))
    extension.finish()
    if (extensions.has(oid)) throw new DerError(`the extension ${oid} is there twice`)
    extensions.set(oid, { critical: critical ? booleanOf(critical) : false, value })
  }
  return extensions
}

/** The first critical extension that is not in `known`. */
export function unknownCritical(
  extensions: Extensions,
  known: ReadonlySet<string>,
): string | undefined {
  for (const [oid, extension] of extensions) if (extension.critical && !known.has(oid)) return oid
  return undefined
}

/** keyIdentifier of an AuthorityKeyIdentifier (RFC 5280 §4.2.1.1), hexadecimal. @throws DerError */
export function authorityKeyIdOf(extensions: Extensions): string | undefined {
  const extension = extensions.get(extensionIds.authorityKeyIdentifier)
  if (!extension) return undefined
  const keyId = enterOnly(extension.value, derTag.sequence).optional(contextTag(0, 'primitive'))
  return keyId && contentOf(keyId).toString('hex')
}
