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
import {
  integerHexOf,
  naturalOf,
  nextTime,
  octetsOfBitString,
  optionalTime,
  smallNaturalOf,
  timeOf,
} from './der-values.js'
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
import { directoryNames, readGeneralNames } from './general-name.js'
import { revocationListBytesMax } from './limits.js'
import { readName, type Name } from './name.js'
import { readSignatureAlgorithm, type SignatureAlgorithm } from './signature.js'

/** A revoked certificate (RFC 5280 §5.1.2.6). */
export interface RevokedEntry {
  /** Read when asked for, so that long lists read fast; undefined where it is no valid time. */
  revokedAt(): Date | undefined
  /** CRLReason of §5.3.1; 0 (unspecified) where the entry gives none. */
  readonly reason: number
}

/** removeFromCRL: a delta CRL takes back a revocation. */
export const reasonRemoveFromCrl = 8

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

const processedInEntry: ReadonlySet<string> = new Set([
  extensionIds.reasonCode,
  extensionIds.invalidityDate,
  extensionIds.certificateIssuer,
])

/** Linear in the list's length: 10,000 entries take a few milliseconds. @throws DerError */
export function parseRevocationList(bytes: Uint8Array): RevocationList {
  if (bytes.length > revocationListBytesMax) throw new DerError('the revocation list is too large')
  const der = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
  const list = enterOnly(der, derTag.sequence)
  const tbsValue = list.next(derTag.sequence)
  const algorithm = list.next(derTag.sequence)
  const signature = octetsOfBitString(list.next(derTag.bitString))
  list.finish()
  const tbs = enterValue(tbsValue)
  const version = tbs.optional(derTag.integer)
  if (version && smallNaturalOf(version) !== 1)
    throw new DerError('the list has an unknown version')
  if (!rawOf(tbs.next(derTag.sequence)).equals(rawOf(algorithm))) {
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
  const issuingDistributionPoint = readIssuingDistributionPoint(extensions)
  const isIndirect = issuingDistributionPoint?.indirect ?? false
  const entries = readEntries(revoked && enterValue(revoked), issuer, isIndirect)
  return {
    der,
    tbs: rawOf(tbsValue),
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
    entry: (name, serial) => entries.byIssuer.get(name.key)?.get(serial),
  }
}

function numberIn(extensions: Extensions, id: string): bigint | undefined {
  const extension = extensions.get(id)
  if (!extension) return undefined
  const reader = new DerReader(extension.value)
  const number = naturalOf(reader.next(derTag.integer))
  reader.finish()
  return number
}

interface Entries {
  readonly byIssuer: Map<string, Map<string, RevokedEntry>>
  unknownCritical: string | undefined
  count: number
}

function readEntries(reader: DerReader | undefined, crlIssuer: Name, isIndirect: boolean): Entries {
  let bySerial = new Map<string, RevokedEntry>()
  const entries: Entries = {
    byIssuer: new Map([[crlIssuer.key, bySerial]]),
    unknownCritical: undefined,
    count: 0,
  }
  while (reader && !reader.done) {
    const entry = reader.enter(derTag.sequence)
    const serial = integerHexOf(entry.next(derTag.integer))
    const time = entry.next()
    const { reason, issuer, unknown } = entry.done ? plainEntry : readEntryExtensions(entry)
    entry.finish()
    entries.count += 1
    entries.unknownCritical ??= unknown
    if (issuer) {
      // §5.3.3: the issuer holds for this entry and the following ones; only an indirect list may name one.
      if (!isIndirect) entries.unknownCritical ??= extensionIds.certificateIssuer
      bySerial = entries.byIssuer.get(issuer.key) ?? new Map<string, RevokedEntry>()
      entries.byIssuer.set(issuer.key, bySerial)
    }
    const known = bySerial.get(serial)
    if (!known || known.reason === reasonRemoveFromCrl) {
      bySerial.set(serial, { reason, revokedAt: () => timeOrNothing(time) })
    }
  }
  return entries
}

function timeOrNothing(value: DerValue): Date | undefined {
  try {
    return timeOf(value)
  } catch {
    return undefined
  }
}

interface EntryExtensions {
  readonly reason: number
  readonly issuer: Name | undefined
  readonly unknown: string | undefined
}

const plainEntry: EntryExtensions = { reason: 0, issuer: undefined, unknown: undefined }

function readEntryExtensions(entry: DerReader): EntryExtensions {
  const extensions = readExtensions(entry)
  const reason = extensions.get(extensionIds.reasonCode)
  const issuer = extensions.get(extensionIds.certificateIssuer)
  const names = issuer && readGeneralNames(enterOnly(issuer.value, derTag.sequence))
  const [issuerName] = directoryNames(names ?? [])
  if (issuer && !issuerName) throw new DerError('a certificate issuer has no directory name')
  return {
    reason: reason ? smallNaturalOf(new DerReader(reason.value).next(derTag.enumerated)) : 0,
    issuer: issuerName,
    unknown: unknownCritical(extensions, processedInEntry),
  }
}
