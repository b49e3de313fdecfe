import { OctetString } from '@peculiar/asn1-schema'
import { MessageImprint, TimeStampReq } from '@peculiar/asn1-tsp'
import { AlgorithmIdentifier } from '@peculiar/asn1-x509'
import { createHash, randomBytes } from 'node:crypto'
import { digestId } from '../cms/cms-ids.js'
import { arrayBufferOf, derOf } from '../cms/der-output.js'
import { timestampRequestBytesMax } from '../limits/signed-data.js'
import { contextTag, DerError, derTag, enterOnly } from '../trust/x509/der.js'
import { booleanOf, oidOf } from '../trust/x509/der-values.js'
import {
  checkExtensions,
  checkVersion,
  readImprint,
  readNonce,
  type Imprint,
} from './timestamp-info.js'

/** A request as it is sent, and what its answer has to repeat. */
export interface TimestampRequest {
  readonly der: Buffer
  /** Lower-case hexadecimal. */
  readonly nonce: string
}

/**
 * Asks for a timestamp over `data` (RFC 3161 §2.4.1): SHA-256 imprint, a nonce of 127 bits, the
 * authority's certificate to come along.
 * @param policy object identifier of the policy that the authority must work under; any by default
 */
export function makeTimestampRequest(data: Uint8Array, policy?: string): TimestampRequest {
  const nonce = randomBytes(16)
  // Positive and without a needless octet, so that it comes back as it is.
  nonce[0] = ((nonce[0] ?? 0) & 0x3f) | 0x40
  const request = new TimeStampReq({
    messageImprint: new MessageImprint({
      hashAlgorithm: new AlgorithmIdentifier({ algorithm: digestId('sha256'), parameters: null }),
      hashedMessage: new OctetString(createHash('sha256').update(data).digest()),
    }),
    nonce: arrayBufferOf(nonce),
    certReq: true,
    ...(policy !== undefined && { reqPolicy: policy }),
  })
  return { der: derOf(request), nonce: nonce.toString('hex') }
}

/** What somebody asks of a timestamping authority. */
export interface TimestampWish {
  readonly imprint: Imprint
  readonly policy: string | undefined
  /** Lower-case hexadecimal. */
  readonly nonce: string | undefined
  readonly wantsCertificate: boolean
}

/** @throws DerError for bytes that are no request, or one with a critical extension */
export function parseTimestampRequest(bytes: Uint8Array): TimestampWish {
  if (bytes.length > timestampRequestBytesMax) throw new DerError('the request is too large')
  const der = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
  const request = enterOnly(der, derTag.sequence)
  checkVersion(request)
  const imprint = readImprint(request)
  const policy = request.optional(derTag.oid)
  const nonce = readNonce(request)
  const certReq = request.optional(derTag.boolean)
  checkExtensions(request.optional(contextTag(0, 'constructed')))
  request.finish()
  return {
    imprint,
    policy: policy && oidOf(policy),
    nonce,
    wantsCertificate: certReq ? booleanOf(certReq) : false,
  }
}
