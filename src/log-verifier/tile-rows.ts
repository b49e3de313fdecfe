import { hashAt, hashBytes, type Hash } from './hashing.js'
import { tileWidth, type TileRow } from './tree-rows.store.js'
import type { OnSubtree } from './tree.js'

/** A full tile that is not what the tree makes it, or is not there. */
export interface TileTrouble {
  readonly finding: 'tile-changed' | 'tile-missing'
  readonly level: number
  readonly index: number
}

/** Hashes of one level above the lowest, as far as they do not make a full tile yet. */
interface Growing {
  index: number
  width: number
  readonly hashes: Buffer
}

/** The tiles of one stretch of a log, held against the tree while that grows. */
export class TileRows {
  readonly #tiles = new Map<string, Buffer>()
  readonly #main: Growing[] = []
  readonly #other: Growing[] = []
  readonly #onTrouble: (trouble: TileTrouble) => void
  /** Tiles up to here must be there. */
  readonly #signed: number

  constructor(signed: number, onTrouble: (trouble: TileTrouble) => void) {
    this.#signed = signed
    this.#onTrouble = onTrouble
  }

  /** The tiles that the tree fills next; those from before are not needed any more. */
  load(rows: readonly TileRow[], [from, to]: readonly [number, number]): void {
    this.#tiles.clear()
    for (const { level, index, hashes } of rows) this.#tiles.set(`${level}/${index}`, hashes)
    const first = Math.floor(from / tileWidth)
    const beyond = Math.floor(Math.min(to, this.#signed) / tileWidth)
    for (let index = first; index < beyond; index += 1) {
      if (!this.#tiles.has(`0/${index}`)) {
        this.#onTrouble({ finding: 'tile-missing', level: 0, index })
      }
    }
  }

  /** The leaf's hash as its tile has it; undefined where no tile is full there. */
  leaf(index: number): Hash | undefined {
    const tile = this.#tiles.get(`0/${Math.floor(index / tileWidth)}`)
    return tile && hashAt(tile, (index % tileWidth) * hashBytes)
  }

  /** Takes what the trees make of upper tiles; a tile is right if it is that of either. */
  get upper(): { readonly main: OnSubtree; readonly other: OnSubtree } {
    return {
      main: (level, hash) => void grow(this.#main, level, hash),
      other: (level, hash) => {
        const full = grow(this.#other, level, hash)
        if (full) this.#compare(level, full)
      },
    }
  }

  #compare(level: number, { index, hashes }: Growing): void {
    if ((index + 1) * tileWidth ** (level + 1) > this.#signed) return
    const tile = this.#tiles.get(`${level}/${index}`)
    const isRight = tile?.equals(hashes) || tile?.equals(this.#main[level]?.hashes ?? hashes)
    if (isRight) return
    const finding = tile ? 'tile-changed' : 'tile-missing'
    this.#onTrouble({ finding, level, index })
  }
}

/** @returns the tile, if it is full now */
function grow(levels: Growing[], level: number, hash: Hash): Growing | undefined {
  const tile = (levels[level] ??= {
    index: 0,
    width: 0,
    hashes: Buffer.alloc(tileWidth * hashBytes),
  })
  if (tile.width === tileWidth) {
    tile.index += 1
    tile.width = 0
  }
  tile.hashes.write(hash, tile.width * hashBytes, hashBytes, 'latin1')
  tile.width += 1
  return tile.width === tileWidth ? tile : undefined
}
