import {
  DerError,
  DerReader,
  derTag,
  enterOnly,
  readHeader,
  type DerHeader,
  type DerValue,
} from './der.js'
import { checkInteger, smallNaturalOf, timeOf } from './der-values.js'
import { extensionIds, readExtensions, unknownCritical } from './extensions.js'
import { directoryNames, readGeneralNames } from './general-name.js'
import type { Name } from './name.js'

/** A revoked certificate (RFC 5280 §5.1.2.6). */
export interface RevokedEntry {
  /** CRLReason of §5.3.1; 0 (unspecified) where the entry gives none. */
  readonly reason: number
  /** Read when asked for, so that long lists read fast; undefined where it is no valid time. */
  revokedAt(): Date | undefined
}

/** removeFromCRL: a delta CRL takes back a revocation. */
export const reasonRemoveFromCrl = 8

export interface RevokedEntries {
  readonly count: number
  /** A critical entry extension that nobody here processes. */
  readonly unknownCritical: string | undefined
  /** @param serial content octets of the serial number, hexadecimal */
  find(issuer: Name, serial: string): RevokedEntry | undefined
}

class Entry implements RevokedEntry {
  constructor(
    readonly reason: number,
    private readonly source: Buffer,
    private readonly timeStart: number,
  ) {}

  revokedAt(): Date | undefined {
    try {
      return timeOf(new DerReader(this.source, this.timeStart).next())
    } catch {
      return undefined
    }
  }
}

/** Entries by the comparable form of their issuer's name, then by serial number (latin1 octets). */
type Index = Map<string, Map<string, Entry>>

/**
 * Reads revokedCertificates in one pass without a value for every field: a list may have a hundred
 * thousand entries, and the exchanges of a worker wait meanwhile.
 * @throws DerError
 */
export function readEntries(
  list: DerValue | undefined,
  crlIssuer: Name,
  isIndirect: boolean,
): RevokedEntries {
  let bySerial = new Map<string, Entry>()
  const index: Index = new Map([[crlIssuer.key, bySerial]])
  const extensions = new ExtensionReader()
  let unknown: string | undefined
  let count = 0
  const header: DerHeader = { tag: 0, contentStart: 0, end: 0 }
  for (let at = list?.contentStart ?? 0; list && at < list.end; count += 1) {
    const { source } = list
    readHeader(source, at, list.end, header)
    expectTag(header, derTag.sequence)
    const end = (at = header.end)
    const serial = readSerial(source, header.contentStart, end, header)
    const timeStart = header.end
    readHeader(source, timeStart, end, header)
    const details = header.end === end ? plain : extensions.read(source, header.end, end)
    unknown ??= details.unknown
    if (details.issuer) {
      // §5.3.3: it holds for this entry and the following ones; only an indirect list may name one.
      if (!isIndirect) unknown ??= extensionIds.certificateIssuer
      bySerial = index.get(details.issuer.key) ?? new Map<string, Entry>()
      index.set(details.issuer.key, bySerial)
    }
    const earlier = bySerial.get(serial)
    if (!earlier || earlier.reason === reasonRemoveFromCrl) {
      bySerial.set(serial, new Entry(details.reason, source, timeStart))
    }
  }
  return {
    count,
    unknownCritical: unknown,
    find: (issuer, serial) =>
      index.get(issuer.key)?.get(Buffer.from(serial, 'hex').toString('latin1')),
  }
}

/** The serial number's octets; the header is left on them. */
function readSerial(source: Buffer, start: number, end: number, header: DerHeader): string {
  readHeader(source, start, end, header)
  expectTag(header, derTag.integer)
  checkInteger(source, header.contentStart, header.end)
  return source.toString('latin1', header.contentStart, header.end)
}

function expectTag(header: DerHeader, tag: number): void {
  if (header.tag !== tag) throw new DerError('a value has an unexpected type')
}

interface EntryDetails {
  readonly reason: number
  readonly issuer: Name | undefined
  readonly unknown: string | undefined
}

const plain: EntryDetails = { reason: 0, issuer: undefined, unknown: undefined }

const processed: ReadonlySet<string> = new Set([
  extensionIds.reasonCode,
  extensionIds.invalidityDate,
  extensionIds.certificateIssuer,
])

const rememberedMax = 64

/** Extensions of entries. Most entries of a list have the very same: they are read once. */
class ExtensionReader {
  readonly #remembered = new Map<string, EntryDetails>()

  /** @throws DerError */
  read(source: Buffer, start: number, end: number): EntryDetails {
    const bytes = source.toString('latin1', start, end)
    let details = this.#remembered.get(bytes)
    if (!details) {
      details = readDetails(new DerReader(source, start, end))
      if (this.#remembered.size < rememberedMax) this.#remembered.set(bytes, details)
    }
    return details
  }
}

function readDetails(entry: DerReader): EntryDetails {
  const extensions = readExtensions(entry)
  entry.finish()
  const reason = extensions.get(extensionIds.reasonCode)
  const issuer = extensions.get(extensionIds.certificateIssuer)
  const names = issuer && readGeneralNames(enterOnly(issuer.value, derTag.sequence))
  const [issuerName] = directoryNames(names ?? [])
  if (issuer && !issuerName) throw new DerError('a certificate issuer has no directory name')
  return {
    reason: reason ? smallNaturalOf(new DerReader(reason.value).next(derTag.enumerated)) : 0,
    issuer: issuerName,
    unknown: unknownCritical(extensions, processed),
  }
}
