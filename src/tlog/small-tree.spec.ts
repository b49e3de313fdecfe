import { describe, expect, it } from '@jest/globals'
import { inclusionProof, leafHashOf, rootOf, verifyInclusion, type ReadHash } from './merkle.js'
import { SmallTree } from './small-tree.js'

describe('a small tree', () => {
  it('is the tree of RFC 9162, whatever its size', async () => {
    const leaves = Array.from({ length: 70 }, (_, at) => leafHashOf(Buffer.from(`entry ${at}`)))
    const completeSubtree: ReadHash = (level, index) =>
      new SmallTree(leaves.slice(index * 2 ** level, (index + 1) * 2 ** level)).root
    for (const size of [1, 2, 3, 4, 5, 6, 7, 8, 9, 31, 32, 33, 70]) {
      const tree = new SmallTree(leaves.slice(0, size))
      const { root } = tree
      const proofs = tree.pathsIn((hash) => hash)
      expect(proofs).toHaveLength(size)
      expect(root).toEqual(await rootOf(size, completeSubtree))
      for (let index = 0; index < size; index += 1) {
        const proof = proofs[index]!
        const expected = await inclusionProof(index, size, completeSubtree)
        expect(Buffer.concat(proof).equals(Buffer.concat(expected))).toBe(true)
        verifyInclusion({ index, size, leafHash: leaves[index]!, root, proof })
      }
    }
  })

  it('has a leaf', () => {
    expect(() => new SmallTree([])).toThrow(RangeError)
  })
})
