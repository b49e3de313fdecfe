import { hashText, type Hash } from './hashing.js'
import { member, type EntryView } from './entry-view.js'

/** Leaf hashes of a request: as computed from its entry, and as its tree has it. */
interface RequestHashes {
  readonly computed: Hash
  readonly expected: Hash
}

const rememberedMax = 200_000

/**
 * Requests seen of late, for the outcomes that name them: most outcomes follow within seconds. The older half is
 * forgotten at once when there are too many.
 */
export class Requests {
  #young = new Map<string, RequestHashes>()
  #old = new Map<string, RequestHashes>()

  /** @param id - of the exchange */
  remember(id: string, hashes: RequestHashes): void {
    this.#young.set(id, hashes)
    if (this.#young.size < rememberedMax / 2) return
    this.#old = this.#young
    this.#young = new Map()
  }

  /** Whether the outcome's entry names this exchange's request; undefined where that is not remembered. */
  isNamedBy(id: string, view: EntryView): boolean | undefined {
    const found = this.#young.get(id) ?? this.#old.get(id)
    if (!found) return undefined
    this.#young.delete(id)
    const { computed, expected } = found
    if (view.is(member.requestEntry, hashText(computed, 'base64url'))) return true
    return computed !== expected && view.is(member.requestEntry, hashText(expected, 'base64url'))
  }
}
