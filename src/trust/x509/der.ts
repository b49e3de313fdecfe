import { derDepthMax } from '../../limits/certificates.js'

/** Bytes that are not the DER they should be. The message names the rule and never quotes bytes. */
export class DerError extends Error {
  override readonly name = 'DerError'
}

/** Identifier octets (X.690 §8.1.2) of the universal types that certificates use. */
export const derTag = {
  boolean: 0x01,
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  null: 0x05,
  oid: 0x06,
  enumerated: 0x0a,
  utf8String: 0x0c,
  printableString: 0x13,
  teletexString: 0x14,
  ia5String: 0x16,
  utcTime: 0x17,
  generalizedTime: 0x18,
  visibleString: 0x1a,
  universalString: 0x1c,
  bmpString: 0x1e,
  sequence: 0x30,
  set: 0x31,
} as const

/** Identifier octet of the context-specific tag `number`. */
export function contextTag(number: number, form: 'primitive' | 'constructed'): number {
  return (form === 'constructed' ? 0xa0 : 0x80) | number
}

/** One value: where it stands in the bytes that hold it. Nothing is copied. */
export interface DerValue {
  readonly tag: number
  readonly source: Buffer
  readonly start: number
  readonly contentStart: number
  readonly end: number
  readonly depth: number
}

/** The value's content octets. */
export function contentOf(value: DerValue): Buffer {
  return value.source.subarray(value.contentStart, value.end)
}

/** The whole value: identifier, length and content octets. */
export function rawOf(value: DerValue): Buffer {
  return value.source.subarray(value.start, value.end)
}

/** Where one value stands: filled anew by each call of `readHeader`, so that long lists cost little. */
export interface DerHeader {
  tag: number
  contentStart: number
  end: number
}

/**
 * Reads identifier and length octets at `start`. Strict DER (X.690 §10.1): definite, minimal lengths
 * and low tag numbers only, and nothing beyond `limit`.
 * @throws DerError
 */
export function readHeader(source: Buffer, start: number, limit: number, into: DerHeader): void {
  if (start + 2 > limit) throw new DerError('a value breaks off')
  const tag = source[start] ?? 0
  if ((tag & 0x1f) === 0x1f) throw new DerError('a high tag number is not accepted')
  let length = source[start + 1] ?? 0
  let contentStart = start + 2
  if (length >= 0x80) {
    const octets = length & 0x7f
    length = longLength(source, contentStart, limit, octets)
    contentStart += octets
  }
  if (contentStart + length > limit) throw new DerError('a value is longer than what holds it')
  into.tag = tag
  into.contentStart = contentStart
  into.end = contentStart + length
}

function longLength(source: Buffer, start: number, limit: number, octets: number): number {
  if (octets === 0) throw new DerError('an indefinite length is not DER')
  if (octets > 4) throw new DerError('a value is too long')
  if (start + octets > limit) throw new DerError('a value breaks off')
  const length = source.readUIntBE(start, octets)
  if (length < 0x80 || length < 256 ** (octets - 1)) throw new DerError('a length is not minimal')
  return length
}

/** Reads values one after the other, in one pass and within their parent's bounds. */
export class DerReader {
  readonly #source: Buffer
  readonly #end: number
  readonly #depth: number
  readonly #header: DerHeader = { tag: 0, contentStart: 0, end: 0 }
  #position: number

  constructor(source: Buffer, start = 0, end = source.length, depth = 0) {
    if (depth > derDepthMax) throw new DerError('values are nested too deep')
    this.#source = source
    this.#position = start
    this.#end = end
    this.#depth = depth
  }

  get done(): boolean {
    return this.#position >= this.#end
  }

  /** Identifier octet of the next value; undefined at the end. */
  get nextTag(): number | undefined {
    return this.done ? undefined : this.#source[this.#position]
  }

  /** @throws DerError when there is no further value, or it is not of this tag */
  next(tag?: number): DerValue {
    const start = this.#position
    readHeader(this.#source, start, this.#end, this.#header)
    const { tag: found, contentStart, end } = this.#header
    if (tag !== undefined && found !== tag) throw new DerError('a value has an unexpected type')
    this.#position = end
    return { tag: found, source: this.#source, start, contentStart, end, depth: this.#depth }
  }

  /** The next value if it has this tag. @throws DerError */
  optional(tag: number): DerValue | undefined {
    return this.nextTag === tag ? this.next(tag) : undefined
  }

  /** Reads the next value of this tag from the inside. @throws DerError */
  enter(tag: number): DerReader {
    return enterValue(this.next(tag))
  }

  /** @throws DerError when bytes are left over */
  finish(): void {
    if (!this.done) throw new DerError('a value holds more than it should')
  }
}

/** Reads a value from the inside. @throws DerError when it is nested too deep */
export function enterValue(value: DerValue): DerReader {
  return new DerReader(value.source, value.contentStart, value.end, value.depth + 1)
}

/** Reads bytes that hold exactly one value of this tag, from the inside. @throws DerError */
export function enterOnly(bytes: Buffer, tag: number): DerReader {
  const outer = new DerReader(bytes)
  const inner = outer.enter(tag)
  outer.finish()
  return inner
}
