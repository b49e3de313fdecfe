import { PackagingError } from '../../src/http/packaging-error.js'

const field = 'Content-Transfer-Encoding'

/** Undoes a transfer encoding, a stretch of the content at a time. */
export interface TransferDecoder {
  /**
   * @returns what can be said now of the content so far
   * @throws PackagingError
   */
  update(content: Buffer): Buffer
  /** @throws PackagingError where the content ends too early */
  end(): Buffer
}

/**
 * Whether a part's content stands as it is (RFC 2045 §6).
 * @throws PackagingError for an encoding that is not known
 */
export function isIdentity(encoding: string | undefined): boolean {
  switch (encoding?.toLowerCase()) {
    case undefined:
    case '7bit':
    case '8bit':
    case 'binary':
      return true
    case 'base64':
    case 'quoted-printable':
      return false
    default:
      throw new PackagingError(
        field,
        'The encoding must be 7bit, 8bit, binary, base64 or quoted-printable.',
      )
  }
}

/**
 * What undoes a transfer encoding (RFC 2045 §6.7, §6.8), strictly: where decoders would differ, the
 * content is refused. Undefined for one that changes nothing.
 * @throws PackagingError for an encoding that is not known
 */
export function transferDecoder(encoding: string | undefined): TransferDecoder | undefined {
  if (isIdentity(encoding)) return undefined
  return encoding?.toLowerCase() === 'base64' ? new Base64Decoder() : new QuotedDecoder()
}

const other = 0xff
const pad = 0xfe
const blank = 0xfd

/** Digits by their values, which are below 64. */
const base64Value = new Uint8Array(256).fill(other)
const base64Digits = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'
for (let value = 0; value < 64; value++) base64Value[base64Digits.charCodeAt(value)] = value
for (const character of ' \t\r\n') base64Value[character.charCodeAt(0)] = blank
base64Value['='.charCodeAt(0)] = pad

class Base64Decoder implements TransferDecoder {
  #digits = 0
  #pads = 0
  /** Of the digits that do not make a group of four yet. */
  #bits = 0

  update(content: Buffer): Buffer {
    const into = Buffer.allocUnsafe(3 * Math.ceil((content.length + 3) / 4))
    let length = 0
    let digits = this.#digits
    let bits = this.#bits
    for (let at = 0; at < content.length; at++) {
      const value = base64Value[content[at] ?? 0] ?? other
      if (value === blank) continue
      if (value === pad && this.#pads < 2) {
        this.#pads++
        continue
      }
      if (value >= 64 || this.#pads > 0) {
        throw new PackagingError(field, 'The content of a part is not base64.')
      }
      bits = (bits << 6) | value
      if ((++digits & 3) !== 0) continue
      into[length] = bits >> 16
      into[length + 1] = bits >> 8
      into[length + 2] = bits
      length += 3
      bits = 0
    }
    this.#digits = digits
    this.#bits = bits
    return into.subarray(0, length)
  }

  end(): Buffer {
    if ((this.#digits + this.#pads) % 4 !== 0) {
      throw new PackagingError(field, 'The base64 of a part is not complete.')
    }
    const octets = Buffer.from([this.#bits >> 10, this.#bits >> 2])
    switch (this.#digits % 4) {
      case 2:
        return Buffer.from([this.#bits >> 4])
      case 3:
        return octets
      default:
        return octets.subarray(2)
    }
  }
}

const equals = 0x3d
const carriageReturn = 0x0d
const lineFeed = 0x0a
const tab = 0x09
/** What stands behind a byte decides what it means: two octets, or a line end. */
const lookAheadBytes = 2

class QuotedDecoder implements TransferDecoder {
  /** What cannot be said yet. */
  #rest: Buffer = Buffer.alloc(0)

  update(content: Buffer): Buffer {
    const given = this.#rest.length === 0 ? content : Buffer.concat([this.#rest, content])
    return this.#decode(given, Math.max(0, given.length - lookAheadBytes))
  }

  end(): Buffer {
    return this.#decode(this.#rest, this.#rest.length)
  }

  /** Decodes what begins before `end`. */
  #decode(content: Buffer, end: number): Buffer {
    const into = Buffer.allocUnsafe(content.length)
    let length = 0
    let at = 0
    for (; at < end; at++) {
      const byte = content[at] ?? 0
      if (byte === equals) {
        // A soft line break stands for nothing.
        if (!isLineEnd(content, at + 1)) into[length++] = quotedOctet(content, at)
        at += 2
      } else if (byte === carriageReturn && isLineEnd(content, at)) {
        into[length++] = byte
        into[length++] = lineFeed
        at++
      } else if (isPlain(byte) && !isBlankBeforeLineEnd(content, at)) {
        into[length++] = byte
      } else {
        throw notQuoted()
      }
    }
    // The stretch's owner may use its memory again.
    this.#rest = Buffer.from(content.subarray(at))
    return into.subarray(0, length)
  }
}

function isPlain(byte: number): boolean {
  return (byte >= 0x20 && byte <= 0x7e) || byte === tab
}

// Blanks at the end of a line may be of the transport: some decoders keep them, others do not.
function isBlankBeforeLineEnd(content: Buffer, at: number): boolean {
  const isBlank = content[at] === 0x20 || content[at] === tab
  return isBlank && (at + 1 === content.length || isLineEnd(content, at + 1))
}

function isLineEnd(content: Buffer, at: number): boolean {
  return content[at] === carriageReturn && content[at + 1] === lineFeed
}

function quotedOctet(content: Buffer, at: number): number {
  const high = hexValue[content[at + 1] ?? 0] ?? notHex
  const low = hexValue[content[at + 2] ?? 0] ?? notHex
  if (high === notHex || low === notHex) throw notQuoted()
  return high * 16 + low
}

const notHex = 16
const hexValue = new Uint8Array(256).fill(notHex)
for (let value = 0; value < 16; value++) {
  const written = value.toString(16)
  hexValue[written.charCodeAt(0)] = value
  hexValue[written.toUpperCase().charCodeAt(0)] = value
}

function notQuoted(): PackagingError {
  return new PackagingError(field, 'The content of a part is not quoted-printable.')
}
