import { randomBytes } from 'node:crypto'
import { sha256 } from './hashing.js'

const keyBytes = 32
const lanes = 8

/**
 * A sum over any number of items that does not depend on their order: the same items have the same sum, others
 * another one. Each item is hashed with a key that is new with every sum and nobody else knows, so nobody can
 * choose other items for the sum (a keyed additive multiset hash, after Clarke and others, ASIACRYPT 2003).
 */
export class MultisetKey {
  readonly #input: Buffer

  /** @param itemBytes - of every item */
  constructor(itemBytes: number) {
    this.#input = Buffer.concat([randomBytes(keyBytes), Buffer.alloc(itemBytes)])
  }

  sum(): MultisetSum {
    return new MultisetSum(this.#input)
  }
}

export class MultisetSum {
  readonly #input: Buffer
  readonly #lanes = new Uint32Array(lanes)
  count = 0

  constructor(input: Buffer) {
    this.#input = input
  }

  /** @param write - puts the item into the buffer from an offset on */
  add(write: (into: Buffer, at: number) => void): void {
    write(this.#input, keyBytes)
    const hash = sha256(this.#input)
    for (let lane = 0; lane < lanes; lane += 1) {
      const at = 4 * lane
      const word =
        hash.charCodeAt(at) |
        (hash.charCodeAt(at + 1) << 8) |
        (hash.charCodeAt(at + 2) << 16) |
        (hash.charCodeAt(at + 3) << 24)
      this.#lanes[lane] = (this.#lanes[lane] ?? 0) + word
    }
    this.count += 1
  }

  equals(other: MultisetSum): boolean {
    return this.count === other.count && this.#lanes.every((lane, at) => lane === other.#lanes[at])
  }
}
