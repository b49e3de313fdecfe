import { X509Certificate, type KeyObject } from 'node:crypto'
import { cmsIds } from '../cms/cms-ids.js'
import { signData } from '../cms/sign-data.js'

/** A key with its certificates. */
export interface SigningIdentity {
  readonly privateKey: KeyObject
  /** DER of the certificate over this key. */
  readonly certificate: Uint8Array
  /** DER of certificates among which those above it are, as far as there are any. */
  readonly chain: readonly Uint8Array[]
}

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
}: SigningIdentity): DocumentSigner {
  const own = new X509Certificate(certificate)
  const { subject, serialNumber } = own
  const certificates = [certificate, ...issuersOf(own, chain)]
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

/** Those of the certificates that lead from this one up, each issued by the next. */
function issuersOf(from: X509Certificate, others: readonly Uint8Array[]): Uint8Array[] {
  const found: Uint8Array[] = []
  const left = new Set(others.map((der) => new X509Certificate(der)))
  let below = from
  for (;;) {
    const issuer = [...left].find((each) => below.checkIssued(each))
    if (!issuer) return found
    found.push(issuer.raw)
    left.delete(issuer)
    below = issuer
  }
}

function commonName(subject: string): string {
  return /^CN=(.*)$/m.exec(subject)?.[1] ?? subject.replaceAll('\n', ', ')
}
