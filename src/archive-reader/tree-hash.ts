import { hash } from 'node:crypto'
import { ArchiveError } from './archive-error.js'

// RFC 9162 §2.1.1, written once more: who checks the log must not share the mistakes of who writes it.

export const hashBytes = 32

/** SHA-256 of 0x00 and the entry. */
export function leafHash(entry: Uint8Array): Buffer {
  return hash('sha256', Buffer.concat([Buffer.of(0), entry]), 'buffer')
}

/** SHA-256 of 0x01 and both children. */
export function parentHash(left: Uint8Array, right: Uint8Array): Buffer {
  return hash('sha256', Buffer.concat([Buffer.of(1), left, right]), 'buffer')
}

/** A complete subtree: 2^level leaves from leaf index·2^level on. */
export interface Subtree {
  readonly level: number
  readonly index: number
}

/** The complete subtrees, largest where they fit, that the leaves from `start` on and before `end` make. */
export function subtreesOf(start: number, end: number): Subtree[] {
  const subtrees: Subtree[] = []
  for (let at = start; at < end;) {
    let level = 0
    while (at % 2 ** (level + 1) === 0 && at + 2 ** (level + 1) <= end) level += 1
    subtrees.push({ level, index: at / 2 ** level })
    at += 2 ** level
  }
  return subtrees
}

/** A tree that grows at its right edge, of which no more is kept than is needed to go on. */
export class GrowingTree {
  readonly #edge: { readonly level: number; readonly hash: Buffer }[] = []
  #size = 0

  get size(): number {
    return this.#size
  }

  /** @throws ArchiveError for a subtree that cannot stand here */
  append(level: number, subtree: Buffer): void {
    if (this.#size % 2 ** level !== 0) throw new ArchiveError('part-unreadable', 'tree')
    this.#size += 2 ** level
    let node = { level, hash: subtree }
    for (;;) {
      const left = this.#edge.at(-1)
      if (left?.level !== node.level) break
      this.#edge.pop()
      node = { level: node.level + 1, hash: parentHash(left.hash, node.hash) }
    }
    this.#edge.push(node)
  }

  /** Root of what was appended so far. */
  root(): Buffer {
    const [last, ...others] = this.#edge.map((node) => node.hash).reverse()
    if (!last) return hash('sha256', Buffer.alloc(0), 'buffer')
    return others.reduce((right, left) => parentHash(left, right), last)
  }
}
