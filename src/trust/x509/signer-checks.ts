import type { Certificate } from './certificate.js'
import { keyUsageBit } from './certificate-extensions.js'
import type { PathContext } from './path-context.js'
import { PathError } from './path-error.js'

// Purposes of RFC 5280 §4.2.1.12 that have nothing to do with a system's own messages.
const foreignPurposes: Readonly<Record<string, string>> = {
  '1.3.6.1.5.5.7.3.1': 'TLS servers',
  '1.3.6.1.5.5.7.3.3': 'program code',
  '1.3.6.1.5.5.7.3.8': 'time stamps',
  '1.3.6.1.5.5.7.3.9': 'OCSP answers',
}

// Authorities for e-signatures (X-Road's among them) give signing certificates nonRepudiation alone.
const signingUsages = keyUsageBit.digitalSignature | keyUsageBit.nonRepudiation

/** The bus's own rules for a certificate that signs messages. @throws PathError */
export function checkMessageSigner(certificate: Certificate, context: PathContext): void {
  const subject = certificate.subject.text
  if (certificate.basicConstraints?.isCa) {
    const text = 'It is the certificate of an authority, which signs certificates and no messages.'
    throw new PathError('key-usage', subject, '4.2.1.9', text)
  }
  const { keyUsage, extendedKeyUsage } = certificate
  if (keyUsage !== undefined && (keyUsage & signingUsages) === 0) {
    const text = 'Its key usage includes neither digitalSignature nor nonRepudiation.'
    throw new PathError('key-usage', subject, '4.2.1.3', text)
  }
  const foreign = extendedKeyUsage?.map((purpose) => foreignPurposes[purpose])
  if (foreign?.every((purpose) => purpose !== undefined)) {
    const text = `Its extended key usage allows ${foreign.join(' and ')} only.`
    throw new PathError('key-usage', subject, '4.2.1.12', text)
  }
  const text = 'Its key may sign messages.'
  context.onStep({ outcome: 'passed', subject, section: '4.2.1.3', text })
}

/** RFC 5280 §6.3.3 (f): whoever signs revocation lists must be allowed to. @throws PathError */
export function checkCrlIssuer(certificate: Certificate, context: PathContext): void {
  const subject = certificate.subject.text
  if (!maySignCrls(certificate)) {
    const text = 'Its key usage does not include cRLSign.'
    throw new PathError('key-usage', subject, '6.3.3 (f)', text)
  }
  const text = 'Its key may sign revocation lists.'
  context.onStep({ outcome: 'passed', subject, section: '6.3.3 (f)', text })
}

/** Whether the key usage, where there is one, includes cRLSign. */
export function maySignCrls(certificate: Certificate): boolean {
  return certificate.keyUsage === undefined || (certificate.keyUsage & keyUsageBit.cRLSign) !== 0
}
