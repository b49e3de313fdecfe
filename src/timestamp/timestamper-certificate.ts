import type { Certificate } from '../trust/x509/certificate.js'
import { keyUsageBit } from '../trust/x509/certificate-extensions.js'
import { extensionIds } from '../trust/x509/extensions.js'
import { generalNameKey, type GeneralName } from '../trust/x509/general-name.js'
import { TimestampError } from './timestamp-error.js'

const timestamping = '1.3.6.1.5.5.7.3.8'
const signingUsages = keyUsageBit.digitalSignature | keyUsageBit.nonRepudiation

/**
 * RFC 3161 §2.3: the key of a timestamping authority is for timestamps alone, and its certificate says
 * so in a critical extension, so that nobody takes a key for one that happens to have signed such a thing.
 * @throws TimestampError purpose
 */
export function checkTimestamper(certificate: Certificate): void {
  const { extendedKeyUsage, keyUsage, extensions, basicConstraints } = certificate
  const [purpose, ...others] = extendedKeyUsage ?? []
  if (purpose !== timestamping || others.length > 0) {
    refuse('Its extended key usage is not timestamping, and that alone')
  }
  if (!extensions.get(extensionIds.extendedKeyUsage)?.critical) {
    refuse('Its extended key usage is not critical')
  }
  if (keyUsage !== undefined && (keyUsage & signingUsages) === 0) {
    refuse('Its key usage includes neither digitalSignature nor nonRepudiation')
  }
  if (basicConstraints?.isCa) refuse('It is the certificate of an authority over certificates')
}

function refuse(why: string): never {
  throw new TimestampError('purpose', `${why} (RFC 3161 §2.3).`)
}

/** RFC 3161 §2.4.2: a name in the token must be one of its certificate's. @throws TimestampError */
export function checkAuthorityName(name: GeneralName | undefined, certificate: Certificate): void {
  if (!name) return
  const own = [
    `directory:${certificate.subject.key}`,
    ...certificate.subjectAltNames.map(generalNameKey),
  ]
  if (own.includes(generalNameKey(name))) return
  throw new TimestampError('certificate', 'The token names another authority than its certificate.')
}
