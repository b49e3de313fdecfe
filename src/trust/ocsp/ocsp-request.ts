import 'reflect-metadata'
import { CertID, OCSPRequest, Request, TBSRequest } from '@peculiar/asn1-ocsp'
import { AsnConvert, OctetString } from '@peculiar/asn1-schema'
import { AlgorithmIdentifier, Extension } from '@peculiar/asn1-x509'
import { randomBytes } from 'node:crypto'
import { nonceId } from '../x509/ocsp-answer.js'
import {
  certIdDigests,
  issuerHashes,
  type CertIdDigest,
  type Issued,
} from '../x509/ocsp-cert-id.js'

/** A question as it is sent, and what an answer may repeat. */
export interface OcspQuestion {
  readonly der: Buffer
  /** What the nonce extension holds. */
  readonly nonce: Buffer
}

const nonceBytes = 32

/**
 * Asks what has become of one certificate (RFC 6960 §4.1.1), unsigned, with a nonce of 32 octets (RFC 9654 §2.1).
 * @throws DerError for an issuer whose key is not DER
 */
export function makeOcspRequest(issued: Issued, digest: CertIdDigest): OcspQuestion {
  const { name, key } = issuerHashes(issued, digest)
  const nonce = Buffer.from(AsnConvert.serialize(new OctetString(randomBytes(nonceBytes))))
  const reqCert = new CertID({
    hashAlgorithm: new AlgorithmIdentifier({ algorithm: certIdDigests[digest], parameters: null }),
    issuerNameHash: new OctetString(name),
    issuerKeyHash: new OctetString(key),
    serialNumber: new Uint8Array(Buffer.from(issued.certificate.serial, 'hex')).buffer,
  })
  const tbsRequest = new TBSRequest({
    requestList: [new Request({ reqCert })],
    requestExtensions: [new Extension({ extnID: nonceId, extnValue: new OctetString(nonce) })],
  })
  return { der: Buffer.from(AsnConvert.serialize(new OCSPRequest({ tbsRequest }))), nonce }
}
