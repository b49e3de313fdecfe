import { createHash } from 'node:crypto'
import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import {
  consistencyProof,
  emptyRoot,
  inclusionProof,
  leafHashOf,
  nodeHashOf,
  ProofError,
  rootOf,
  verifyConsistency,
  verifyInclusion,
  type ReadHash,
} from './merkle.js'
import { hashesFromTiles, hashesAtLevel, tileWidth, type TilePlace } from './tile.js'

/** RFC 9162 §2.1.1, as it stands there: MTH of a list of entries. */
function mth(entries: readonly Buffer[]): Buffer {
  const sha256 = (...parts: Buffer[]): Buffer =>
    createHash('sha256').update(Buffer.concat(parts)).digest()
  const [first] = entries
  if (!first) return sha256()
  if (entries.length === 1) return sha256(Buffer.of(0), first)
  const k = largestPowerBelow(entries.length)
  return sha256(Buffer.of(1), mth(entries.slice(0, k)), mth(entries.slice(k)))
}

/** RFC 9162 §2.1.3.1, as it stands there: PATH(m, D_n). */
function path(m: number, entries: readonly Buffer[]): Buffer[] {
  if (entries.length === 1) return []
  const k = largestPowerBelow(entries.length)
  return m < k
    ? [...path(m, entries.slice(0, k)), mth(entries.slice(k))]
    : [...path(m - k, entries.slice(k)), mth(entries.slice(0, k))]
}

/** RFC 9162 §2.1.4.1, as it stands there: SUBPROOF(m, D_n, b). */
function subproof(m: number, entries: readonly Buffer[], isWhole: boolean): Buffer[] {
  if (m === entries.length) return isWhole ? [] : [mth(entries)]
  const k = largestPowerBelow(entries.length)
  return m <= k
    ? [...subproof(m, entries.slice(0, k), isWhole), mth(entries.slice(k))]
    : [...subproof(m - k, entries.slice(k), false), mth(entries.slice(0, k))]
}

function largestPowerBelow(n: number): number {
  let k = 1
  while (k * 2 < n) k *= 2
  return k
}

function entriesTo(size: number): Buffer[] {
  return Array.from({ length: size }, (_, index) => Buffer.from(`entry ${index}`))
}

/** Reads from the entries themselves. */
function readerOf(entries: readonly Buffer[]): ReadHash {
  return (level, index) => mth(entries.slice(index * 2 ** level, (index + 1) * 2 ** level))
}

/** Tiles as a log keeps them. */
function tilesOf(entries: readonly Buffer[]): (place: TilePlace) => Promise<Buffer> {
  return ({ level, index, width }) => {
    const span = tileWidth ** level
    const hashes = Array.from({ length: width }, (_, at) => {
      const first = (index * tileWidth + at) * span
      return mth(entries.slice(first, first + span))
    })
    return Promise.resolve(Buffer.concat(hashes))
  }
}

// The test data of the Certificate Transparency project (certificate-transparency/cpp, merkletree tests).
const published = {
  leaves: ['', '00', '10', '2021', '3031', '40414243', '5051525354555657'].concat(
    '606162636465666768696a6b6c6d6e6f',
  ),
  roots: [
    '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
    'fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125',
    'aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77',
    'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
    '4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4',
    '76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef',
    'ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c',
    '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328',
  ],
}

describe('the tree of RFC 9162', () => {
  it('has the roots of the published test data', async () => {
    const leaves = published.leaves.map((hex) => Buffer.from(hex, 'hex'))
    for (const [at, root] of published.roots.entries()) {
      const entries = leaves.slice(0, at + 1)
      expect((await rootOf(at + 1, readerOf(entries))).toString('hex')).toBe(root)
      expect(mth(entries).toString('hex')).toBe(root)
    }
    expect(emptyRoot).toEqual(mth([]))
    expect(leafHashOf(Buffer.from('2021', 'hex'))).toEqual(mth([Buffer.from('2021', 'hex')]))
  })

  it('gives the proofs that the text of the RFC gives, for every leaf and every older tree', async () => {
    const entries = entriesTo(34)
    for (let size = 1; size <= entries.length; size += 1) {
      const tree = entries.slice(0, size)
      const read = readerOf(tree)
      const root = mth(tree)
      for (let at = 0; at < size; at += 1) {
        const proof = await inclusionProof(at, size, read)
        expect(proof).toEqual(path(at, tree))
        const leafHash = leafHashOf(entries[at] ?? Buffer.alloc(0))
        expect(() => verifyInclusion({ index: at, size, leafHash, root, proof })).not.toThrow()
        const from = at + 1
        const older = await consistencyProof(from, size, read)
        expect(older).toEqual(subproof(from, tree, true))
        const fromRoot = mth(entries.slice(0, from))
        expect(() => verifyConsistency({ from, fromRoot, size, root, proof: older })).not.toThrow()
      }
    }
  })

  it('comes out the same from tiles, across their borders', async () => {
    const entries = entriesTo(70_000)
    const levels: Buffer[][] = [entries.map(leafHashOf)]
    for (let below = levels[0] ?? []; below.length > 1; below = levels.at(-1) ?? []) {
      const above = Array.from({ length: Math.floor(below.length / 2) }, (_, at) =>
        nodeHashOf(below[2 * at] ?? emptyRoot, below[2 * at + 1] ?? emptyRoot),
      )
      levels.push(above)
    }
    const readNode: ReadHash = (level, index) => levels[level]?.[index] ?? Buffer.alloc(0)
    const readTile = ({ level, index, width }: TilePlace): Promise<Buffer> =>
      Promise.resolve(
        Buffer.concat(
          (levels[8 * level] ?? []).slice(index * tileWidth, index * tileWidth + width),
        ),
      )
    for (const size of [1, 255, 256, 257, 511, 513, 65_535, 65_536, 65_537, 70_000]) {
      const read = hashesFromTiles(size, readTile)
      expect(await rootOf(size, read)).toEqual(await rootOf(size, readNode))
      expect(await inclusionProof(size - 1, size, read)).toEqual(
        await inclusionProof(size - 1, size, readNode),
      )
      const from = Math.ceil(size / 3)
      expect(await consistencyProof(from, size, read)).toEqual(
        await consistencyProof(from, size, readNode),
      )
    }
  })

  it('reads small tiles only as far as the tree fills them', async () => {
    const entries = entriesTo(300)
    const widths: number[] = []
    const read = hashesFromTiles(300, (place) => {
      widths.push(place.width)
      return tilesOf(entries)(place)
    })
    expect(await rootOf(300, read)).toEqual(mth(entries))
    expect(widths.sort()).toEqual([1, 44])
    expect(hashesAtLevel(300, 1)).toBe(1)
  })
})

describe('a proof that does not fit is refused', () => {
  const sizes = fc.integer({ min: 2, max: 40 }).chain((size) =>
    fc.record({
      size: fc.constant(size),
      index: fc.integer({ min: 0, max: size - 1 }),
      at: fc.nat(),
      byte: fc.integer({ min: 0, max: 31 }),
    }),
  )

  it('with one bit changed, one hash more or less, another index or another size', async () => {
    await fc.assert(
      fc.asyncProperty(sizes, async ({ size, index, at, byte }) => {
        const entries = entriesTo(size)
        const proof = await inclusionProof(index, size, readerOf(entries))
        const claim = { index, size, root: mth(entries), proof }
        const leafHash = leafHashOf(entries[index] ?? emptyRoot)
        const refused = (change: object): void => {
          expect(() => verifyInclusion({ ...claim, leafHash, ...change })).toThrow(ProofError)
        }
        refused({ leafHash: flipped(leafHash, byte) })
        refused({ root: flipped(claim.root, byte) })
        refused({
          proof: proof.map((each, n) => (n === at % proof.length ? flipped(each, byte) : each)),
        })
        refused({ proof: proof.slice(1) })
        refused({ proof: [...proof, emptyRoot] })
        for (const length of [0, 31, 33, 64]) {
          refused({ proof: [Buffer.alloc(length), ...proof.slice(1)] })
          refused({ leafHash: Buffer.alloc(length) })
        }
        refused({ index: (index + 1) % size })
        refused({ index: size })
        refused({ index: -1 })
      }),
      { numRuns: 200 },
    )
  })

  it('and an older tree that is not the beginning is found', async () => {
    await fc.assert(
      fc.asyncProperty(sizes, async ({ size, index, byte }) => {
        const entries = entriesTo(size)
        const from = index + 1
        const proof = await consistencyProof(from, size, readerOf(entries))
        const claim = {
          from,
          size,
          fromRoot: mth(entries.slice(0, from)),
          root: mth(entries),
          proof,
        }
        const refused = (change: object): void => {
          expect(() => verifyConsistency({ ...claim, ...change })).toThrow(ProofError)
        }
        refused({ fromRoot: flipped(claim.fromRoot, byte) })
        refused({ root: flipped(claim.root, byte) })
        refused({ proof: [...proof, emptyRoot] })
        if (proof.length > 0) refused({ proof: proof.slice(1) })
        refused({ from: size + 1 })
        for (const length of [0, 31, 33, 64]) {
          if (proof.length > 0) refused({ proof: [...proof.slice(1), Buffer.alloc(length)] })
          refused({ fromRoot: Buffer.alloc(length) })
        }
        const other = entries.with(index, Buffer.from('another'))
        refused({ fromRoot: mth(other.slice(0, from)) })
      }),
      { numRuns: 200 },
    )
  })

  it('an empty tree is the beginning of every tree, and of nothing else than an empty one by its root', () => {
    const root = mth(entriesTo(3))
    const claim = { from: 0, fromRoot: emptyRoot, size: 3, root, proof: [] }
    expect(() => verifyConsistency(claim)).not.toThrow()
    expect(() => verifyConsistency({ ...claim, fromRoot: root })).toThrow(ProofError)
    expect(() => verifyConsistency({ ...claim, proof: [root] })).toThrow(ProofError)
  })
})

function flipped(bytes: Buffer, at: number): Buffer {
  const copy = Buffer.from(bytes)
  copy[at] = (copy[at] ?? 0) ^ 1
  return copy
}
