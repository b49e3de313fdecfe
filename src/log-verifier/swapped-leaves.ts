import type { Hash } from './hashing.js'
import type { Doubt } from './leaves.js'

const keptMax = 10_000

/** Finds among leaves that are not what they should be those that stand in each other's places. */
export class SwappedLeaves {
  readonly #byComputed = new Map<Hash, Doubt>()
  readonly #byExpected = new Map<Hash, Doubt>()
  readonly #paired = new Set<Doubt>()

  /**
   * Whether this leaf is missed elsewhere.
   * @returns the hash that stands there instead
   */
  inPlaceOf(computed: Hash): Hash | undefined {
    return this.#byExpected.size === 0 ? undefined : this.#byExpected.get(computed)?.computed
  }

  /** @returns the leaf that stands where this one should, and the other way round */
  add(doubt: Doubt): Doubt | undefined {
    const other = this.#byComputed.get(doubt.expected)
    if (other?.expected === doubt.computed && !this.#paired.has(other)) {
      this.#paired.add(other).add(doubt)
      this.#byExpected.delete(other.expected)
      return other
    }
    if (this.#byComputed.size < keptMax) {
      this.#byComputed.set(doubt.computed, doubt)
      this.#byExpected.set(doubt.expected, doubt)
    }
    return undefined
  }

  /** Whether it was told of as one of two. */
  isPaired(doubt: Doubt): boolean {
    return this.#paired.has(doubt)
  }
}
