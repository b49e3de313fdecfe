import { ReceiptError } from './receipt-error.js'

/** Base64url without padding (RFC 7515 §2). */
export function base64urlOf(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64url')
}

/** @throws ReceiptError where the text is no base64url, or another text stands for the same bytes */
export function bytesOf(text: string, part: string): Buffer {
  const bytes = Buffer.from(text, 'base64url')
  // Node reads past what is no base64url; written again it then is another text.
  if (bytes.length > 0 && bytes.toString('base64url') === text) return bytes
  throw new ReceiptError('form', `Its ${part} is not written in base64url.`)
}

/** @throws ReceiptError, likewise, and for bytes that are no UTF-8 */
export function textOf(text: string, part: string): string {
  const bytes = bytesOf(text, part)
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    throw new ReceiptError('form', `Its ${part} is no UTF-8.`)
  }
}
