import { nodeHashOf } from './merkle.js'

/**
 * A tree (RFC 9162 §2.1) of leaves that are all at hand. What has no neighbour goes up a level as it is, which makes the
 * same tree as dividing at powers of two.
 */
export class SmallTree {
  /** From the leaves to the root. */
  readonly #levels: readonly (readonly Buffer[])[]
  readonly root: Buffer

  /** @throws RangeError for no leaf at all */
  constructor(leafHashes: readonly Buffer[]) {
    const levels = [leafHashes]
    let level = leafHashes
    while (level.length > 1) levels.push((level = levelAbove(level)))
    const [root] = level
    if (!root) throw new RangeError('a tree without leaves')
    this.#levels = levels
    this.root = root
  }

  /**
   * For every leaf the hashes that lead from it to the root, as `inclusionProof` has them.
   * @param form - what each hash is brought into, once for all the paths that it is in
   */
  pathsIn<Form>(form: (hash: Buffer) => Form): Form[][] {
    // The root leads nowhere.
    const levels = this.#levels.slice(0, -1).map((level) => level.map((hash) => form(hash)))
    return (this.#levels[0] ?? []).map((_, index) => pathIn(levels, index))
  }
}

function pathIn<Form>(levels: readonly (readonly Form[])[], index: number): Form[] {
  const path: Form[] = []
  let place = index
  for (const level of levels) {
    const neighbour = level[place % 2 === 0 ? place + 1 : place - 1]
    if (neighbour) path.push(neighbour)
    place = Math.floor(place / 2)
  }
  return path
}

function levelAbove(level: readonly Buffer[]): Buffer[] {
  const above: Buffer[] = []
  for (let at = 0; at < level.length; at += 2) {
    const [left, right] = [level[at], level[at + 1]]
    if (left) above.push(right ? nodeHashOf(left, right) : left)
  }
  return above
}
