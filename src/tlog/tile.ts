import { hashBytes, nodeHashOf, type ReadHash } from './merkle.js'

/** C2SP tlog-tiles: a full tile holds 256 hashes, eight levels of the tree. */
export const tileWidth = 256
export const tileHeight = 8
export const tileBytes = tileWidth * hashBytes

/** A tile: `level` in units of eight levels of the tree; `width` hashes, 256 where it is full. */
export interface TilePlace {
  readonly level: number
  readonly index: number
  readonly width: number
}

/** The hashes of a tile, one after the other. */
export type ReadTile = (place: TilePlace) => Promise<Buffer>

/** The tiles, full and partial, of a tree of this size at one level. */
export function hashesAtLevel(size: number, level: number): number {
  return Math.floor(size / tileWidth ** level)
}

/** The tile that has the hash `index` of this tile level, as far as a tree of this size fills it. */
export function tileOf(level: number, index: number, size: number): TilePlace {
  const tile = Math.floor(index / tileWidth)
  const width = Math.min(tileWidth, hashesAtLevel(size, level) - tile * tileWidth)
  if (width <= index % tileWidth) throw new RangeError('no such hash in a tree of this size')
  return { level, index: tile, width }
}

/** Reads single hashes from the tiles of a tree of this size; a tile that was read is kept. */
export function hashesFromTiles(size: number, readTile: ReadTile): ReadHash {
  const kept = new Map<string, Promise<Buffer>>()
  const tileAt = (place: TilePlace): Promise<Buffer> => {
    const name = `${place.level}/${place.index}`
    const known = kept.get(name)
    if (known) return known
    const reading = readTile(place).then((tile) => {
      if (tile.length < place.width * hashBytes) throw new RangeError(`tile ${name} is cut`)
      return tile
    })
    kept.set(name, reading)
    return reading
  }
  return async (level, index) => {
    const tileLevel = Math.floor(level / tileHeight)
    const span = 2 ** (level % tileHeight)
    const first = index * span
    const tile = await tileAt(tileOf(tileLevel, first, size))
    return subtreeRoot(tile, first % tileWidth, span)
  }
}

/** Root over so many hashes of a tile, a power of two. */
export function subtreeRoot(tile: Uint8Array, first: number, count: number): Buffer {
  const at = first * hashBytes
  if (at + count * hashBytes > tile.length) throw new RangeError('the tile has no such hash')
  if (count === 1) return Buffer.from(tile.subarray(at, at + hashBytes))
  const half = count / 2
  return nodeHashOf(subtreeRoot(tile, first, half), subtreeRoot(tile, first + half, half))
}
