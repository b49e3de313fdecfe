import { createHash } from 'node:crypto'
import { strictAlgorithms, type AlgorithmPolicy } from '../trust/x509/algorithm-policy.js'
import { parseCertificate, type Certificate } from '../trust/x509/certificate.js'
import { contentOf, DerError, derTag, rawOf, type DerValue } from '../trust/x509/der.js'
import { oidOf, timeOf } from '../trust/x509/der-values.js'
import { isSignatureOf } from '../trust/x509/signature.js'
import { digestTrouble } from './algorithms.js'
import { onlyValue, type Attributes } from './attributes.js'
import { CmsError } from './cms-error.js'
import { cmsIds } from './cms-ids.js'
import { parseSignedData, type SignedData, type SignerInfo } from './signed-data.js'
import { namesSigner } from './signing-certificate.js'

export interface SignedDataRequest {
  /** DER of a ContentInfo. */
  readonly signedData: Uint8Array
  /** Object identifier of what must have been signed, `cmsIds.data` for a file. */
  readonly contentType: string
  /** What was signed, where the SignedData does not hold it itself. */
  readonly content?: Uint8Array
  /** DER of certificates that may be the signer's or its authorities', beside those inside. */
  readonly certificates?: readonly Uint8Array[]
  readonly algorithms?: AlgorithmPolicy
}

/** What one key signed. Whether anybody vouches for the certificate is for `validatePath` to say. */
export interface VerifiedSignedData {
  /** Exactly the bytes that the signature covers by its digest. */
  readonly content: Buffer
  /** The certificate that the signature names and whose key made it. */
  readonly signer: Certificate
  /** The others that came along, on which nothing depends but the search for a path. */
  readonly others: readonly Certificate[]
  /** DER of the revocation lists that came along; nothing of them is verified. */
  readonly revocationLists: readonly Buffer[]
  readonly signedAttributes: Attributes
  /** What the signer says of the time; a claim and no proof. */
  readonly signingTime: Date | undefined
  /** The signature's value, over which a signature timestamp is made. */
  readonly signature: Buffer
  /** Signature timestamps (RFC 5126 §6.1.1), not verified: DER of each token. */
  readonly signatureTimestamps: readonly Buffer[]
}

/**
 * Verifies a CMS SignedData (RFC 5652 §5.6) of one signer with CAdES attributes: content type, message
 * digest and signing certificate (RFC 5035) must be there and fit.
 * @throws CmsError
 */
export function verifySignedData(request: SignedDataRequest): VerifiedSignedData {
  try {
    return verify(request, parseSignedData(request.signedData))
  } catch (error) {
    if (!(error instanceof DerError)) throw error
    throw new CmsError('malformed', `It is not a proper SignedData: ${error.message}.`, {
      cause: error,
    })
  }
}

function verify(request: SignedDataRequest, data: SignedData): VerifiedSignedData {
  const algorithms = request.algorithms ?? strictAlgorithms
  const { signer: info } = data
  const { signedAttributes, signature } = info
  checkAlgorithms(data, algorithms)
  const content = contentIn(request, data)
  checkAttributes(request.contentType, info, content)
  const certificates = parseThose([...data.certificates, ...(request.certificates ?? [])])
  const signer = findSigner(info, certificates)
  checkSignature(info, signer, algorithms)
  const signingTime = onlyValue(signedAttributes, cmsIds.signingTime)
  return {
    content,
    signer,
    others: certificates.filter((each) => each !== signer),
    revocationLists: data.revocationLists,
    signedAttributes,
    signingTime: signingTime && timeOf(signingTime),
    signature,
    signatureTimestamps: (info.unsignedAttributes.get(cmsIds.signatureTimestamp) ?? []).map(rawOf),
  }
}

function checkAlgorithms(data: SignedData, algorithms: AlgorithmPolicy): void {
  const { digestAlgorithm, signatureAlgorithm } = data.signer
  const trouble =
    algorithms.refusesSignature(signatureAlgorithm) ??
    digestTrouble(digestAlgorithm, signatureAlgorithm)
  if (trouble) throw new CmsError('algorithm-forbidden', `Not accepted: ${trouble}.`)
  if (!data.digestAlgorithms.includes(digestAlgorithm)) {
    throw new CmsError('malformed', 'The digest algorithm of the signer is not announced.')
  }
}

function contentIn(request: SignedDataRequest, data: SignedData): Buffer {
  if (data.contentType !== request.contentType) {
    throw new CmsError('content-type', 'It holds something else than it should.')
  }
  // Two contents would leave open which one was verified.
  if (data.content && request.content) {
    throw new CmsError('content', 'It holds its content itself, but should not.')
  }
  const content = data.content ?? request.content
  if (!content) throw new CmsError('content', 'It does not hold what was signed.')
  return Buffer.from(content.buffer, content.byteOffset, content.length)
}

function checkAttributes(wanted: string, info: SignerInfo, content: Buffer): void {
  const contentType = required(info.signedAttributes, cmsIds.contentType, derTag.oid)
  if (oidOf(contentType) !== wanted) {
    throw new CmsError('content-type', 'Its signed attributes speak of another content type.')
  }
  const digest = required(info.signedAttributes, cmsIds.messageDigest, derTag.octetString)
  if (!createHash(info.digestAlgorithm).update(content).digest().equals(contentOf(digest))) {
    throw new CmsError('message-digest', 'Its content is not what was signed: the digests differ.')
  }
}

function required(attributes: Attributes, type: string, tag: number): DerValue {
  const value = onlyValue(attributes, type)
  if (value?.tag !== tag) {
    throw new CmsError('attributes', `The signed attribute ${type} is missing or has another type.`)
  }
  return value
}

/** A certificate that cannot be read vouches for nothing, and is nobody's here. */
function parseThose(certificates: readonly Uint8Array[]): Certificate[] {
  return certificates.flatMap((der) => {
    try {
      return [parseCertificate(der)]
    } catch (error) {
      if (error instanceof DerError) return []
      throw error
    }
  })
}

/** Issuer and serial number are not unique among forgers, so the digest decides between several. */
function findSigner(info: SignerInfo, certificates: readonly Certificate[]): Certificate {
  const named = certificates.filter((each) => isNamed(info, each))
  if (named.length === 0) {
    throw new CmsError('signer-unknown', 'The certificate that its signature names is not there.')
  }
  const signer = named.find((each) => namesSigner(info.signedAttributes, each))
  if (signer) return signer
  const text = 'Its signed attributes name another certificate as the signer’s.'
  throw new CmsError('signing-certificate', text)
}

function isNamed({ id }: SignerInfo, certificate: Certificate): boolean {
  if ('subjectKeyId' in id) return id.subjectKeyId === certificate.subjectKeyId
  return id.issuer.key === certificate.issuer.key && id.serial === certificate.serial
}

function checkSignature(info: SignerInfo, signer: Certificate, algorithms: AlgorithmPolicy): void {
  const { publicKey } = signer
  const trouble = publicKey ? algorithms.refusesKey(publicKey) : 'its key cannot be used'
  if (trouble) throw new CmsError('algorithm-forbidden', `Not accepted: ${trouble}.`)
  const { signatureAlgorithm, signedBytes, signature } = info
  if (!publicKey || !isSignatureOf(publicKey, signatureAlgorithm, signedBytes, signature)) {
    throw new CmsError('bad-signature', 'Its signature was not made by the key of its signer.')
  }
}
