import { rootOf, type ReadHash } from '../tlog/merkle.js'
import { hashesFromTiles, subtreeRoot, tileHeight, tileWidth, type ReadTile } from '../tlog/tile.js'

/** Tiles that do not belong to the tree they are said to be of. */
export class TileError extends Error {
  override readonly name = 'TileError'
}

/**
 * Reads hashes of a tree from tiles that anybody may have made, and believes none that does not lead to the
 * root. The tiles at the right edge make the root together; each full one is a hash of the tile above.
 * @throws TileError here and at each later hash
 */
export async function verifiedHashes(
  size: number,
  root: Buffer,
  readTile: ReadTile,
): Promise<ReadHash> {
  const read = hashesFromTiles(size, async (place) => {
    const tile = await readTile(place)
    if (place.width < tileWidth) return tile
    const above = await read(tileHeight * (place.level + 1), place.index)
    if (!subtreeRoot(tile, 0, tileWidth).equals(above)) {
      throw new TileError(`tile ${place.level}/${place.index} is not of this tree`)
    }
    return tile
  })
  const computed = await rootOf(size, read)
  if (!computed.equals(root))
    throw new TileError('the tiles do not make the root of the checkpoint')
  return read
}
