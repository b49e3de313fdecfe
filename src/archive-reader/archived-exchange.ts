import { ArchiveError } from './archive-error.js'
import { ArchiveParts } from './archive-parts.js'
import { ArchiveZip } from './archive-zip.js'
import { bundleWith, claimsOf, entriesOf, partName } from './bundles.js'
import { readDataKeys, type StoredDataKey } from './data-keys.js'
import { recordsOf, type IndexRecord } from './exchange-index.js'
import { proofInArchive } from './inclusion.js'
import { readManifest, type ReadManifest } from './manifest.js'
import { framesOf } from './payload-frames.js'

/** A payload as it was stored: still encrypted. */
export interface ArchivedPayload {
  readonly dataKey: StoredDataKey
  readonly nonce: Buffer
  /** AES-256-GCM ciphertext and, at its end, the tag. */
  readonly ciphertext: Buffer
}

/** One entry of an archive, with what proves it. */
export interface ArchivedEntry {
  readonly index: number
  /** 1 the request, 2 its outcome, 0 an act. */
  readonly part: number
  readonly entry: Buffer
  /** RFC 9162 §2.1.3: leads from the leaf to the root of the file's checkpoint; it was checked. */
  readonly proof: readonly Buffer[]
  /** Undefined where none was kept, or it was erased. */
  readonly payload: ArchivedPayload | undefined
}

/** The entries of one exchange, and the checkpoint and timestamps of their file. */
export interface ArchivedExchange {
  readonly origin: string
  readonly log: string
  readonly size: number
  readonly root: Buffer
  /** The checkpoint as it was published, with cosignatures. */
  readonly note: Buffer
  readonly timestamps: readonly {
    readonly tsa: string
    readonly token: Buffer
    /** As the file states it; its token says it for certain. */
    readonly at: Date
  }[]
  readonly entries: readonly ArchivedEntry[]
}

/**
 * Finds an exchange, or an act, in an archive file; reads no more of it than is needed. The file's own
 * checkpoint is what everything is checked against: its signature is the caller's matter.
 * @param payloadBytesMax - a longer ciphertext is refused
 * @returns undefined where the file has no such exchange
 * @throws ArchiveError
 */
export async function findArchived(
  path: string,
  exchangeId: string,
  payloadBytesMax: number,
): Promise<ArchivedExchange | undefined> {
  const zip = await ArchiveZip.open(path)
  try {
    const read = await readManifest(zip)
    const parts = new ArchiveParts(zip, read)
    const records = await recordsFor(parts, exchangeId.toLowerCase())
    if (records.length === 0) return undefined
    return await exchangeOf(parts, read, records, payloadBytesMax)
  } finally {
    zip.close()
  }
}

async function exchangeOf(
  parts: ArchiveParts,
  { manifest }: ReadManifest,
  records: readonly IndexRecord[],
  payloadBytesMax: number,
): Promise<ArchivedExchange> {
  const { origin, log, checkpoint, timestamps } = manifest
  const entries: ArchivedEntry[] = []
  for (const record of records) {
    const entry = await entryAt(parts, manifest, record)
    const proof = await proofInArchive(parts, manifest, record.index, entry)
    const payload = await payloadAt(parts, manifest, record.index, payloadBytesMax)
    entries.push({ index: record.index, part: record.part, entry, proof, payload })
  }
  const tokens = []
  for (const { part, tsa, at } of timestamps) {
    tokens.push({ tsa, token: await parts.read(part), at: new Date(at) })
  }
  return {
    origin,
    log,
    size: checkpoint.size,
    root: Buffer.from(checkpoint.root, 'base64'),
    note: await parts.read('checkpoint'),
    timestamps: tokens,
    entries,
  }
}

/** An exchange has two entries at most, and both may lie at the end of one part and the start of the next. */
async function recordsFor(parts: ArchiveParts, id: string): Promise<IndexRecord[]> {
  const names = parts.namesUnder('index/')
  const last = names.findLastIndex((name) => name <= `index/${id}-2`)
  const found: IndexRecord[] = []
  for (const name of names.slice(Math.max(0, last - 1), last + 1)) {
    found.push(...recordsOf(await parts.read(name), name).filter((record) => record.id === id))
  }
  return found
}

async function entryAt(
  parts: ArchiveParts,
  { start, end }: ReadManifest['manifest'],
  { id, part, index }: IndexRecord,
): Promise<Buffer> {
  if (index < start.size || index >= end.size) throw new ArchiveError('index-differs')
  const place = bundleWith(index, start.size, end.size)
  const entry = entriesOf(await parts.read(place.part), place)[index - place.first]
  if (!entry) throw new ArchiveError('index-differs')
  const claims = claimsOf(entry, index)
  // The index is no evidence: what the entry itself says counts.
  if (claims.id !== id || claims.part !== part) throw new ArchiveError('index-differs')
  return entry
}

async function payloadAt(
  parts: ArchiveParts,
  { start, end }: ReadManifest['manifest'],
  index: number,
  bytesMax: number,
): Promise<ArchivedPayload | undefined> {
  const part = partName('payloads', bundleWith(index, start.size, end.size).first)
  if (!parts.has(part)) return undefined
  let found: (Omit<ArchivedPayload, 'dataKey'> & { dataKeyId: string }) | undefined
  for await (const { head, ciphertext } of framesOf(parts.stream(part), part)) {
    if (head.index !== index) continue
    if (head.bytes > bytesMax) throw new ArchiveError('too-large', `entry ${index}`)
    const pieces: Buffer[] = []
    for await (const piece of ciphertext()) pieces.push(piece)
    found = { dataKeyId: head.dataKeyId, nonce: head.nonce, ciphertext: Buffer.concat(pieces) }
  }
  if (!found) return undefined
  const { dataKeyId, nonce, ciphertext } = found
  const dataKey = (await readDataKeys(parts)).get(dataKeyId)
  if (!dataKey) throw new ArchiveError('payload-differs', `entry ${index}`)
  return { dataKey, nonce, ciphertext }
}
