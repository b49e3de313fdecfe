import { createHash, X509Certificate, type KeyObject } from 'node:crypto'
import { rsaBitsMax, rsaBitsMin } from '../../limits/certificates.js'
import { certificateFileBytesMax } from '../../limits/registry.js'

/** A certificate as far as the registry looks at it; the chain is the trust module's matter. */
export interface CertificateFacts {
  readonly der: Uint8Array
  /** base64url SHA-256 of the DER. */
  readonly thumbprint: string
  readonly isAuthority: boolean
  /** Whether a lane takes messages that are signed with its key. */
  readonly signsMessages: boolean
  readonly notAfter: Date
}

/** Why bytes are not taken as a certificate. */
export class CertificateFileError extends Error {
  override readonly name = 'CertificateFileError'
}

/**
 * Reads one certificate in PEM or DER.
 * @throws CertificateFileError
 */
export function readCertificate(bytes: Uint8Array): CertificateFacts {
  if (bytes.length > certificateFileBytesMax) {
    throw new CertificateFileError(`is larger than ${certificateFileBytesMax} bytes`)
  }
  const certificate = parse(derOf(bytes))
  const weakness = weaknessOf(keyOf(certificate))
  if (weakness) throw new CertificateFileError(weakness)
  const der = new Uint8Array(certificate.raw)
  return {
    der,
    thumbprint: createHash('sha256').update(der).digest('base64url'),
    isAuthority: certificate.ca,
    // A key that its certificate restricts to RSA-PSS (RFC 4055 §1.2): no lane takes its signatures.
    signsMessages: certificate.publicKey.asymmetricKeyType !== 'rsa-pss',
    notAfter: new Date(certificate.validTo),
  }
}

/** DER as PEM (RFC 7468). */
export function pemOf(der: Uint8Array): string {
  const lines =
    Buffer.from(der)
      .toString('base64')
      .match(/.{1,64}/g) ?? []
  return `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`
}

function derOf(bytes: Uint8Array): Uint8Array {
  const text = Buffer.from(bytes).toString('latin1')
  if (!text.includes('-----BEGIN ')) return bytes
  if (/-----BEGIN [A-Z ]*PRIVATE KEY-----/.test(text)) {
    throw new CertificateFileError('holds a private key, which the registry must never see')
  }
  const found = [
    ...text.matchAll(/-----BEGIN CERTIFICATE-----([A-Za-z0-9+/=\s]+)-----END CERTIFICATE-----/g),
  ]
  const [only, ...others] = found
  if (!only?.[1] || others.length > 0) {
    throw new CertificateFileError(`holds ${found.length} certificates instead of one`)
  }
  return Buffer.from(only[1], 'base64')
}

function parse(der: Uint8Array): X509Certificate {
  try {
    const certificate = new X509Certificate(der)
    // OpenSSL passes over what follows the certificate; it would escape the thumbprint.
    if (!certificate.raw.equals(der)) throw new CertificateFileError('is not in strict DER')
    return certificate
  } catch (error) {
    if (error instanceof CertificateFileError) throw error
    throw new CertificateFileError('is not an X.509 certificate', { cause: error })
  }
}

function keyOf(certificate: X509Certificate): KeyObject {
  try {
    return certificate.publicKey
  } catch (error) {
    throw new CertificateFileError('has a key that cannot be read', { cause: error })
  }
}

function weaknessOf(key: KeyObject): string | undefined {
  const { modulusLength = 0, namedCurve } = key.asymmetricKeyDetails ?? {}
  const type = key.asymmetricKeyType
  if (type === 'ed25519') return undefined
  if (type === 'rsa' || type === 'rsa-pss') {
    return modulusLength < rsaBitsMin || modulusLength > rsaBitsMax
      ? `has an RSA key of ${modulusLength} bits, outside ${rsaBitsMin} to ${rsaBitsMax}`
      : undefined
  }
  if (type === 'ec') {
    return namedCurve === 'prime256v1' || namedCurve === 'secp384r1'
      ? undefined
      : 'has a key on a curve that is not P-256 or P-384'
  }
  return 'has a key of a type that is not RSA, ECDSA or Ed25519'
}
