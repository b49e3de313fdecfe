import { Fault } from '../exchange/fault.js'

const plain = /^[A-Za-z0-9._~/-]*$/

/**
 * Decodes percent-encoded UTF-8 (RFC 3986 §2.1), once and strictly.
 * @param field - the public name of what is decoded
 * @throws Fault REQUEST_INVALID for an invalid escape, bytes that are no UTF-8, or a raw byte above 127
 */
export function decodePercent(text: string, field: string): string {
  if (plain.test(text)) return text
  if (!isAscii(text)) {
    throw new Fault('REQUEST_INVALID', {
      field,
      detail: 'Characters outside ASCII must be percent-encoded UTF-8.',
    })
  }
  try {
    return decodeURIComponent(text)
  } catch (error) {
    throw new Fault('REQUEST_INVALID', {
      field,
      detail: 'A percent-encoded part is not valid UTF-8.',
      cause: error,
    })
  }
}

/**
 * Decodes the segments of an identifier; the slashes between them stay. An encoded slash would turn
 * one segment into two, so it is refused.
 * @throws Fault REQUEST_INVALID
 */
export function decodeIdentifier(text: string, field: string): string {
  if (/%2f/i.test(text)) {
    throw new Fault('REQUEST_INVALID', { field, detail: 'A segment holds an encoded slash.' })
  }
  return decodePercent(text, field)
}

/** Percent-encodes the segments of an identifier; the slashes between them stay. */
export function encodeIdentifier(identifier: string): string {
  if (plain.test(identifier)) return identifier
  return identifier.split('/').map(encodeURIComponent).join('/')
}

function isAscii(text: string): boolean {
  for (let i = 0; i < text.length; i += 1) {
    if (text.charCodeAt(i) > 0x7e) return false
  }
  return true
}
