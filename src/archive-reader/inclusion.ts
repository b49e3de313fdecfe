import { ArchiveError } from './archive-error.js'
import type { ArchiveParts } from './archive-parts.js'
import { bundleWith, entriesOf } from './bundles.js'
import type { Manifest } from './manifest.js'
import { hashBytes, leafHash, parentHash, subtreesOf, type Subtree } from './tree-hash.js'

const bundleLevel = 8
const bundleEntries = 2 ** bundleLevel

/**
 * RFC 9162 §2.1.3.1 from an archive file alone: the path from an entry to the root of its checkpoint.
 * @throws ArchiveError where the path does not lead there
 */
export async function proofInArchive(
  parts: ArchiveParts,
  manifest: Manifest,
  index: number,
  entry: Buffer,
): Promise<Buffer[]> {
  const hashes = await ArchivedHashes.open(parts, manifest)
  const proof: Buffer[] = []
  const sides: ('left' | 'right')[] = []
  let [start, end] = [0, manifest.checkpoint.size]
  while (end - start > 1) {
    const middle = start + largestPowerBelow(end - start)
    const isLeft = index < middle
    sides.unshift(isLeft ? 'right' : 'left')
    proof.unshift(isLeft ? await hashes.over(middle, end) : await hashes.over(start, middle))
    if (isLeft) end = middle
    else start = middle
  }
  let reached = leafHash(entry)
  for (const [n, sibling] of proof.entries()) {
    reached = sides[n] === 'left' ? parentHash(sibling, reached) : parentHash(reached, sibling)
  }
  if (reached.toString('base64') !== manifest.checkpoint.root) {
    throw new ArchiveError('checkpoint-differs', `entry ${index}`)
  }
  return proof
}

/** The hashes of the tree that a file has, or that its entries make. */
class ArchivedHashes {
  readonly #parts: ArchiveParts
  readonly #manifest: Manifest
  readonly #known = new Map<string, Buffer>()

  private constructor(parts: ArchiveParts, manifest: Manifest) {
    this.#parts = parts
    this.#manifest = manifest
  }

  static async open(parts: ArchiveParts, manifest: Manifest): Promise<ArchivedHashes> {
    const { start, end, checkpoint } = manifest
    const hashes = new ArchivedHashes(parts, manifest)
    await hashes.#learn('tree/left', subtreesOf(0, start.size))
    await hashes.#learn('tree/right', subtreesOf(end.size, checkpoint.size))
    const first = Math.ceil(start.size / bundleEntries)
    const count = Math.max(0, Math.floor(end.size / bundleEntries) - first)
    await hashes.#learn(
      'tree/bundles',
      Array.from({ length: count }, (_, n) => ({ level: bundleLevel, index: first + n })),
    )
    return hashes
  }

  /** Root over the leaves from `start` on and before `end`. */
  async over(start: number, end: number): Promise<Buffer> {
    const [last, ...others] = subtreesOf(start, end).reverse()
    if (!last) throw new RangeError('no leaves')
    let root = await this.#node(last)
    for (const subtree of others) root = parentHash(await this.#node(subtree), root)
    return root
  }

  async #learn(part: string, places: readonly Subtree[]): Promise<void> {
    const hashes = await this.#parts.read(part)
    if (hashes.length !== places.length * hashBytes) throw new ArchiveError('part-unreadable', part)
    for (const [n, place] of places.entries()) {
      this.#known.set(nameOf(place), hashes.subarray(n * hashBytes, (n + 1) * hashBytes))
    }
  }

  async #node(place: Subtree): Promise<Buffer> {
    const known = this.#known.get(nameOf(place))
    if (known) return known
    const { level, index } = place
    if (level === 0) return this.#leaf(index)
    const left = await this.#node({ level: level - 1, index: 2 * index })
    return parentHash(left, await this.#node({ level: level - 1, index: 2 * index + 1 }))
  }

  /** All leaves of the entry's part become known: its neighbours are asked for next. */
  async #leaf(index: number): Promise<Buffer> {
    const { start, end } = this.#manifest
    if (index < start.size || index >= end.size) throw new ArchiveError('part-unreadable', 'tree')
    const place = bundleWith(index, start.size, end.size)
    for (const [n, entry] of entriesOf(await this.#parts.read(place.part), place).entries()) {
      this.#known.set(nameOf({ level: 0, index: place.first + n }), leafHash(entry))
    }
    const leaf = this.#known.get(nameOf({ level: 0, index }))
    if (!leaf) throw new ArchiveError('part-unreadable', place.part)
    return leaf
  }
}

function nameOf({ level, index }: Subtree): string {
  return `${level}/${index}`
}

function largestPowerBelow(size: number): number {
  let power = 1
  while (power * 2 < size) power *= 2
  return power
}
