import type { Hash } from './hashing.js'
import type { Doubt, LeafTrouble, Window } from './leaves.js'
import type { Tree } from './tree.js'

/** What must have happened to the leaves, so that the signed roots fit. */
export type Explanation = { readonly tree: Tree } & (
  | { readonly what: 'swapped'; readonly indexes: readonly [number, number] }
  | { readonly what: 'inserted'; readonly index: number }
  | {
      readonly what: 'doubts'
      readonly settled: readonly (readonly [Doubt, LeafTrouble])[]
    }
)

/** A root that was signed, at a size within the window or at its end. */
export interface SignedRoot {
  readonly size: number
  readonly root: Hash
}

const hashesMax = 4_000_000
const doubtsMax = 8

/**
 * Looks for the one change that would make the tree fit the roots that were signed: two leaves swapped, one put in
 * between, doubtful ones settled one by one. The signature says that such a tree was there.
 * @param roots - smallest size first, within the window; none of them fits its leaves
 */
export function explainFork(
  window: Window,
  doubts: readonly Doubt[],
  roots: readonly SignedRoot[],
): Explanation | undefined {
  const [first] = roots
  const last = roots.at(-1)
  if (!first || !last) return undefined
  const search = new Search(window, roots)
  return (
    search.settled(doubts) ??
    search.inserted(first.size, last.size) ??
    search.swapped(first.size, last.size)
  )
}

class Search {
  readonly #window: Window
  readonly #roots: readonly SignedRoot[]
  #hashes = 0

  constructor(window: Window, roots: readonly SignedRoot[]) {
    this.#window = window
    this.#roots = roots
  }

  swapped(firstBad: number, size: number): Explanation | undefined {
    const { tree, leaves } = this.#window
    // The smallest root that does not fit has the first of both under it.
    const beyondFirst = firstBad - tree.size
    for (let one = 0; one < beyondFirst; one += 1) {
      for (let other = one + 1; other < size - tree.size; other += 1) {
        const tried = [...leaves]
        tried[one] = leaves[other] ?? ''
        tried[other] = leaves[one] ?? ''
        const found = this.#fits(tried)
        const indexes = [tree.size + one, tree.size + other] as const
        if (found) return { what: 'swapped', indexes, tree: found }
        if (this.#hashes > hashesMax) return undefined
      }
    }
    return undefined
  }

  inserted(firstBad: number, size: number): Explanation | undefined {
    const { tree, leaves } = this.#window
    if (leaves.length <= size - tree.size) return undefined
    for (let at = 0; at < firstBad - tree.size; at += 1) {
      const found = this.#fits(leaves.filter((_, n) => n !== at))
      if (found) return { what: 'inserted', index: tree.size + at, tree: found }
      if (this.#hashes > hashesMax) return undefined
    }
    return undefined
  }

  settled(doubts: readonly Doubt[]): Explanation | undefined {
    const open = doubts.filter(({ choices }) => choices[1] !== undefined)
    if (open.length < 2 || open.length > doubtsMax) return undefined
    for (let bits = 0; bits < 2 ** open.length; bits += 1) {
      const tried = [...this.#window.leaves]
      const settled = doubts.map((doubt) => {
        const at = open.indexOf(doubt)
        const choice = doubt.choices[at >= 0 ? (bits >> at) & 1 : 0] ?? doubt.choices[0]
        tried[doubt.index - this.#window.tree.size] = choice.hash
        return [doubt, choice.trouble] as const
      })
      const found = this.#fits(tried)
      if (found) return { what: 'doubts', settled, tree: found }
    }
    return undefined
  }

  #fits(leaves: readonly Hash[]): Tree | undefined {
    const tree = this.#window.tree.clone()
    let at = 0
    for (const { size, root } of this.#roots) {
      for (; tree.size < size; at += 1) {
        const leaf = leaves[at]
        if (leaf === undefined) return undefined
        tree.append(leaf)
        this.#hashes += 1
      }
      if (tree.root() !== root) return undefined
    }
    for (; at < leaves.length; at += 1) tree.append(leaves[at] ?? '')
    return tree
  }
}
