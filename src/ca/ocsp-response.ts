import 'reflect-metadata'
import { OctetString } from '@peculiar/asn1-schema'
import {
  BasicOCSPResponse,
  CertStatus,
  OCSPResponse,
  OCSPResponseStatus,
  ResponderID,
  KeyHash,
  ResponseBytes,
  ResponseData,
  RevokedInfo,
  SingleResponse,
  id_pkix_ocsp_basic,
  id_pkix_ocsp_nonce,
  type CertID,
} from '@peculiar/asn1-ocsp'
import { CRLReason, Extension, CRLReasons, type Certificate } from '@peculiar/asn1-x509'
import { arrayBufferOf, derOf, rawDer } from '../cms/der-output.js'
import { reasonOf } from './certificate-records.store.js'
import type { CaKey } from '../trust/issuing/ca-key.js'
import { algorithmIdentifierOf, signatureOctetsOf } from '../trust/issuing/signed-der.js'

/** What has become of one certificate. */
export type OcspStatus =
  | { readonly status: 'good' | 'unknown' }
  | { readonly status: 'revoked'; readonly at: Date; readonly reason: number | undefined }

export interface OcspAnswer {
  /** DER of the CertID as it was asked. */
  readonly certId: Buffer
  readonly status: OcspStatus
}

/** Who signs answers, in the CA's name. */
export interface OcspSigner {
  readonly key: CaKey
  /** DER, sent along. */
  readonly certificate: Buffer
  /** SHA-1 of the key's bits (RFC 6960 §4.2.1, KeyHash): a name, and no security rests on it. */
  readonly keyHash: Buffer
}

export interface OcspTerms {
  readonly answers: readonly OcspAnswer[]
  readonly nonce: Buffer | undefined
  readonly thisUpdate: Date
  readonly nextUpdate: Date
}

/** DER of an answer that names an error and nothing else (RFC 6960 §4.2.1); these are not signed. */
export function ocspError(
  status: 'malformedRequest' | 'internalError' | 'tryLater' | 'unauthorized',
): Buffer {
  return derOf(new OCSPResponse({ responseStatus: OCSPResponseStatus[status] }))
}

/** DER of a signed answer (RFC 6960 §4.2.1). */
export async function signOcspResponse(terms: OcspTerms, signer: OcspSigner): Promise<Buffer> {
  const tbsResponseData = new ResponseData({
    responderID: new ResponderID({ byKey: new KeyHash(signer.keyHash) }),
    producedAt: wholeSecond(new Date()),
    responses: terms.answers.map((answer) => singleResponse(answer, terms)),
    ...(terms.nonce && {
      responseExtensions: [
        new Extension({ extnID: id_pkix_ocsp_nonce, extnValue: new OctetString(terms.nonce) }),
      ],
    }),
  })
  const { algorithm } = signer.key
  const signed = await signer.key.sign(derOf(tbsResponseData))
  const basic = new BasicOCSPResponse({
    tbsResponseData,
    signatureAlgorithm: algorithmIdentifierOf(algorithm),
    signature: arrayBufferOf(signatureOctetsOf(algorithm, signed)),
    certs: [rawDer(signer.certificate) as unknown as Certificate],
  })
  return derOf(
    new OCSPResponse({
      responseStatus: OCSPResponseStatus.successful,
      responseBytes: new ResponseBytes({
        responseType: id_pkix_ocsp_basic,
        response: new OctetString(derOf(basic)),
      }),
    }),
  )
}

function singleResponse(
  { certId, status }: OcspAnswer,
  { thisUpdate, nextUpdate }: OcspTerms,
): SingleResponse {
  return new SingleResponse({
    certID: rawDer(certId) as unknown as CertID,
    certStatus: certStatus(status),
    thisUpdate: wholeSecond(thisUpdate),
    nextUpdate: wholeSecond(nextUpdate),
  })
}

function certStatus(status: OcspStatus): CertStatus {
  if (status.status !== 'revoked') return new CertStatus({ [status.status]: null })
  const { at, reason } = status
  return new CertStatus({
    revoked: new RevokedInfo({
      revocationTime: wholeSecond(at),
      ...(reason !== undefined &&
        reason !== 0 && { revocationReason: new CRLReason(CRLReasons[reasonOf(reason)]) }),
    }),
  })
}

/** The library writes a fraction's zeros, which DER does not have. */
function wholeSecond(time: Date): Date {
  return new Date(Math.floor(time.getTime() / 1_000) * 1_000)
}
