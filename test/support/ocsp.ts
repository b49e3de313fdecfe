import 'reflect-metadata'
import {
  BasicOCSPResponse,
  CertID,
  CertStatus,
  id_pkix_ocsp_basic,
  KeyHash,
  OCSPResponse,
  OCSPResponseStatus,
  ResponderID,
  ResponseBytes,
  ResponseData,
  RevokedInfo,
  SingleResponse,
} from '@peculiar/asn1-ocsp'
import { AsnConvert, OctetString } from '@peculiar/asn1-schema'
import { AlgorithmIdentifier, Certificate } from '@peculiar/asn1-x509'
import { ExtendedKeyUsage } from '@peculiar/x509'
import { hash, sign } from 'node:crypto'
import { octetsOfBitString } from '../../src/trust/x509/der-values.js'
import { derTag, enterOnly } from '../../src/trust/x509/der.js'
import { parseCertificate } from '../../src/trust/x509/certificate.js'
import { certIdDigests, issuerHashes } from '../../src/trust/x509/ocsp-cert-id.js'
import {
  ExtendedKeyUsageExtension,
  Extension,
  type TestAuthority,
  type TestCertificate,
  type TestIdentity,
} from './pki.js'

/** What a responder of a test says; the rest is as good as it can be. */
export interface TestAnswer {
  readonly status?: 'good' | 'revoked' | 'unknown'
  readonly thisUpdate?: Date
  /** `null`: the answer does not say. */
  readonly nextUpdate?: Date | null
  readonly producedAt?: Date
  /** Who signs; the issuer by default. */
  readonly signer?: TestIdentity
}

const hourMs = 3_600_000

/** A responder to whom the authority has given the right to answer, unless told otherwise. */
export function delegate(
  authority: TestAuthority,
  { without = [], ...wanted }: TestCertificate & { readonly without?: readonly string[] } = {},
): Promise<TestIdentity> {
  const extensions = [
    new ExtendedKeyUsageExtension([ExtendedKeyUsage.ocspSigning]),
    new Extension('1.3.6.1.5.5.7.48.1.5', false, Buffer.of(5, 0)),
  ].filter(({ type }) => !without.includes(type))
  return authority.issue({ subject: 'OCSP', extensions, without, ...wanted })
}

/** DER of an answer about a certificate, for any time. */
export function ocspAnswer(
  { der }: { readonly der: Buffer },
  issuer: TestAuthority,
  terms: TestAnswer = {},
): Buffer {
  const { status = 'good', signer = issuer } = terms
  const thisUpdate = terms.thisUpdate ?? new Date(Date.now() - 1_000)
  const nextUpdate = terms.nextUpdate ?? new Date(thisUpdate.getTime() + hourMs)
  const tbsResponseData = new ResponseData({
    responderID: new ResponderID({ byKey: new KeyHash(keyHashOf(signer)) }),
    producedAt: wholeSecond(terms.producedAt ?? thisUpdate),
    responses: [
      new SingleResponse({
        certID: certIdOf(der, issuer),
        certStatus: statusOf(status, thisUpdate),
        thisUpdate: wholeSecond(thisUpdate),
        ...(terms.nextUpdate !== null && { nextUpdate: wholeSecond(nextUpdate) }),
      }),
    ],
  })
  const tbs = Buffer.from(AsnConvert.serialize(tbsResponseData))
  const basic = new BasicOCSPResponse({
    tbsResponseData,
    signatureAlgorithm: algorithmOf(signer),
    signature: new Uint8Array(sign('sha256', tbs, signer.privateKey)).buffer,
    ...(signer !== issuer && { certs: [AsnConvert.parse(signer.der, Certificate)] }),
  })
  const response = new OCSPResponse({
    responseStatus: OCSPResponseStatus.successful,
    responseBytes: new ResponseBytes({
      responseType: id_pkix_ocsp_basic,
      response: new OctetString(AsnConvert.serialize(basic)),
    }),
  })
  return Buffer.from(AsnConvert.serialize(response))
}

function algorithmOf({ privateKey }: TestIdentity): AlgorithmIdentifier {
  return privateKey.asymmetricKeyType === 'rsa'
    ? new AlgorithmIdentifier({ algorithm: '1.2.840.113549.1.1.11', parameters: null })
    : new AlgorithmIdentifier({ algorithm: '1.2.840.10045.4.3.2' })
}

function certIdOf(der: Buffer, issuer: TestAuthority): CertID {
  const certificate = parseCertificate(der)
  const hashes = issuerHashes({ certificate, issuer: parseCertificate(issuer.der) }, 'sha256')
  return new CertID({
    hashAlgorithm: new AlgorithmIdentifier({ algorithm: certIdDigests.sha256, parameters: null }),
    issuerNameHash: new OctetString(hashes.name),
    issuerKeyHash: new OctetString(hashes.key),
    serialNumber: new Uint8Array(Buffer.from(certificate.serial, 'hex')).buffer,
  })
}

function statusOf(status: 'good' | 'revoked' | 'unknown', at: Date): CertStatus {
  return status === 'revoked'
    ? new CertStatus({ revoked: new RevokedInfo({ revocationTime: wholeSecond(at) }) })
    : new CertStatus({ [status]: null })
}

function keyHashOf({ der }: TestIdentity): Buffer {
  const spki = enterOnly(parseCertificate(der).spki, derTag.sequence)
  spki.next(derTag.sequence)
  return hash('sha1', octetsOfBitString(spki.next(derTag.bitString)), 'buffer')
}

/** The library writes a fraction's zeros, which DER does not have. */
function wholeSecond(time: Date): Date {
  return new Date(Math.floor(time.getTime() / 1_000) * 1_000)
}
