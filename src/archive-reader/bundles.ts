import { archiveLimits } from '../limits/log-archive.js'
import { ArchiveError } from './archive-error.js'

const { bundleEntries } = archiveLimits
const lengthBytes = 2

/** Entries of one part, in the form of a bundle of C2SP tlog-tiles: each after its length, 16 bits. */
export interface BundlePlace {
  readonly part: string
  readonly first: number
  readonly count: number
}

/** Where the entries from one index on and before another lie: parts end where tiles of 256 do. */
export function* bundlesOf(start: number, end: number): Generator<BundlePlace, void> {
  for (let first = start; first < end;) {
    const beyond = Math.min(end, (Math.floor(first / bundleEntries) + 1) * bundleEntries)
    yield { part: partName('entries', first), first, count: beyond - first }
    first = beyond
  }
}

/** The part that has the entry of this index, among those from `start` on and before `end`. */
export function bundleWith(index: number, start: number, end: number): BundlePlace {
  const from = Math.max(start, Math.floor(index / bundleEntries) * bundleEntries)
  const [place] = bundlesOf(from, end)
  if (!place || index < start || index >= end) throw new RangeError('no such entry in this file')
  return place
}

export function partName(kind: 'entries' | 'payloads', first: number): string {
  return `${kind}/${String(first).padStart(16, '0')}`
}

/** @throws ArchiveError unless the part has just so many entries */
export function entriesOf(bundle: Buffer, { part, count }: BundlePlace): Buffer[] {
  const entries: Buffer[] = []
  let at = 0
  while (at + lengthBytes <= bundle.length) {
    const start = at + lengthBytes
    at = start + bundle.readUInt16BE(at)
    entries.push(bundle.subarray(start, at))
  }
  if (at !== bundle.length || entries.length !== count) {
    throw new ArchiveError('part-unreadable', part)
  }
  return entries
}

/** What an entry says of itself that the index and the payloads must fit. */
export interface EntryClaims {
  /** UUID of the exchange, or of the act. */
  readonly id: string
  /** 1 the request, 2 its outcome, 0 an act. */
  readonly part: 0 | 1 | 2
  readonly sealedPayloadDigest: string | undefined
  /** Each '' where the entry names none. */
  readonly service: string
  readonly consumer: string
  readonly domain: string
}

const uuidPattern = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

/** @throws ArchiveError for bytes that are no entry */
export function claimsOf(entry: Buffer, index: number): EntryClaims {
  const fields = fieldsOf(entry, index)
  const { exchangeId, actId, kind, sealedPayloadDigest } = fields
  const id = exchangeId ?? actId
  if (typeof id !== 'string' || !uuidPattern.test(id)) throw noEntry(index)
  const half = kind === 'request' ? 1 : 2
  return {
    id,
    part: exchangeId === undefined ? 0 : half,
    sealedPayloadDigest: typeof sealedPayloadDigest === 'string' ? sealedPayloadDigest : undefined,
    service: textOf(fields['service']),
    consumer: textOf(fields['consumer']),
    domain: textOf(fields['domain']),
  }
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : ''
}

function fieldsOf(entry: Buffer, index: number): Record<string, unknown> {
  try {
    const fields: unknown = JSON.parse(entry.toString('utf8'))
    if (typeof fields === 'object' && fields !== null) return fields as Record<string, unknown>
  } catch (error) {
    throw new ArchiveError('part-unreadable', `entry ${index}`, { cause: error })
  }
  throw noEntry(index)
}

function noEntry(index: number): ArchiveError {
  return new ArchiveError('part-unreadable', `entry ${index}`)
}
