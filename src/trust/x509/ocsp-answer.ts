import { parseCertificate, type Certificate } from './certificate.js'
import {
  contentOf,
  contextTag,
  DerError,
  derTag,
  enterOnly,
  enterValue,
  rawOf,
  type DerReader,
  type DerValue,
} from './der.js'
import { nextTime, oidOf, smallNaturalOf, timeOf } from './der-values.js'
import { readExtensions, unknownCritical, type Extensions } from './extensions.js'
import {
  ocspAnswerBytesMax,
  ocspCertificatesMax,
  ocspStatusesMax,
} from '../../limits/certificates.js'
import { readName } from './name.js'
import { readCertId, type CertId } from './ocsp-cert-id.js'
import { nextSigned, readSignatureAlgorithm, type SignatureAlgorithm } from './signature.js'

/** A responder's answer as its bytes say (RFC 6960 §4.2.1); nothing of it is verified. */
export interface OcspAnswer {
  /** The whole OCSPResponse. */
  readonly der: Buffer
  readonly tbs: Buffer
  readonly signatureAlgorithm: SignatureAlgorithm
  readonly signature: Buffer
  readonly responder: ResponderId
  readonly producedAt: Date
  readonly statuses: readonly CertificateStatus[]
  /** Certificates that came along, of which one may be the responder's. */
  readonly certificates: readonly Certificate[]
  /** What the nonce extension holds, if there is one. */
  readonly nonce: Buffer | undefined
  /** A critical extension that nobody here processes: not to be used. */
  readonly unknownCriticalExtension: string | undefined
}

/** Who signed, by the comparable form of the name, or by SHA-1 of the key's bits. A hint: the signature proves. */
export type ResponderId =
  { readonly by: 'name'; readonly key: string } | { readonly by: 'key'; readonly hash: Buffer }

/** What an answer says of one certificate. */
export interface CertificateStatus {
  readonly id: CertId
  readonly status: 'good' | 'revoked' | 'unknown'
  /** Of a revoked one. */
  readonly revokedAt: Date | undefined
  /** CRLReason of RFC 5280 §5.3.1; 0 (unspecified) where the answer gives none. */
  readonly reason: number
  readonly thisUpdate: Date
  readonly nextUpdate: Date | undefined
  readonly unknownCriticalExtension: string | undefined
}

const basicAnswer = '1.3.6.1.5.5.7.48.1.1'
export const nonceId = '1.3.6.1.5.5.7.48.1.2'
const ofAnswer: ReadonlySet<string> = new Set([nonceId])
const ofStatus: ReadonlySet<string> = new Set()

// OCSPResponseStatus of RFC 6960 §4.2.1, but for 0, which is an answer.
const errors: Readonly<Record<number, string>> = {
  1: 'malformedRequest',
  2: 'internalError',
  3: 'tryLater',
  5: 'sigRequired',
  6: 'unauthorized',
}

/** @throws DerError for bytes that are no answer, or the answer that there is none */
export function parseOcspAnswer(bytes: Uint8Array): OcspAnswer {
  if (bytes.length > ocspAnswerBytesMax) throw new DerError('the answer is too large')
  const der = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
  const basic = enterOnly(basicBytes(der), derTag.sequence)
  const { signed: tbs, algorithm, signature } = nextSigned(basic)
  const certificates = basic.optional(contextTag(0, 'constructed'))
  basic.finish()
  return {
    der,
    tbs: rawOf(tbs),
    signatureAlgorithm: readSignatureAlgorithm(enterValue(algorithm)),
    signature,
    certificates: certificates ? readCertificates(certificates) : [],
    ...readData(enterValue(tbs)),
  }
}

/** The BasicOCSPResponse within. */
function basicBytes(der: Buffer): Buffer {
  const response = enterOnly(der, derTag.sequence)
  const status = smallNaturalOf(response.next(derTag.enumerated))
  if (status !== 0) {
    throw new DerError(`the responder answers ${errors[status] ?? `with the error ${status}`}`)
  }
  const field = enterValue(response.next(contextTag(0, 'constructed')))
  response.finish()
  const typed = field.enter(derTag.sequence)
  field.finish()
  if (oidOf(typed.next(derTag.oid)) !== basicAnswer) {
    throw new DerError('the answer is of another kind than the basic one')
  }
  const bytes = contentOf(typed.next(derTag.octetString))
  typed.finish()
  return bytes
}

type Data = Pick<
  OcspAnswer,
  'responder' | 'producedAt' | 'statuses' | 'nonce' | 'unknownCriticalExtension'
>

function readData(data: DerReader): Data {
  const version = data.optional(contextTag(0, 'constructed'))
  if (version && smallNaturalOf(enterValue(version).next(derTag.integer)) !== 0) {
    throw new DerError('the answer has an unknown version')
  }
  const responder = readResponder(data.next())
  const producedAt = timeOf(data.next(derTag.generalizedTime))
  const list = data.enter(derTag.sequence)
  const statuses: CertificateStatus[] = []
  while (!list.done) {
    if (statuses.length >= ocspStatusesMax) throw new DerError('it speaks of too many certificates')
    statuses.push(readStatus(list.enter(derTag.sequence)))
  }
  const extensions = optionalExtensions(data)
  data.finish()
  return {
    responder,
    producedAt,
    statuses,
    nonce: extensions.get(nonceId)?.value,
    unknownCriticalExtension: unknownCritical(extensions, ofAnswer),
  }
}

function readResponder(value: DerValue): ResponderId {
  const inside = enterValue(value)
  let responder: ResponderId
  if (value.tag === contextTag(1, 'constructed')) {
    responder = { by: 'name', key: readName(inside).key }
  } else if (value.tag === contextTag(2, 'constructed')) {
    responder = { by: 'key', hash: contentOf(inside.next(derTag.octetString)) }
  } else {
    throw new DerError('a responder is named in an unknown way')
  }
  inside.finish()
  return responder
}

function readStatus(single: DerReader): CertificateStatus {
  const id = readCertId(single)
  const said = readSaid(single.next())
  const thisUpdate = timeOf(single.next(derTag.generalizedTime))
  const next = single.optional(contextTag(0, 'constructed'))
  const nextUpdate = next && onlyTime(next)
  const unknownCriticalExtension = unknownCritical(optionalExtensions(single), ofStatus)
  single.finish()
  return { id, ...said, thisUpdate, nextUpdate, unknownCriticalExtension }
}

function readSaid(value: DerValue): Pick<CertificateStatus, 'status' | 'revokedAt' | 'reason'> {
  if (value.tag === contextTag(1, 'constructed')) {
    const revoked = enterValue(value)
    const revokedAt = timeOf(revoked.next(derTag.generalizedTime))
    const field = revoked.optional(contextTag(0, 'constructed'))
    revoked.finish()
    const reason = field ? smallNaturalOf(enterValue(field).next(derTag.enumerated)) : 0
    return { status: 'revoked', revokedAt, reason }
  }
  const isGood = value.tag === contextTag(0, 'primitive')
  if ((!isGood && value.tag !== contextTag(2, 'primitive')) || contentOf(value).length > 0) {
    throw new DerError('a status is none that RFC 6960 knows')
  }
  return { status: isGood ? 'good' : 'unknown', revokedAt: undefined, reason: 0 }
}

function onlyTime(value: DerValue): Date {
  const inside = enterValue(value)
  const time = nextTime(inside)
  inside.finish()
  return time
}

/** Both kinds of extensions have the tag 1. */
function optionalExtensions(reader: DerReader): Extensions {
  const field = reader.optional(contextTag(1, 'constructed'))
  if (!field) return new Map()
  const inside = enterValue(field)
  const extensions = readExtensions(inside)
  inside.finish()
  return extensions
}

function readCertificates(field: DerValue): Certificate[] {
  const inside = enterValue(field)
  const list = inside.enter(derTag.sequence)
  inside.finish()
  const certificates: Certificate[] = []
  while (!list.done) {
    if (certificates.length >= ocspCertificatesMax) {
      throw new DerError('too many certificates come with the answer')
    }
    certificates.push(parseCertificate(rawOf(list.next(derTag.sequence))))
  }
  return certificates
}
