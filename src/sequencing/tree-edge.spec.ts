import { createHash } from 'node:crypto'
import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { treeHash } from '../../test/support/sequencing.js'
import { hashBytes } from '../tlog/merkle.js'
import { TreeEdge, type FullTile } from './tree-edge.js'

function leavesTo(size: number): Buffer[] {
  return Array.from({ length: size }, (_, index) =>
    createHash('sha256').update(`leaf ${index}`).digest(),
  )
}

/** The hashes of a tile by RFC 9162 §2.1.1 as it stands there. */
function tileOver(leaves: readonly Buffer[], level: number, index: number, width: number): Buffer {
  const span = 256 ** level
  return Buffer.concat(
    Array.from({ length: width }, (_, at) => {
      const first = (index * 256 + at) * span
      return treeHash(leaves.slice(first, first + span))
    }),
  )
}

describe('the right edge of a tree (RFC 9162 §2.1.1)', () => {
  it('has the root of all leaves at every size', () => {
    const leaves = leavesTo(600)
    const edge = new TreeEdge()
    expect(() => edge.root()).toThrow(RangeError)
    for (const [at, leaf] of leaves.entries()) {
      edge.append(leaf)
      expect(edge.size).toBe(at + 1)
      if (at % 7 === 0 || at > 250) expect(edge.root()).toEqual(treeHash(leaves.slice(0, at + 1)))
    }
  })

  it('gives each full tile once, and goes on from partial ones as if nothing had been', () => {
    const leaves = leavesTo(1_300)
    const tiles = tilesOf(leaves)
    expect(tiles.map(({ level, index }) => [level, index])).toEqual(
      [0, 1, 2, 3, 4].map((index) => [0, index]),
    )
    for (const { level, index, hashes } of tiles) {
      expect(hashes).toEqual(tileOver(leaves, level, index, 256))
    }
    fc.assert(
      fc.property(fc.nat(leaves.length), (size) => {
        const edge = restored(leaves, size)
        if (size > 0) expect(edge.root()).toEqual(treeHash(leaves.slice(0, size)))
        for (const leaf of leaves.slice(size)) edge.append(leaf)
        expect(edge.root()).toEqual(treeHash(leaves))
        expect(edge.takeFullTiles()).toEqual(tiles.filter((tile) => endOf(tile) > size))
      }),
      { numRuns: 20 },
    )
  })

  it('does so across the end of a tile of tiles', () => {
    const leaves = leavesTo(65_793)
    const tiles = tilesOf(leaves)
    expect(tiles).toHaveLength(257 + 1)
    expect(tiles.at(-2)).toMatchObject({ level: 1, index: 0, hashes: tileOver(leaves, 1, 0, 256) })
    const root = treeHash(leaves)
    for (const size of [65_535, 65_536, 65_792]) {
      const edge = restored(leaves, size)
      for (const leaf of leaves.slice(size)) edge.append(leaf)
      expect(edge.root()).toEqual(root)
      expect(edge.takeFullTiles()).toEqual(tiles.filter((tile) => endOf(tile) > size))
    }
  })

  it('refuses an edge that is not whole', () => {
    expect(() => TreeEdge.restore(3, [])).toThrow(RangeError)
    expect(() => TreeEdge.restore(3, [Buffer.alloc(2 * hashBytes)])).toThrow(RangeError)
  })
})

function tilesOf(leaves: readonly Buffer[]): FullTile[] {
  const edge = new TreeEdge()
  for (const leaf of leaves) edge.append(leaf)
  const tiles = edge.takeFullTiles()
  expect(edge.takeFullTiles()).toEqual([])
  return tiles
}

function restored(leaves: readonly Buffer[], size: number): TreeEdge {
  const partial = TreeEdge.tilesOf(size).map(({ level, index, width }) =>
    tileOver(leaves, level, index, width),
  )
  return TreeEdge.restore(size, partial)
}

/** The size at which a tile becomes full. */
function endOf({ level, index }: FullTile): number {
  return (index + 1) * 256 ** (level + 1)
}
