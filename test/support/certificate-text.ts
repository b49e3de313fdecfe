import { parseCertificate } from '../../src/trust/x509/certificate.js'

/** The subject key identifier of a certificate. @throws Error where it has none */
export function readSubjectKeyIdText(der: Uint8Array): Buffer {
  const { subjectKeyId } = parseCertificate(der)
  if (subjectKeyId === undefined) throw new Error('the certificate has no subject key identifier')
  return Buffer.from(subjectKeyId, 'hex')
}
