/** A segment that stands for any member or item. */
const anySegment = '*'
const indexPattern = /^(?:0|[1-9][0-9]*)$/

/**
 * What pointers lead to, as one tree: each node is a place on the way of some of them. A pointer is a JSON Pointer
 * (RFC 6901 §3, §4) of which `*` stands for any member or item.
 */
export class PointerTree {
  /** Whether a pointer ends here: what stands at this place is left out. */
  isEnd = false
  readonly #names = new Map<string, PointerTree>()
  #ofEachItem: PointerTree | undefined

  /** @throws RangeError for a text that is no such pointer: what cannot be found cannot be left out */
  static of(pointers: readonly string[]): PointerTree {
    const root = new PointerTree()
    for (const pointer of pointers) {
      let node = root
      for (const segment of segmentsOf(pointer)) node = node.#made(segment)
      node.isEnd = true
    }
    return root
  }

  /** Where a member of this name leads. */
  named(name: string): PointerTree | undefined {
    return this.#names.get(name)
  }

  /** Where any member or item leads. */
  get any(): PointerTree | undefined {
    return this.#names.get(anySegment)
  }

  /** Where the segments lead that are an index of a list, or stand for any. */
  *items(): Generator<PointerTree, void> {
    for (const [name, node] of this.#names) {
      if (name === anySegment || indexPattern.test(name)) yield node
    }
  }

  /** Names of the segments that begin with this character. */
  *namesAfter(character: string): Generator<[string, PointerTree], void> {
    for (const [name, node] of this.#names) {
      if (name.startsWith(character)) yield [name.slice(character.length), node]
    }
  }

  /**
   * The same without the ways of lists: where an item leads if this place is taken for one and is a list. `*` says
   * itself that there is a list, and is not used up by it and by what is in it both.
   */
  get ofEachItem(): PointerTree {
    if (this.#ofEachItem) return this.#ofEachItem
    const made = new PointerTree()
    for (const [name, node] of this.#names) {
      if (name !== anySegment && !indexPattern.test(name)) made.#names.set(name, node)
    }
    made.#ofEachItem = made
    return (this.#ofEachItem = made)
  }

  #made(segment: string): PointerTree {
    const known = this.#names.get(segment)
    if (known) return known
    const made = new PointerTree()
    this.#names.set(segment, made)
    return made
  }
}

/** Nodes that a value stands at; each once. */
export type Places = readonly PointerTree[]

export const nowhere: Places = []

export function isEnd(places: Places): boolean {
  return places.some((node) => node.isEnd)
}

function segmentsOf(pointer: string): readonly string[] {
  if (!pointer.startsWith('/') || /~(?![01])/.test(pointer)) {
    throw new RangeError(`${JSON.stringify(pointer)} is no JSON Pointer to a field`)
  }
  return pointer
    .slice(1)
    .split('/')
    .map((segment) => segment.replaceAll('~1', '/').replaceAll('~0', '~'))
}
