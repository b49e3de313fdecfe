import { X509Certificate } from 'node:crypto'
import { cmsIds } from '../cms/cms-ids.js'
import { signData } from '../cms/sign-data.js'
import type { SealingIdentity } from '../evidence/seal.js'

/** Who signs documents: the bus. */
export interface DocumentSigner {
  /** Of the certificate, for people. */
  readonly name: string
  /** Upper-case hexadecimal. */
  readonly serialNumber: string
  /** Bytes that a signature has at most. */
  readonly signatureBytesMax: number
  /**
   * A detached CAdES signature of baseline B (ETSI EN 319 122-1 §6.3), DER.
   * @param at - undefined within a PDF, which says itself when it was signed (ETSI EN 319 142-1 §6.3)
   */
  sign(content: Uint8Array, at: Date | undefined): Buffer
}

/** Room for everything in a signature but its certificates. */
const besideCertificatesBytesMax = 4_096

/** @returns what signs as this identity, with its certificates in each signature */
export function documentSignerOf({
  privateKey,
  certificate,
  chain,
}: SealingIdentity): DocumentSigner {
  const { subject, serialNumber } = new X509Certificate(certificate)
  const certificates = [certificate, ...chain]
  return {
    name: commonName(subject),
    serialNumber,
    signatureBytesMax:
      besideCertificatesBytesMax + certificates.reduce((sum, { length }) => sum + length, 0),
    sign: (content, signingTime) =>
      signData({
        ...{ content, contentType: cmsIds.data, isDetached: true },
        ...{ privateKey, certificate, certificates, signingTime },
      }).encode(),
  }
}

function commonName(subject: string): string {
  return /^CN=(.*)$/m.exec(subject)?.[1] ?? subject.replaceAll('\n', ', ')
}
