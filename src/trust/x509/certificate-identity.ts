import { certificateBytesMax } from '../../limits/certificates.js'
import { readSubjectKeyId } from './certificate-extensions.js'
import { contextTag, DerError, DerReader, derTag, enterOnly, enterValue, rawOf } from './der.js'
import { integerHexOf } from './der-values.js'
import { readExtensions } from './extensions.js'
import { readName, type Name } from './name.js'

/** What messages name a certificate by. */
export interface CertificateIdentity {
  /** Lower-case hexadecimal without leading zeros. */
  readonly serial: string
  /** DER of the issuer's name; few are ever compared. */
  readonly issuer: Buffer
  /** Lower-case hexadecimal. */
  readonly subjectKeyId: string | undefined
}

/**
 * Reads no more of a certificate than what messages name it by: a tenth of what `parseCertificate`
 * costs, for a look at all that are registered.
 * @throws DerError when the bytes are no certificate
 */
export function readCertificateIdentity(bytes: Uint8Array): CertificateIdentity {
  if (bytes.length > certificateBytesMax) throw new DerError('the certificate is too large')
  const der = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
  const tbs = enterOnly(der, derTag.sequence).enter(derTag.sequence)
  tbs.optional(contextTag(0, 'constructed'))
  const serial = withoutLeadingZeros(integerHexOf(tbs.next(derTag.integer)))
  tbs.next(derTag.sequence)
  const issuer = rawOf(tbs.next(derTag.sequence))
  // Validity, subject, key; unique identifiers, which nobody issues.
  for (let passed = 0; passed < 3; passed++) tbs.next(derTag.sequence)
  tbs.optional(contextTag(1, 'primitive'))
  tbs.optional(contextTag(2, 'primitive'))
  const field = tbs.optional(contextTag(3, 'constructed'))
  const extensions = field && readExtensions(enterValue(field))
  return { serial, issuer, subjectKeyId: extensions && readSubjectKeyId(extensions) }
}

export function issuerName({ issuer }: CertificateIdentity): Name {
  return readName(new DerReader(issuer))
}

export function withoutLeadingZeros(hex: string): string {
  return hex.replace(/^0+(?=.)/, '')
}
