import { xmlLimits } from '../limits/documents.js'
import { splitName, utf8Of } from './names.js'
import { isUri } from './uri.js'

/**
 * Names, prefixes and namespace names as small numbers: the same text has the same number, so the
 * reader and C14N compare numbers. Texts are kept as the latin1 reading of their UTF-8 (`octets`):
 * these sort by code point, as C14N wants it, where UTF-16 does not.
 *
 * A text is looked up by a hash of its bytes in a small table of the last ones seen, and only if it is
 * not there in a Map, which needs a string. The Map's hash is the engine's, seeded and out of reach of
 * whoever writes documents; so a collision in the small table costs a look into the Map and no more.
 */
export class Symbols {
  readonly octets: string[] = []
  /** For a qualified name: its prefix and local part; unsplit and notAName until and unless it is one. */
  readonly prefixes: number[] = []
  readonly locals: number[] = []
  readonly #byOctets = new Map<string, number>()
  readonly #texts: (string | undefined)[] = []
  readonly #uris: (boolean | undefined)[] = []
  readonly #recent = new Uint32Array(recentMax)
  /** Which document showed a text last, by the count of documents. */
  readonly #seenBy: number[] = []
  #document = 0
  /** How many different texts the document in hand has shown. */
  seen = 0

  constructor() {
    for (const octets of wellKnown) this.#add(octets)
  }

  get count(): number {
    return this.octets.length
  }

  /** The number of a text that the document shows, new if need be. */
  of(octets: string): number {
    return this.#see(this.#add(octets))
  }

  #add(octets: string): number {
    const known = this.#byOctets.get(octets)
    if (known !== undefined) return known
    const symbol = this.octets.length
    this.octets.push(octets)
    this.prefixes.push(unsplit)
    this.locals.push(unsplit)
    this.#seenBy.push(0)
    this.#byOctets.set(octets, symbol)
    return symbol
  }

  /** The number of a text; undefined when no document has shown it. */
  find(text: string): number | undefined {
    return this.#byOctets.get(Buffer.from(text, 'utf8').toString('latin1'))
  }

  /** The same for the text in `bytes[start, end)`; `hash` is any hash of these bytes. */
  at(bytes: Buffer, start: number, end: number, hash: number): number {
    const slot = (hash ^ (hash >>> 10)) & (recentMax - 1)
    let symbol = this.#recent[slot] ?? 0
    if (!isAt(this.octets[symbol] ?? '', bytes, start, end)) {
      symbol = this.#recent[slot] = this.#add(bytes.toString('latin1', start, end))
    }
    return this.#see(symbol)
  }

  #see(symbol: number): number {
    if (this.#seenBy[symbol] !== this.#document) {
      this.#seenBy[symbol] = this.#document
      this.seen++
    }
    return symbol
  }

  /** Begins another document: none of its texts has been seen. */
  begin(): void {
    this.#document++
    this.seen = 0
  }

  /** Splits a name into prefix and local part. @returns false when it is no qualified name */
  isName(symbol: number): boolean {
    const prefix = this.prefixes[symbol] ?? notAName
    if (prefix !== unsplit) return prefix !== notAName
    const parts = splitName(this.octets[symbol] ?? '')
    this.prefixes[symbol] = parts ? this.#add(parts.prefix) : notAName
    this.locals[symbol] = parts ? this.#add(parts.local) : notAName
    return parts !== undefined
  }

  /** Whether a namespace name is a URI. */
  isUri(symbol: number): boolean {
    return (this.#uris[symbol] ??= isUri(this.octets[symbol] ?? ''))
  }

  /** The text of a symbol. */
  text(symbol: number): string {
    return (this.#texts[symbol] ??= utf8Of(this.octets[symbol] ?? ''))
  }
}

const recentMax = 1_024
const unsplit = -1
const notAName = -2

// Symbols whose number every document knows, in the order of `wellKnown`.
export const nothing = 0
export const xmlPrefix = 1
export const xmlnsPrefix = 2
export const xmlNamespace = 3
export const xmlnsNamespace = 4
export const wsuNamespace = 5
/** The first and last local name of an Id attribute: Id, ID, id. */
export const firstIdName = 6
export const lastIdName = 8
export const baseName = 9
export const langName = 10
export const spaceName = 11

const wellKnown = [
  '',
  'xml',
  'xmlns',
  'http://www.w3.org/XML/1998/namespace',
  'http://www.w3.org/2000/xmlns/',
  'http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd',
  'Id',
  'ID',
  'id',
  'base',
  'lang',
  'space',
]

function isAt(octets: string, bytes: Buffer, start: number, end: number): boolean {
  if (octets.length !== end - start) return false
  for (let at = 0; at < octets.length; at++) {
    if (octets.charCodeAt(at) !== bytes[start + at]) return false
  }
  return true
}

let shared = new Symbols()

/**
 * The symbols for the next document. Documents share them, because messages use the same few names;
 * when there are too many, a new table begins and the old one goes with the documents that use it.
 */
export function symbolsForDocument(): Symbols {
  if (shared.count > xmlLimits.symbolsKeptMax) shared = new Symbols()
  shared.begin()
  return shared
}
