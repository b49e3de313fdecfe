import { PackagingError } from './packaging-error.js'

const field = 'Content-Transfer-Encoding'

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
 * A part's content with its transfer encoding undone (RFC 2045 §6.7, §6.8), strictly: where decoders
 * would differ, it is refused.
 * @throws PackagingError
 */
export function decodedContent(content: Buffer, encoding: string | undefined): Buffer {
  if (isIdentity(encoding)) return content
  return encoding?.toLowerCase() === 'base64' ? decodedBase64(content) : decodedQuoted(content)
}

const other = 0
const digit = 1
const pad = 2
const blank = 3

const base64Kind = new Uint8Array(256)
for (const character of 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/') {
  base64Kind[character.charCodeAt(0)] = digit
}
for (const character of ' \t\r\n') base64Kind[character.charCodeAt(0)] = blank
base64Kind['='.charCodeAt(0)] = pad

function decodedBase64(content: Buffer): Buffer {
  let digits = 0
  let pads = 0
  for (let at = 0; at < content.length; at++) {
    const kind = base64Kind[content[at] ?? 0] ?? other
    if (kind === blank) continue
    if (kind === digit && pads === 0) digits++
    else if (kind === pad && pads < 2) pads++
    else throw new PackagingError(field, 'The content of a part is not base64.')
  }
  if ((digits + pads) % 4 !== 0) {
    throw new PackagingError(field, 'The base64 of a part is not complete.')
  }
  return Buffer.from(content.toString('latin1'), 'base64')
}

const equals = 0x3d
const carriageReturn = 0x0d
const lineFeed = 0x0a
const tab = 0x09

function decodedQuoted(content: Buffer): Buffer {
  const into = Buffer.allocUnsafe(content.length)
  let length = 0
  for (let at = 0; at < content.length; at++) {
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
  return into.subarray(0, length)
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
