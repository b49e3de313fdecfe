import { hash } from 'node:crypto'
import { canonicalWriter } from '../canonical-json.js'
import { bundleEntryBytesMax } from '../limits/transparency.js'

/** Which half of an exchange an entry tells of: 1 the request, 2 its outcome. */
export type Half = 1 | 2

/**
 * `notice`: what a recipient said of a one-way message after it had been delivered. It is half 2 of an exchange id of
 * its own, that has no half 1.
 */
export type EntryKind = 'request' | 'reply' | 'refusal' | 'unresolved' | 'notice'

/**
 * What an entry may say. Flat and without payload or personal data in clear: persons are
 * pseudonyms, contents are salted digests. Digests and thumbprints are base64url of SHA-256.
 */
export type EntryFields = {
  /** Version of this list of fields; 2 brought the digests of the head and of the sealed payload. */
  readonly format: 1 | 2
  readonly kind: EntryKind
  readonly exchangeId: string
  readonly messageId?: string | undefined
  /** Of a message to several recipients: which of them, `1` for the second; absent for the first. */
  readonly copy?: string | undefined
  readonly correlationId?: string | undefined
  readonly domain?: string | undefined
  readonly consumer?: string | undefined
  readonly provider?: string | undefined
  readonly service?: string | undefined
  /**
   * `verified`: a signature proved who asked. `signed`: the key of this certificate signed the head, and it
   * was not found that the certificate is good and speaks for the sender that the head names. `none`: refused
   * before anything was known.
   */
  readonly consumerIdentity?: 'verified' | 'signed' | 'none' | undefined
  readonly consumerProtocol?: string | undefined
  readonly providerProtocol?: string | undefined
  readonly mode?: string | undefined
  /** Exchange id of the message that a notice tells of; `requestEntry` is the leaf hash of its request's entry. */
  readonly noticeOf?: string | undefined
  /** As the consumer states it. */
  readonly purpose?: string | undefined
  /** As the access right states it. */
  readonly rightPurpose?: string | undefined
  readonly legalBasis?: string | undefined
  readonly rightLegalBasis?: string | undefined
  readonly rightId?: string | undefined
  readonly caseNumber?: string | undefined
  readonly classification?: string | undefined
  /** Of the user; `assertion…` say by which assertion that is known, as the bus verified it. */
  readonly subjectPseudonym?: string | undefined
  readonly assertionDigest?: string | undefined
  readonly assertionIssuer?: string | undefined
  /** How the user proved who they are: `code-password`, `e-signature`. */
  readonly assurance?: string | undefined
  /** Of whom the request names at the places that the service declares; several with a space between them. */
  readonly namedPseudonyms?: string | undefined
  readonly representedPartyPseudonym?: string | undefined
  readonly remoteAddress?: string | undefined
  /** Times are RFC 3339, UTC, milliseconds. */
  readonly receivedAt?: string | undefined
  readonly recordedAt: string
  readonly deliveredAt?: string | undefined
  readonly answeredAt?: string | undefined
  /** `answered`, a code of the fault list, or `unresolved`; of a notice, its own code. */
  readonly outcome?: string | undefined
  readonly faultSide?: string | undefined
  readonly faultField?: string | undefined
  readonly consumerCertificate?: string | undefined
  readonly consumerCertificateSerial?: string | undefined
  readonly providerCertificate?: string | undefined
  readonly providerCertificateSerial?: string | undefined
  readonly contractVersion?: string | undefined
  readonly mappingVersion?: string | undefined
  /** SHA-256 of salt and payload as it came to the bus; the salt is with the encrypted payload. */
  readonly payloadDigest?: string | undefined
  readonly payloadBytes?: number | undefined
  /** SHA-256 of the message's head and the same salt; of a signed answer, its delivery's head first. */
  readonly headDigest?: string | undefined
  /** SHA-256 over what is stored of the payload, encrypted, and of its key: checked without any key. */
  readonly sealedPayloadDigest?: string | undefined
  /** The same digest of what the provider was sent; equal where nothing was mediated. */
  readonly deliveredPayloadDigest?: string | undefined
  /** The same digest of what was passed on in its place: what the mapping made of it, what the access right left of it. */
  readonly derivedPayloadDigest?: string | undefined
  /** How many fields the access right `rightId` left out of the answer; absent where it leaves none out. */
  readonly filtered?: number | undefined
  readonly consumerSignatureDigest?: string | undefined
  readonly replyStatus?: number | undefined
  /** Leaf hash of the request's entry, which ties both halves together. */
  readonly requestEntry?: string | undefined
  /** Refusals that this one entry tells of together, and when the first and the last of them were. */
  readonly refusedCount?: number | undefined
  readonly refusedFrom?: string | undefined
  readonly refusedUntil?: string | undefined
}

// The type sees to it that no name is forgotten, and a test that values stand in the order of the names.
const everyName: Record<keyof EntryFields, true> = {
  answeredAt: true,
  assertionDigest: true,
  assertionIssuer: true,
  assurance: true,
  caseNumber: true,
  classification: true,
  consumer: true,
  consumerCertificate: true,
  consumerCertificateSerial: true,
  consumerIdentity: true,
  consumerProtocol: true,
  consumerSignatureDigest: true,
  contractVersion: true,
  copy: true,
  correlationId: true,
  deliveredAt: true,
  deliveredPayloadDigest: true,
  derivedPayloadDigest: true,
  domain: true,
  exchangeId: true,
  faultField: true,
  faultSide: true,
  filtered: true,
  format: true,
  headDigest: true,
  kind: true,
  legalBasis: true,
  mappingVersion: true,
  messageId: true,
  mode: true,
  namedPseudonyms: true,
  noticeOf: true,
  outcome: true,
  payloadBytes: true,
  payloadDigest: true,
  provider: true,
  providerCertificate: true,
  providerCertificateSerial: true,
  providerProtocol: true,
  purpose: true,
  receivedAt: true,
  recordedAt: true,
  refusedCount: true,
  refusedFrom: true,
  refusedUntil: true,
  remoteAddress: true,
  replyStatus: true,
  representedPartyPseudonym: true,
  requestEntry: true,
  rightId: true,
  rightLegalBasis: true,
  rightPurpose: true,
  sealedPayloadDigest: true,
  service: true,
  subjectPseudonym: true,
}
const textOf = canonicalWriter(Object.keys(everyName))

// Read one by one, which is several times cheaper than by names in a loop.

function valuesToM(fields: EntryFields): EntryValue[] {
  return [
    fields.answeredAt,
    fields.assertionDigest,
    fields.assertionIssuer,
    fields.assurance,
    fields.caseNumber,
    fields.classification,
    fields.consumer,
    fields.consumerCertificate,
    fields.consumerCertificateSerial,
    fields.consumerIdentity,
    fields.consumerProtocol,
    fields.consumerSignatureDigest,
    fields.contractVersion,
    fields.copy,
    fields.correlationId,
    fields.deliveredAt,
    fields.deliveredPayloadDigest,
    fields.derivedPayloadDigest,
    fields.domain,
    fields.exchangeId,
    fields.faultField,
    fields.faultSide,
    fields.filtered,
    fields.format,
    fields.headDigest,
    fields.kind,
    fields.legalBasis,
    fields.mappingVersion,
    fields.messageId,
    fields.mode,
    fields.namedPseudonyms,
    fields.noticeOf,
  ]
}

function valuesFromN(fields: EntryFields): EntryValue[] {
  return [
    fields.outcome,
    fields.payloadBytes,
    fields.payloadDigest,
    fields.provider,
    fields.providerCertificate,
    fields.providerCertificateSerial,
    fields.providerProtocol,
    fields.purpose,
    fields.receivedAt,
    fields.recordedAt,
    fields.refusedCount,
    fields.refusedFrom,
    fields.refusedUntil,
    fields.remoteAddress,
    fields.replyStatus,
    fields.representedPartyPseudonym,
    fields.requestEntry,
    fields.rightId,
    fields.rightLegalBasis,
    fields.rightPurpose,
    fields.sealedPayloadDigest,
    fields.service,
    fields.subjectPseudonym,
  ]
}

type EntryValue = EntryFields[keyof EntryFields]

/** An entry's fields while they are gathered. */
export type EntryDraft = { -readonly [Name in keyof EntryFields]: EntryFields[Name] }

/** An entry in its durable form. */
export interface EncodedEntry {
  /** The entry's canonical bytes (RFC 8785). */
  readonly bytes: Uint8Array
  /** RFC 9162 §2.1.1: SHA-256 of 0x00 and the bytes. */
  readonly leafHash: Buffer
}

/** What the sweep notes as the outcome of an exchange that nobody can tell the end of. */
export const unresolvedOutcome = 'unresolved'

const leafPrefixBytes = 1

/**
 * Canonical bytes and leaf hash of an entry.
 * @throws RangeError for one that no bundle and no archive could take: an exchange that cannot be archived is
 * refused. Every field has a limit of its own, so that none comes near.
 */
export function encodeEntry(fields: EntryFields): EncodedEntry {
  const text = textOf(valuesToM(fields).concat(valuesFromN(fields)))
  const bytes = Buffer.byteLength(text)
  if (bytes > bundleEntryBytesMax) {
    throw new RangeError(`an entry has at most ${bundleEntryBytesMax} bytes`)
  }
  const leaf = Buffer.allocUnsafe(leafPrefixBytes + bytes)
  leaf[0] = 0
  leaf.write(text, leafPrefixBytes)
  return { bytes: leaf.subarray(leafPrefixBytes), leafHash: hash('sha256', leaf, 'buffer') }
}

/** The fields of stored bytes. @throws SyntaxError for bytes that are no entry */
export function decodeEntry(bytes: Uint8Array): EntryFields {
  return JSON.parse(Buffer.from(bytes).toString('utf8')) as EntryFields
}
