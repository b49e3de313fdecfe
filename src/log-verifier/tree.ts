import { hashOfNode, sha256, type Hash } from './hashing.js'

/** Told of each hash that a tile above the lowest level holds: the root of 256^level leaves. */
export type OnSubtree = (level: number, hash: Hash) => void

const levelsPerTile = 8

/**
 * A growing tree of which only the right edge is kept (RFC 9162 §2.1.2): of each power of two in the number of
 * leaves, the root of that many.
 */
export class Tree {
  #size = 0
  readonly #edge: (Hash | undefined)[] = []

  get size(): number {
    return this.#size
  }

  append(leaf: Hash, onSubtree?: OnSubtree): void {
    this.#size += 1
    let hash = leaf
    for (let level = 0; ; level += 1) {
      if (level > 0 && level % levelsPerTile === 0) onSubtree?.(level / levelsPerTile, hash)
      const left = this.#edge[level]
      if (left === undefined) {
        this.#edge[level] = hash
        return
      }
      this.#edge[level] = undefined
      hash = hashOfNode(left, hash)
    }
  }

  /** Root of all leaves so far. */
  root(): Hash {
    let root: Hash | undefined
    for (const hash of this.#edge) {
      if (hash === undefined) continue
      root = root === undefined ? hash : hashOfNode(hash, root)
    }
    return root ?? sha256(Buffer.alloc(0))
  }

  /** The same tree, which grows by itself from here on. */
  clone(): Tree {
    const copy = new Tree()
    copy.#size = this.#size
    copy.#edge.push(...this.#edge)
    return copy
  }
}
