import { hashBytes, nodeHashOf } from '../tlog/merkle.js'
import { hashesAtLevel, subtreeRoot, tileBytes, tileHeight, tileWidth } from '../tlog/tile.js'
import type { TilePlace } from '../tlog/tile.js'

/** A tile that will never change again. */
export interface FullTile {
  readonly level: number
  readonly index: number
  /** 256 hashes. */
  readonly hashes: Buffer
}

/** A partial tile: so many hashes of it are there. */
interface OpenTile {
  readonly hashes: Buffer
  width: number
}

/**
 * The right edge of a tree, which is all that has to be known to let it grow (RFC 9162 §2.1.1): roots of
 * its largest complete subtrees, and the tiles that are not full yet. Some 8 kB a level of tiles.
 */
export class TreeEdge {
  #size = 0
  /** Root of the complete subtree of 2^height leaves, where the size has that bit. */
  readonly #peaks: Buffer[] = []
  readonly #open: OpenTile[] = []
  #full: FullTile[] = []

  /** The partial tiles that a tree of this size has, lowest first. */
  static tilesOf(size: number): TilePlace[] {
    const places: TilePlace[] = []
    for (let level = 0; hashesAtLevel(size, level) > 0; level += 1) {
      const hashes = hashesAtLevel(size, level)
      const width = hashes % tileWidth
      if (width > 0) places.push({ level, index: (hashes - width) / tileWidth, width })
    }
    return places
  }

  /** @param tiles - the hashes of {@link tilesOf}, in that order */
  static restore(size: number, tiles: readonly Buffer[]): TreeEdge {
    const edge = new TreeEdge()
    edge.#size = size
    for (const [at, { level, width }] of TreeEdge.tilesOf(size).entries()) {
      const tile = tiles[at]
      if (tile?.length !== width * hashBytes) throw new RangeError('a tile of the edge is missing')
      edge.#restoreLevel(level, tile)
    }
    return edge
  }

  get size(): number {
    return this.#size
  }

  /** Adds a leaf. Costs one hash on average. */
  append(leafHash: Uint8Array): void {
    let node: Buffer = Buffer.from(leafHash)
    let index = this.#size
    for (let height = 0; ; height += 1) {
      if (height % tileHeight === 0) this.#addToTile(height / tileHeight, index, node)
      if (index % 2 === 0) {
        this.#peaks[height] = node
        break
      }
      node = nodeHashOf(this.#peak(height), node)
      index = (index - 1) / 2
    }
    this.#size += 1
  }

  /** Root of the tree, which must not be empty. */
  root(): Buffer {
    let root: Buffer | undefined
    let rest = this.#size
    for (let height = 0; rest > 0; height += 1, rest = Math.floor(rest / 2)) {
      if (rest % 2 === 0) continue
      const peak = this.#peak(height)
      root = root ? nodeHashOf(peak, root) : peak
    }
    if (!root) throw new RangeError('the tree is empty')
    return root
  }

  /** The tiles that have become full since this was asked last. */
  takeFullTiles(): FullTile[] {
    const full = this.#full
    this.#full = []
    return full
  }

  #peak(height: number): Buffer {
    const peak = this.#peaks[height]
    if (!peak) throw new RangeError('the edge of the tree has a gap')
    return peak
  }

  /** @param index - of the hash among all of its level */
  #addToTile(level: number, index: number, hash: Buffer): void {
    const tile = (this.#open[level] ??= newTile())
    tile.hashes.set(hash, tile.width * hashBytes)
    tile.width += 1
    if (tile.width < tileWidth) return
    this.#full.push({ level, index: Math.floor(index / tileWidth), hashes: tile.hashes })
    this.#open[level] = newTile()
  }

  /** A partial tile is over complete subtrees, the largest of which come first. */
  #restoreLevel(level: number, hashes: Buffer): void {
    const tile = newTile()
    tile.hashes.set(hashes)
    tile.width = hashes.length / hashBytes
    this.#open[level] = tile
    let first = 0
    for (let bit = tileHeight - 1; bit >= 0; bit -= 1) {
      const count = 2 ** bit
      if (Math.floor(tile.width / count) % 2 === 0) continue
      this.#peaks[level * tileHeight + bit] = subtreeRoot(hashes, first, count)
      first += count
    }
  }
}

function newTile(): OpenTile {
  return { hashes: Buffer.alloc(tileBytes), width: 0 }
}
