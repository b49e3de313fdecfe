import { receiptCharsMax } from '../limits.js'
import { ReceiptError } from './receipt-error.js'

/** A compact JWS taken apart (RFC 7515 §7.1). Nothing of it is verified. */
export interface CompactJws {
  /** The protected header's text. */
  readonly header: string
  readonly payload: string
  /** What the signature is over (RFC 7515 §5.1 step 8). */
  readonly signed: Buffer
  readonly signature: Buffer
}

/**
 * Takes a compact JWS apart, and puts up with nothing: base64url without padding, line ends or stray bits, UTF-8
 * without errors, three parts.
 * @throws ReceiptError
 */
export function readCompactJws(token: string): CompactJws {
  if (token.length > receiptCharsMax) {
    throw invalid(`It is longer than ${receiptCharsMax} characters.`)
  }
  const [header, payload, signature, ...others] = token.split('.')
  if (header === undefined || payload === undefined || signature === undefined) {
    throw invalid('It has not three parts with dots between them.')
  }
  if (others.length > 0) throw invalid('It has more than three parts.')
  return {
    header: textOf(header, 'header'),
    payload: textOf(payload, 'payload'),
    signed: Buffer.from(`${header}.${payload}`, 'latin1'),
    signature: bytesOf(signature, 'signature'),
  }
}

/** @throws ReceiptError where the text is no base64url, or another text stands for the same bytes */
function bytesOf(text: string, part: string): Buffer {
  const bytes = Buffer.from(text, 'base64url')
  // Node reads past what is no base64url; written again it then is another text.
  if (bytes.length > 0 && bytes.toString('base64url') === text) return bytes
  throw invalid(`Its ${part} is not written in base64url.`)
}

function textOf(text: string, part: string): string {
  const bytes = bytesOf(text, part)
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    throw invalid(`Its ${part} is no UTF-8.`)
  }
}

function invalid(message: string): ReceiptError {
  return new ReceiptError('form', message)
}
