import { ArchiveError } from './archive-error.js'
import { ArchiveParts } from './archive-parts.js'
import { ArchiveZip } from './archive-zip.js'
import { bundlesOf, claimsOf, entriesOf, partName, type EntryClaims } from './bundles.js'
import { checkIndex, recordOf, RecordSum } from './exchange-index.js'
import { readManifest, type Manifest, type ReadManifest } from './manifest.js'
import { SealedPayloads } from './sealed-payloads.js'
import {
  checkSignature,
  noteOfLog,
  readCheckpointText,
  readSignedText,
  readVerifierKey,
} from './signed-note.js'
import type { VerifierKey } from './signed-note.js'
import { GrowingTree, hashBytes, leafHash, subtreesOf } from './tree-hash.js'

export interface VerifyOptions {
  /**
   * Keys of logs as they were published; the one of the file's log is used. Without any the file's own word is
   * all there is.
   */
  readonly keys?: readonly VerifierKey[]
  /** Keys of witnesses; each must have cosigned. */
  readonly witnesses?: readonly VerifierKey[]
  /**
   * Told of each entry that names a sealed payload which was not in the file when it was made: it was erased
   * before, or somebody took it.
   */
  readonly onPayloadMissing?: (entry: EntryClaims, index: number) => void
  /** Told of each entry, and of what has become of its payload. */
  readonly onEntry?: (entry: EntryClaims, index: number, payload: PayloadState) => void
  /** Told of each timestamp of the checkpoint. What its token says is not looked at here. */
  readonly onTimestamp?: (stamp: ArchivedTimestamp) => void
  /** Called now and then with the number of entries checked so far. */
  readonly onEntries?: (checked: number, of: number) => void
}

/** `missing`: it was not in the file when that was made; `erased`: it was taken out since. */
export type PayloadState = 'none' | 'held' | 'missing' | 'erased'

/** A timestamp as the file has it, which nobody has verified. */
export interface ArchivedTimestamp {
  readonly part: string
  /** By whom and when, as the manifest states it. */
  readonly tsa: string
  readonly at: Date
  /** DER (RFC 3161). */
  readonly token: Buffer
  /** What it must be over: the checkpoint's note as the log signed it. */
  readonly note: Buffer
}

/** What a file that holds together says. */
export interface ArchiveVerdict {
  readonly manifest: Manifest
  /** SHA-256 of the manifest, base64: what the next file and the live log name this one by. */
  readonly digest: string
  readonly entries: number
  readonly payloads: {
    /** Entries that name a sealed payload. */
    readonly named: number
    /** Payloads in the file, all of them checked. */
    readonly held: number
    /** Parts with payloads that were in the file when it was made. */
    readonly erasedParts: number
    /** Index of the first entry that one of them belongs to. */
    readonly erasedFrom: number | undefined
  }
  /** By which key the checkpoint's signature was checked. */
  readonly signedBy: 'published key' | 'stated key' | 'nobody'
  readonly witnesses: readonly string[]
}

const bundleLevel = 8

/**
 * Checks an archive file by itself, without database and network, in bounded memory: that every part is
 * the one that was listed, that the entries make the tree that the checkpoint signs, and that index and
 * payloads belong to them.
 * @throws ArchiveError naming what is wrong; Error where the file itself cannot be read
 */
export async function verifyArchive(
  path: string,
  options: VerifyOptions = {},
): Promise<ArchiveVerdict> {
  const zip = await ArchiveZip.open(path)
  try {
    return await verified(zip, options)
  } finally {
    zip.close()
  }
}

async function verified(zip: ArchiveZip, options: VerifyOptions): Promise<ArchiveVerdict> {
  const read = await readManifest(zip)
  const parts = new ArchiveParts(zip, read)
  const { manifest } = read
  const checkpoint = await parts.read('checkpoint')
  const note = readSignedText(checkpoint)
  checkHead(note.text, manifest)
  const signedBy = checkLogSignature(note, manifest, options.keys ?? [])
  for (const witness of options.witnesses ?? []) checkSignature(note, witness)
  const payloads = await SealedPayloads.open(parts)
  const counted = await new TreeCheck(parts, read, payloads).run(options)
  await checkIndex(parts, counted.records)
  for (const { part, tsa, at } of manifest.timestamps) {
    const token = await parts.read(part)
    const stamped = noteOfLog(checkpoint, manifest.origin)
    options.onTimestamp?.({ part, tsa, at: new Date(at), token, note: stamped })
  }
  if (parts.unread !== undefined) throw new ArchiveError('part-added', parts.unread)
  return {
    manifest,
    digest: read.digest,
    entries: manifest.end.size - manifest.start.size,
    payloads: {
      ...{ named: counted.named, held: payloads.held, erasedParts: read.erased.length },
      erasedFrom: firstIndexOf(read.erased),
    },
    signedBy,
    witnesses: (options.witnesses ?? []).map(({ name }) => name),
  }
}

function firstIndexOf(parts: readonly string[]): number | undefined {
  const indexes = parts.flatMap((name) => /^payloads\/(\d+)$/.exec(name)?.[1] ?? []).map(Number)
  return indexes.length === 0 ? undefined : indexes.reduce((one, other) => Math.min(one, other))
}

function checkHead(text: string, { origin, checkpoint }: Manifest): void {
  const head = readCheckpointText(text)
  const isSame =
    head.origin === origin && head.size === checkpoint.size && head.root === checkpoint.root
  if (!isSame) throw new ArchiveError('checkpoint-differs')
}

/** A log's own signature bears the name of its origin (C2SP tlog-checkpoint). */
function checkLogSignature(
  note: ReturnType<typeof readSignedText>,
  { logKey, origin }: Manifest,
  published: readonly VerifierKey[],
): ArchiveVerdict['signedBy'] {
  if (published.length > 0) {
    const own = published.filter(({ name }) => name === origin)
    if (own.length === 0) throw new ArchiveError('signature-missing')
    checkOneOf(note, own)
    return 'published key'
  }
  if (logKey === null) return 'nobody'
  const key = readVerifierKey(logKey)
  if (key?.name !== origin) throw new ArchiveError('manifest-unreadable')
  checkSignature(note, key)
  return 'stated key'
}

/** A log may have had other keys before. @throws ArchiveError of the last of them */
function checkOneOf(note: ReturnType<typeof readSignedText>, keys: readonly VerifierKey[]): void {
  let trouble: unknown
  for (const key of keys) {
    try {
      checkSignature(note, key)
      return
    } catch (error) {
      trouble = error
    }
  }
  throw trouble
}

/** Builds the tree again: what was before, the entries of the file, what came after until the checkpoint. */
class TreeCheck {
  readonly #parts: ArchiveParts
  readonly #manifest: Manifest
  readonly #erased: ReadonlySet<string>
  readonly #payloads: SealedPayloads
  readonly #tree = new GrowingTree()
  readonly #records = new RecordSum()
  #named = 0

  constructor(parts: ArchiveParts, { manifest, erased }: ReadManifest, payloads: SealedPayloads) {
    this.#parts = parts
    this.#manifest = manifest
    this.#erased = new Set(erased)
    this.#payloads = payloads
  }

  async run(
    options: VerifyOptions,
  ): Promise<{ readonly records: RecordSum; readonly named: number }> {
    const { start, end, checkpoint } = this.#manifest
    await this.#appendSubtrees('tree/left', 0, start.size)
    if (this.#root() !== start.root) throw new ArchiveError('start-differs')
    const bundleRoots: Buffer[] = []
    for (const place of bundlesOf(start.size, end.size)) {
      const entries = entriesOf(await this.#parts.read(place.part), place)
      bundleRoots.push(...this.#appendEntries(entries, place.first))
      await this.#checkPayloads(entries, place.first, options)
      options.onEntries?.(place.first + place.count - start.size, end.size - start.size)
    }
    if (this.#root() !== end.root) throw new ArchiveError('end-differs')
    const listed = await this.#parts.read('tree/bundles')
    if (!listed.equals(Buffer.concat(bundleRoots))) {
      throw new ArchiveError('part-unreadable', 'tree/bundles')
    }
    await this.#appendSubtrees('tree/right', end.size, checkpoint.size)
    if (this.#root() !== checkpoint.root) throw new ArchiveError('checkpoint-differs')
    return { records: this.#records, named: this.#named }
  }

  #root(): string {
    return this.#tree.root().toString('base64')
  }

  async #appendSubtrees(part: string, start: number, end: number): Promise<void> {
    const hashes = await this.#parts.read(part)
    const places = subtreesOf(start, end)
    if (hashes.length !== places.length * hashBytes) throw new ArchiveError('part-unreadable', part)
    for (const [n, { level }] of places.entries()) {
      this.#tree.append(level, hashes.subarray(n * hashBytes, (n + 1) * hashBytes))
    }
  }

  /** @returns the root of the bundle, where it is a whole one */
  #appendEntries(entries: readonly Buffer[], first: number): Buffer[] {
    const bundle = new GrowingTree()
    for (const entry of entries) {
      const leaf = leafHash(entry)
      this.#tree.append(0, leaf)
      bundle.append(0, leaf)
    }
    const isWhole = entries.length === 2 ** bundleLevel && first % 2 ** bundleLevel === 0
    return isWhole ? [bundle.root()] : []
  }

  async #checkPayloads(
    entries: readonly Buffer[],
    first: number,
    { onEntry, onPayloadMissing }: VerifyOptions,
  ): Promise<void> {
    const claims = new Map<number, EntryClaims>()
    for (const [n, entry] of entries.entries()) {
      const index = first + n
      const claim = claimsOf(entry, index)
      claims.set(index, claim)
      this.#records.add(recordOf({ id: claim.id, part: claim.part, index }))
      if (claim.sealedPayloadDigest !== undefined) this.#named += 1
    }
    const part = partName('payloads', first)
    const held = await this.#payloads.check(part, claims)
    if (!onEntry && !onPayloadMissing) return
    const otherwise = this.#erased.has(part) ? 'erased' : 'missing'
    for (const [index, claim] of claims) {
      const isNamed = claim.sealedPayloadDigest !== undefined
      const state = held.has(index) ? 'held' : isNamed ? otherwise : 'none'
      onEntry?.(claim, index, state)
      if (state === 'missing') onPayloadMissing?.(claim, index)
    }
  }
}
