import { readJson } from '../json/read-json.js'
import { withoutStretches, type Cut, type Stretch } from './cut.js'
import { isEnd, nowhere, type Places, type PointerTree } from './pointer-tree.js'

const quote = 0x22
const comma = 0x2c
const colon = 0x3a
const openingBracket = 0x5b
const backslash = 0x5c
const closingBracket = 0x5d
const openingBrace = 0x7b
const closingBrace = 0x7d

/**
 * Cuts fields out of a JSON text; all other bytes stay as they stand, numbers, order and white space. A list on the way
 * to a field is gone through whether or not the pointer says so: else a provider that answers with several where it
 * answered with one would give away what is left out.
 * @throws JsonError for what is no JSON text as `readJson` takes it, a name twice in an object above all
 */
export function cutJson(octets: Uint8Array, tree: PointerTree): Cut {
  // Whatever this lets pass, the pass below can rely on.
  readJson(octets)
  const cutting = new JsonCutting(octets)
  cutting.value([tree])
  return { bytes: withoutStretches(octets, cutting.stretches), fields: cutting.fields }
}

/** Walks a sound JSON text. Every method begins at the first byte of what it passes, and ends behind it. */
class JsonCutting {
  readonly stretches: Stretch[] = []
  fields = 0
  readonly #bytes: Buffer
  #at = 0

  constructor(octets: Uint8Array) {
    this.#bytes = Buffer.from(octets.buffer, octets.byteOffset, octets.byteLength)
  }

  value(places: Places): void {
    this.#skipSpace()
    const first = this.#bytes[this.#at]
    if (first === openingBrace) this.#container(places, closingBrace)
    else if (first === openingBracket) this.#container(places, closingBracket)
    else if (first === quote) this.#skipString()
    else this.#skipWord()
  }

  /**
   * What is cut takes one comma with it: the one behind, or, of the last, the one before. So white space and commas
   * between what stays are those that stood there.
   */
  #container(places: Places, closing: number): void {
    const bytes = this.#bytes
    this.#at += 1
    this.#skipSpace()
    /** Where the items begin that are cut one after the other; of those before them the end of the last. */
    let cutFrom = -1
    let keptTo = -1
    let end = this.#at
    for (let index = 0; bytes[this.#at] !== closing; index += 1) {
      if (bytes[this.#at] === comma) this.#at += 1
      this.#skipSpace()
      const start = this.#at
      const inside = closing === closingBrace ? this.#member(places) : itemsAt(places, index)
      if (isEnd(inside)) {
        this.fields += 1
        if (cutFrom < 0) cutFrom = start
        this.value(nowhere)
      } else {
        if (cutFrom >= 0) this.stretches.push({ start: cutFrom, end: start })
        cutFrom = -1
        this.value(inside)
        keptTo = this.#at
      }
      end = this.#at
      this.#skipSpace()
    }
    if (cutFrom >= 0) this.stretches.push({ start: keptTo < 0 ? cutFrom : keptTo, end })
    this.#at += 1
  }

  /** Passes the name and its colon. @returns where the member stands */
  #member(places: Places): Places {
    const start = this.#at
    this.#skipString()
    const end = this.#at
    this.#skipSpace()
    if (this.#bytes[this.#at] !== colon) throw new Error('a text that was not read')
    this.#at += 1
    if (places.length === 0) return nowhere
    const name = JSON.parse(this.#bytes.toString('utf8', start, end)) as string
    const inside = new Set<PointerTree>()
    for (const node of places) addTo(inside, node.named(name), node.any)
    return inside.size === 0 ? nowhere : [...inside]
  }

  #skipString(): void {
    const bytes = this.#bytes
    let at = this.#at + 1
    while (bytes[at] !== quote) at += bytes[at] === backslash ? 2 : 1
    this.#at = at + 1
  }

  /** A number, `true`, `false` or `null`. */
  #skipWord(): void {
    const bytes = this.#bytes
    let at = this.#at
    while (at < bytes.length && !isAfterWord(bytes[at] ?? 0)) at += 1
    this.#at = at
  }

  #skipSpace(): void {
    const bytes = this.#bytes
    let at = this.#at
    while (at < bytes.length && isSpace(bytes[at] ?? 0)) at += 1
    this.#at = at
  }
}

function itemsAt(places: Places, index: number): Places {
  if (places.length === 0) return nowhere
  const inside = new Set<PointerTree>()
  for (const node of places) {
    inside.add(node.ofEachItem)
    addTo(inside, node.named(String(index)), node.any)
  }
  return [...inside]
}

function addTo(
  places: Set<PointerTree>,
  named: PointerTree | undefined,
  any: PointerTree | undefined,
): void {
  if (named) places.add(named)
  if (any) places.add(any)
}

function isSpace(byte: number): boolean {
  return byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09
}

function isAfterWord(byte: number): boolean {
  return byte === comma || byte === closingBrace || byte === closingBracket || isSpace(byte)
}
