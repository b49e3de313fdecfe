import { createHash } from 'node:crypto'
import { listItemsMax } from '../limits/certificates.js'
import type { Certificate } from '../trust/x509/certificate.js'
import {
  contentOf,
  DerError,
  derTag,
  enterValue,
  type DerReader,
  type DerValue,
} from '../trust/x509/der.js'
import { integerHexOf } from '../trust/x509/der-values.js'
import { directoryNames, readGeneralNames } from '../trust/x509/general-name.js'
import { readDigestAlgorithm } from './algorithms.js'
import { onlyValue, type Attributes } from './attributes.js'
import { cmsIds } from './cms-ids.js'

/**
 * Whether the signed attributes name this certificate as the signer's (RFC 5035 §3, §5.4): without
 * that, another certificate over the same key could be put in its place. The first version of the
 * attribute knows SHA-1 only and is what many authorities still write; where both are there, both must fit.
 * @throws DerError for attributes that are not what they should be, or that are both missing
 */
export function namesSigner(attributes: Attributes, certificate: Certificate): boolean {
  const first = onlyValue(attributes, cmsIds.signingCertificate)
  const second = onlyValue(attributes, cmsIds.signingCertificateV2)
  if (!first && !second) throw new DerError('no attribute names the certificate of the signer')
  const fits = [
    ...(first ? [identifies(first, certificate, () => 'sha1')] : []),
    ...(second ? [identifies(second, certificate, digestOfSecond)] : []),
  ]
  return fits.every(Boolean)
}

/** hashAlgorithm of ESSCertIDv2, SHA-256 where there is none. */
function digestOfSecond(identifier: DerReader): string {
  return identifier.nextTag === derTag.sequence ? readDigestAlgorithm(identifier) : 'sha256'
}

/** The first identifier is the signer's; others, of its authorities, prove nothing here. */
function identifies(
  value: DerValue,
  certificate: Certificate,
  readDigest: (identifier: DerReader) => string,
): boolean {
  if (value.tag !== derTag.sequence) throw new DerError('a signing certificate has another type')
  const attribute = enterValue(value)
  const identifiers = attribute.enter(derTag.sequence)
  attribute.optional(derTag.sequence)
  attribute.finish()
  const identifier = identifiers.enter(derTag.sequence)
  for (let passed = 0; !identifiers.done; passed += 1) {
    if (passed >= listItemsMax) throw new DerError('a list has too many items')
    identifiers.next(derTag.sequence)
  }
  const digest = readDigest(identifier)
  const hash = contentOf(identifier.next(derTag.octetString))
  const issuerSerial = identifier.optional(derTag.sequence)
  identifier.finish()
  if (!digest.startsWith('sha')) throw new DerError('a signing certificate is digested otherwise')
  const fits = createHash(digest).update(certificate.der).digest().equals(hash)
  return fits && (!issuerSerial || isIssuerSerialOf(issuerSerial, certificate))
}

function isIssuerSerialOf(value: DerValue, certificate: Certificate): boolean {
  const issuerSerial = enterValue(value)
  const names = readGeneralNames(issuerSerial.enter(derTag.sequence))
  const serial = integerHexOf(issuerSerial.next(derTag.integer))
  issuerSerial.finish()
  const [name, ...others] = directoryNames(names)
  return (
    names.length === 1 &&
    others.length === 0 &&
    name?.key === certificate.issuer.key &&
    serial === certificate.serial
  )
}
