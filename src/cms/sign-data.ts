import {
  Attribute,
  CertificateChoices,
  CertificateSet,
  CMSVersion,
  ContentInfo,
  DigestAlgorithmIdentifiers,
  EncapsulatedContent,
  EncapsulatedContentInfo,
  IssuerAndSerialNumber,
  SignedData,
  SignerIdentifier,
  SignerInfo,
  SignerInfos,
  SigningTime,
} from '@peculiar/asn1-cms'
import { OctetString } from '@peculiar/asn1-schema'
import { AlgorithmIdentifier, type Certificate, type Name } from '@peculiar/asn1-x509'
import { createHash, sign, type KeyObject } from 'node:crypto'
import { parseCertificate } from '../trust/x509/certificate.js'
import { readCertificateIdentity } from '../trust/x509/certificate-identity.js'
import { cmsIds, digestId } from './cms-ids.js'
import { arrayBufferOf, derOf, oidDer, rawDer, setOrder } from './der-output.js'
import { AttributeSet, EssCertIdV2, SigningCertificateV2 } from './schemas.js'
import { signerAlgorithms } from './signer-algorithms.js'

export interface DataToSign {
  readonly content: Uint8Array
  /** Object identifier, `cmsIds.data` for a file. */
  readonly contentType: string
  /** Whether the SignedData leaves the content out, because it is kept elsewhere. */
  readonly isDetached: boolean
  readonly privateKey: KeyObject
  /** DER of the certificate over this key. */
  readonly certificate: Uint8Array
  /** DER of the certificates that go along: usually that one, and those between it and its root. */
  readonly certificates: readonly Uint8Array[]
  /** Undefined where what is signed says it itself, as a PDF does (ETSI EN 319 142-1 §6.3). */
  readonly signingTime: Date | undefined
}

/** Data that were signed, before they are written. */
export interface SignedContent {
  /** The signature's value: a signature timestamp's imprint is a digest of it (RFC 5126 §6.1.1). */
  readonly signature: Buffer
  /**
   * DER of the ContentInfo.
   * @param signatureTimestamps DER of tokens over the signature; with one it is CAdES-T
   */
  encode(signatureTimestamps?: readonly Uint8Array[]): Buffer
}

/**
 * Signs with the attributes of CAdES baseline B (ETSI EN 319 122-1 §6.3): content type, message digest,
 * signing time and signing certificate.
 * @throws TypeError for a key that is not RSA, P-256, P-384 or Ed25519
 */
export function signData(data: DataToSign): SignedContent {
  const { privateKey } = data
  const { digest, signature: algorithm } = signerAlgorithms(privateKey)
  const attributes = signedAttributes(data, digest)
  const hash = privateKey.asymmetricKeyType === 'ed25519' ? null : digest
  const signature = sign(hash, derOf(new AttributeSet(attributes)), {
    key: privateKey,
    dsaEncoding: 'der',
  })
  const digestAlgorithm = new AlgorithmIdentifier({ algorithm: digestId(digest) })
  return {
    signature,
    encode(tokens = []) {
      const signer = new SignerInfo({
        version: CMSVersion.v1,
        sid: signerId(data.certificate),
        digestAlgorithm,
        signedAttrs: attributes,
        signatureAlgorithm: algorithm,
        signature: new OctetString(signature),
        ...(tokens.length > 0 && { unsignedAttrs: [timestampAttribute(tokens)] }),
      })
      return contentInfo(data, digestAlgorithm, signer)
    },
  }
}

function signedAttributes(data: DataToSign, digest: string): Attribute[] {
  const { content, contentType, certificate, signingTime } = data
  const messageDigest = createHash(digest).update(content).digest()
  return setOrder([
    attribute(cmsIds.contentType, oidDer(contentType)),
    attribute(cmsIds.messageDigest, derOf(new OctetString(messageDigest))),
    ...(signingTime ? [attribute(cmsIds.signingTime, derOf(new SigningTime(signingTime)))] : []),
    attribute(cmsIds.signingCertificateV2, derOf(signingCertificate(certificate))),
  ])
}

function attribute(attrType: string, ...values: readonly Uint8Array[]): Attribute {
  return new Attribute({ attrType, attrValues: values.map(arrayBufferOf) })
}

/** RFC 5035 §5.4: which certificate the signature is to be verified with. */
function signingCertificate(certificate: Uint8Array): SigningCertificateV2 {
  const id = new EssCertIdV2()
  id.certHash = new OctetString(createHash('sha256').update(certificate).digest())
  const value = new SigningCertificateV2()
  value.certs = [id]
  return value
}

function timestampAttribute(tokens: readonly Uint8Array[]): Attribute {
  const inOrder = [...tokens].sort((left, right) => Buffer.compare(left, right))
  return attribute(cmsIds.signatureTimestamp, ...inOrder)
}

function signerId(certificate: Uint8Array): SignerIdentifier {
  const { issuer } = readCertificateIdentity(certificate)
  const { serial } = parseCertificate(certificate)
  return new SignerIdentifier({
    issuerAndSerialNumber: new IssuerAndSerialNumber({
      issuer: rawDer(issuer) as unknown as Name,
      serialNumber: arrayBufferOf(Buffer.from(serial, 'hex')),
    }),
  })
}

function contentInfo(
  data: DataToSign,
  digestAlgorithm: AlgorithmIdentifier,
  signer: SignerInfo,
): Buffer {
  const { contentType, isDetached, content } = data
  const eContent = new EncapsulatedContent({ single: new OctetString(content) })
  const certificates = data.certificates.map(
    (der) => new CertificateChoices({ certificate: rawDer(der) as unknown as Certificate }),
  )
  const signedData = new SignedData({
    // RFC 5652 §5.1: 1 for plain data alone.
    version: contentType === cmsIds.data ? CMSVersion.v1 : CMSVersion.v3,
    digestAlgorithms: new DigestAlgorithmIdentifiers([digestAlgorithm]),
    encapContentInfo: new EncapsulatedContentInfo({
      eContentType: contentType,
      ...(!isDetached && { eContent }),
    }),
    ...(certificates.length > 0 && { certificates: new CertificateSet(setOrder(certificates)) }),
    signerInfos: new SignerInfos([signer]),
  })
  return derOf(
    new ContentInfo({ contentType: cmsIds.signedData, content: arrayBufferOf(derOf(signedData)) }),
  )
}
