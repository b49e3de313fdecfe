import {
  ampersand,
  carriageReturn,
  doubleQuote,
  greaterThan,
  lessThan,
  lineFeed,
  tab,
} from '../characters.js'

/** Takes canonical octets, a stretch at a time, and is done with them when it returns; a Hash is one. */
export interface OctetSink {
  update(octets: Uint8Array): unknown
}

const bufferBytes = 16_384
/** Longer stretches go to the sink as they are; shorter ones are cheaper to gather. */
const gatherBytesMax = 4_096
/** Below this a loop is faster than a call. */
const loopBytesMax = 48

// One writer at a time takes the buffer; a writer inside another one's sink makes its own.
let spare: Buffer | undefined = Buffer.allocUnsafeSlow(bufferBytes)

/** Gathers the octets of one canonicalisation for its sink. */
export class CanonicalWriter {
  readonly #sink: OctetSink
  readonly #buffer: Buffer
  #used = 0

  constructor(sink: OctetSink) {
    this.#sink = sink
    this.#buffer = spare ?? Buffer.allocUnsafeSlow(bufferBytes)
    spare = undefined
  }

  /** Writes `bytes[start, end)` as they are. */
  copy(bytes: Buffer, start: number, end: number): void {
    const length = end - start
    if (length > gatherBytesMax) {
      this.#flush()
      this.#sink.update(bytes.subarray(start, end))
      return
    }
    if (this.#used + length > bufferBytes) this.#flush()
    const buffer = this.#buffer
    if (length > loopBytesMax) {
      bytes.copy(buffer, this.#used, start, end)
      this.#used += length
      return
    }
    let to = this.#used
    for (let at = start; at < end; at++) buffer[to++] = bytes[at] ?? 0
    this.#used = to
  }

  /** Writes octets given as a latin1 string. */
  octets(octets: string): void {
    if (this.#used + octets.length > bufferBytes) this.#flush()
    const buffer = this.#buffer
    let to = this.#used
    for (let at = 0; at < octets.length; at++) buffer[to++] = octets.charCodeAt(at)
    this.#used = to
  }

  /** Writes characters as text of an element (C14N 1.0 §2.3, Text Nodes). */
  text(bytes: Buffer, start: number, end: number): void {
    this.#escaped(bytes, start, end, inText)
  }

  /** Writes characters as the value of an attribute (C14N 1.0 §2.3, Attribute Nodes). */
  attributeValue(bytes: Buffer, start: number, end: number): void {
    this.#escaped(bytes, start, end, inAttribute)
  }

  /** Hands everything over; nothing may be written afterwards. */
  end(): void {
    this.#flush()
    spare = this.#buffer
  }

  #escaped(bytes: Buffer, start: number, end: number, escapes: readonly string[]): void {
    let copied = start
    for (let at = start; at < end; at++) {
      const escape = escapes[bytes[at] ?? 0]
      if (escape === undefined || escape === '') continue
      this.copy(bytes, copied, at)
      this.octets(escape)
      copied = at + 1
    }
    this.copy(bytes, copied, end)
  }

  #flush(): void {
    if (this.#used === 0) return
    this.#sink.update(this.#buffer.subarray(0, this.#used))
    this.#used = 0
  }
}

/** By byte: what is written in its place; empty for the byte itself. */
function escapesOf(...escapes: readonly (readonly [byte: number, written: string])[]): string[] {
  const table = new Array<string>(256).fill('')
  for (const [byte, written] of escapes) table[byte] = written
  return table
}

const inText = escapesOf(
  [ampersand, '&amp;'],
  [lessThan, '&lt;'],
  [greaterThan, '&gt;'],
  [carriageReturn, '&#xD;'],
)
const inAttribute = escapesOf(
  [ampersand, '&amp;'],
  [lessThan, '&lt;'],
  [doubleQuote, '&quot;'],
  [tab, '&#x9;'],
  [lineFeed, '&#xA;'],
  [carriageReturn, '&#xD;'],
)
