import { cmsBytesMax, cmsCertificatesMax } from '../limits/signed-data.js'
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
} from '../trust/x509/der.js'
import { integerHexOf, oidOf, smallNaturalOf } from '../trust/x509/der-values.js'
import { readName, type Name } from '../trust/x509/name.js'
import type { SignatureAlgorithm } from '../trust/x509/signature.js'
import { readDigestAlgorithm, readSignerAlgorithm } from './algorithms.js'
import { readAttributes, type Attributes } from './attributes.js'
import { cmsIds } from './cms-ids.js'

/** A SignedData as its bytes say (RFC 5652 §5.1); nothing of it is verified. */
export interface SignedData {
  readonly digestAlgorithms: readonly string[]
  readonly contentType: string
  /** Undefined where the content is elsewhere (detached). */
  readonly content: Buffer | undefined
  /** DER of each. */
  readonly certificates: readonly Buffer[]
  readonly revocationLists: readonly Buffer[]
  readonly signer: SignerInfo
}

/** How a signature names its certificate. */
export type SignerId =
  { readonly issuer: Name; readonly serial: string } | { readonly subjectKeyId: string }

/** RFC 5652 §5.3. */
export interface SignerInfo {
  readonly id: SignerId
  readonly digestAlgorithm: string
  /** What is signed: the attributes as a SET OF, not under the tag that they are carried with. */
  readonly signedBytes: Buffer
  readonly signedAttributes: Attributes
  readonly signatureAlgorithm: SignatureAlgorithm
  readonly signature: Buffer
  readonly unsignedAttributes: Attributes
}

/**
 * Reads a ContentInfo that holds a SignedData with one signer and signed attributes. DER only: BER,
 * which RFC 5652 lets pass outside the attributes, has many ways to write one thing.
 * @throws DerError
 */
export function parseSignedData(bytes: Uint8Array): SignedData {
  if (bytes.length > cmsBytesMax) throw new DerError('the signed data are too large')
  const der = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
  const outer = enterOnly(der, derTag.sequence)
  if (oidOf(outer.next(derTag.oid)) !== cmsIds.signedData) {
    throw new DerError('the content is no SignedData')
  }
  const explicit = outer.enter(contextTag(0, 'constructed'))
  outer.finish()
  const signedData = explicit.enter(derTag.sequence)
  explicit.finish()
  checkVersion(signedData, [1, 3, 4, 5])
  const digestAlgorithms = readEach(signedData.next(derTag.set), readDigestAlgorithm)
  const { contentType, content } = readContent(signedData.enter(derTag.sequence))
  const certificates = rawItems(signedData.optional(contextTag(0, 'constructed')))
  const revocationLists = rawItems(signedData.optional(contextTag(1, 'constructed')))
  const signers = signedData.enter(derTag.set)
  const signer = readSignerInfo(signers.enter(derTag.sequence))
  signers.finish()
  signedData.finish()
  return { digestAlgorithms, contentType, content, certificates, revocationLists, signer }
}

function checkVersion(reader: DerReader, known: readonly number[]): number {
  const version = smallNaturalOf(reader.next(derTag.integer))
  if (!known.includes(version)) throw new DerError('a version is unknown')
  return version
}

function readContent(reader: DerReader): Pick<SignedData, 'contentType' | 'content'> {
  const contentType = oidOf(reader.next(derTag.oid))
  const explicit = reader.optional(contextTag(0, 'constructed'))
  reader.finish()
  if (!explicit) return { contentType, content: undefined }
  const inside = enterValue(explicit)
  const content = contentOf(inside.next(derTag.octetString))
  inside.finish()
  return { contentType, content }
}

function readEach<Item>(value: DerValue, read: (reader: DerReader) => Item): Item[] {
  const reader = enterValue(value)
  const items: Item[] = []
  while (!reader.done) {
    if (items.length >= cmsCertificatesMax) throw new DerError('a set has too many members')
    items.push(read(reader))
  }
  return items
}

/** Certificates or revocation lists; members of other kinds (attribute certificates, OCSP) are passed over. */
function rawItems(value: DerValue | undefined): Buffer[] {
  if (!value) return []
  return readEach(value, (reader) => reader.next())
    .filter(({ tag }) => tag === derTag.sequence)
    .map(rawOf)
}

function readSignerInfo(reader: DerReader): SignerInfo {
  const version = checkVersion(reader, [1, 3])
  const id = readSignerId(reader)
  if ('issuer' in id !== (version === 1)) {
    throw new DerError('a signer is not named as its version says (RFC 5652 §5.3)')
  }
  const digestAlgorithm = readDigestAlgorithm(reader)
  const signed = reader.next(contextTag(0, 'constructed'))
  const signedBytes = Buffer.from(rawOf(signed))
  signedBytes[0] = derTag.set
  const signatureAlgorithm = readSignerAlgorithm(reader, digestAlgorithm)
  const signature = contentOf(reader.next(derTag.octetString))
  const unsigned = reader.optional(contextTag(1, 'constructed'))
  reader.finish()
  return {
    id,
    digestAlgorithm,
    signedBytes,
    signedAttributes: readAttributes(signed),
    signatureAlgorithm,
    signature,
    unsignedAttributes: unsigned ? readAttributes(unsigned) : new Map(),
  }
}

function readSignerId(reader: DerReader): SignerId {
  const keyId = reader.optional(contextTag(0, 'primitive'))
  if (keyId) return { subjectKeyId: contentOf(keyId).toString('hex') }
  const issuerAndSerial = reader.enter(derTag.sequence)
  const issuer = readName(issuerAndSerial)
  const serial = integerHexOf(issuerAndSerial.next(derTag.integer))
  issuerAndSerial.finish()
  return { issuer, serial }
}
