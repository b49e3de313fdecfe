import { readEntries, type RevokedEntry } from './crl-entries.js'
import {
  contextTag,
  DerError,
  derTag,
  DerReader,
  enterOnly,
  enterValue,
  rawOf,
  type DerValue,
} from './der.js'
import { naturalOf, nextTime, optionalTime, smallNaturalOf } from './der-values.js'
import {
  readIssuingDistributionPoint,
  type IssuingDistributionPoint,
} from './distribution-point.js'
import {
  authorityKeyIdOf,
  extensionIds,
  readExtensions,
  unknownCritical,
  type Extensions,
} from './extensions.js'
import { revocationListBytesMax } from '../../limits/certificates.js'
import { readName, type Name } from './name.js'
import { nextSigned, readSignatureAlgorithm, type SignatureAlgorithm } from './signature.js'

/** A certificate revocation list as its bytes say (RFC 5280 §5.1); nothing of it is verified. */
export interface RevocationList {
  readonly der: Buffer
  readonly tbs: Buffer
  readonly signatureAlgorithm: SignatureAlgorithm
  readonly signature: Buffer
  readonly issuer: Name
  readonly thisUpdate: Date
  /** RFC 5280 §5.1.2.5 requires it; a list without one is never current here. */
  readonly nextUpdate: Date | undefined
  readonly number: bigint | undefined
  /** BaseCRLNumber of a delta CRL (§5.2.4); undefined for a complete one. */
  readonly baseNumber: bigint | undefined
  readonly authorityKeyId: string | undefined
  readonly issuingDistributionPoint: IssuingDistributionPoint | undefined
  /** A critical extension of the list or an entry that nobody here processes: not to be used (§5.2). */
  readonly unknownCriticalExtension: string | undefined
  readonly entryCount: number
  /** The entry for a certificate, by its issuer and its serial number's content octets. */
  entry(issuer: Name, serial: string): RevokedEntry | undefined
}

const processed: ReadonlySet<string> = new Set([
  extensionIds.authorityKeyIdentifier,
  extensionIds.issuerAltName,
  extensionIds.crlNumber,
  extensionIds.deltaCrlIndicator,
  extensionIds.issuingDistributionPoint,
])

/** Linear in the list's length: 10,000 entries take a few milliseconds. @throws DerError */
export function parseRevocationList(bytes: Uint8Array): RevocationList {
  if (bytes.length > revocationListBytesMax) throw new DerError('the revocation list is too large')
  const der = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
  const list = enterOnly(der, derTag.sequence)
  const { signed: tbs, algorithm, signature } = nextSigned(list)
  list.finish()
  const { issuer, thisUpdate, nextUpdate, revoked, extensions } = readFields(
    enterValue(tbs),
    rawOf(algorithm),
  )
  const issuingDistributionPoint = readIssuingDistributionPoint(extensions)
  const isIndirect = issuingDistributionPoint?.indirect ?? false
  const entries = readEntries(revoked, issuer, isIndirect)
  return {
    der,
    tbs: rawOf(tbs),
    signatureAlgorithm: readSignatureAlgorithm(enterValue(algorithm)),
    signature,
    issuer,
    thisUpdate,
    nextUpdate,
    number: numberIn(extensions, extensionIds.crlNumber),
    baseNumber: numberIn(extensions, extensionIds.deltaCrlIndicator),
    authorityKeyId: authorityKeyIdOf(extensions),
    issuingDistributionPoint,
    unknownCriticalExtension: unknownCritical(extensions, processed) ?? entries.unknownCritical,
    entryCount: entries.count,
    entry: (name, serial) => entries.find(name, serial),
  }
}

interface Fields extends Pick<RevocationList, 'issuer' | 'thisUpdate' | 'nextUpdate'> {
  readonly revoked: DerValue | undefined
  readonly extensions: Extensions
}

/** @param algorithm - by which the list is signed; it must say so inside, too */
function readFields(tbs: DerReader, algorithm: Buffer): Fields {
  const version = tbs.optional(derTag.integer)
  if (version && smallNaturalOf(version) !== 1)
    throw new DerError('the list has an unknown version')
  if (!rawOf(tbs.next(derTag.sequence)).equals(algorithm)) {
    throw new DerError('the two signature algorithms differ (RFC 5280 §5.1.1.2)')
  }
  const issuer = readName(tbs)
  const thisUpdate = nextTime(tbs)
  const nextUpdate = optionalTime(tbs)
  const revoked = tbs.optional(derTag.sequence)
  const field = tbs.optional(contextTag(0, 'constructed'))
  tbs.finish()
  if (field && !version) throw new DerError('only version 2 may have extensions')
  const extensions: Extensions = field ? readExtensions(enterValue(field)) : new Map()
  return { issuer, thisUpdate, nextUpdate, revoked, extensions }
}

function numberIn(extensions: Extensions, id: string): bigint | undefined {
  const extension = extensions.get(id)
  if (!extension) return undefined
  const reader = new DerReader(extension.value)
  const number = naturalOf(reader.next(derTag.integer))
  reader.finish()
  return number
}
