import {
  contentOf,
  contextTag,
  DerError,
  derTag,
  enterOnly,
  enterValue,
  rawOf,
  type DerReader,
} from '../trust/x509/der.js'
import { integerHexOf, oidOf, smallNaturalOf } from '../trust/x509/der-values.js'
import { withoutLeadingZeros } from '../trust/x509/certificate-identity.js'
import { readExtensions, unknownCritical, type Extensions } from '../trust/x509/extensions.js'
import { ocspNonceBytesMax, ocspRequestBytesMax, ocspRequestedMax } from './limits.js'

/** One certificate that is asked for (RFC 6960 §4.1.1, CertID). */
export interface AskedCertificate {
  /** DER of the CertID, to be repeated as it is. */
  readonly der: Buffer
  /** Object identifier of the digest. */
  readonly hash: string
  readonly issuerNameHash: Buffer
  readonly issuerKeyHash: Buffer
  /** Lower-case hexadecimal, without leading zeros. */
  readonly serial: string
}

/** What somebody asks of the OCSP responder. */
export interface OcspRequest {
  readonly asked: readonly AskedCertificate[]
  /** The nonce extension's value as it came: DER of an OCTET STRING (RFC 8954 §2.1). */
  readonly nonce: Buffer | undefined
}

const nonceId = '1.3.6.1.5.5.7.48.1.2'

/**
 * Reads a request (RFC 6960 §4.1.1). A signature is passed over: the responder answers everybody.
 * @throws DerError for bytes that are no request, ask for too many, or insist on what nobody here knows
 */
export function readOcspRequest(bytes: Uint8Array): OcspRequest {
  if (bytes.length > ocspRequestBytesMax) throw new DerError('the request is too large')
  const der = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
  const request = enterOnly(der, derTag.sequence)
  const tbs = request.enter(derTag.sequence)
  request.optional(contextTag(0, 'constructed'))
  request.finish()
  const version = tbs.optional(contextTag(0, 'constructed'))
  if (version && smallNaturalOf(enterValue(version).next(derTag.integer)) !== 0) {
    throw new DerError('the request has an unknown version')
  }
  tbs.optional(contextTag(1, 'constructed'))
  const list = tbs.enter(derTag.sequence)
  const asked: AskedCertificate[] = []
  while (!list.done) {
    if (asked.length >= ocspRequestedMax) throw new DerError('it asks for too many certificates')
    asked.push(readAsked(list.enter(derTag.sequence)))
  }
  if (asked.length === 0) throw new DerError('it asks for nothing')
  const extensions = readOptionalExtensions(tbs, 2, new Set([nonceId]))
  tbs.finish()
  const nonce = extensions.get(nonceId)?.value
  return { asked, nonce: nonce && checkedNonce(nonce) }
}

function readAsked(request: DerReader): AskedCertificate {
  const value = request.next(derTag.sequence)
  const id = enterValue(value)
  const algorithm = id.enter(derTag.sequence)
  const hash = oidOf(algorithm.next(derTag.oid))
  algorithm.optional(derTag.null)
  algorithm.finish()
  const issuerNameHash = contentOf(id.next(derTag.octetString))
  const issuerKeyHash = contentOf(id.next(derTag.octetString))
  const serial = withoutLeadingZeros(integerHexOf(id.next(derTag.integer)))
  id.finish()
  readOptionalExtensions(request, 0, new Set())
  request.finish()
  return { der: rawOf(value), hash, issuerNameHash, issuerKeyHash, serial }
}

function readOptionalExtensions(
  reader: DerReader,
  tag: number,
  known: ReadonlySet<string>,
): Extensions {
  const field = reader.optional(contextTag(tag, 'constructed'))
  if (!field) return new Map()
  const inside = enterValue(field)
  const extensions = readExtensions(inside)
  inside.finish()
  const unknown = unknownCritical(extensions, known)
  if (unknown !== undefined) throw new DerError(`the extension ${unknown} is not known`)
  return extensions
}

function checkedNonce(value: Buffer): Buffer {
  // Old clients, OpenSSL 1.0 among them, write the octets without an OCTET STRING around them.
  const { length } = value[0] === derTag.octetString ? contentOfNonce(value) : value
  if (length === 0 || length > ocspNonceBytesMax) throw new DerError('the nonce has a wrong length')
  return value
}

function contentOfNonce(value: Buffer): Buffer {
  try {
    const reader = enterOnly(
      Buffer.concat([Buffer.of(derTag.sequence, value.length), value]),
      derTag.sequence,
    )
    const nonce = contentOf(reader.next(derTag.octetString))
    reader.finish()
    return nonce
  } catch (error) {
    if (!(error instanceof DerError)) throw error
    return value
  }
}
