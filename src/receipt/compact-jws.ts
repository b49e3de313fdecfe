import { bytesOf, textOf } from './base64url.js'
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
  const [header, payload, signature, ...others] = token.split('.')
  if (header === undefined || payload === undefined || signature === undefined) {
    throw invalid('Its JWS has not three parts with dots between them.')
  }
  if (others.length > 0) throw invalid('Its JWS has more than three parts.')
  return {
    header: textOf(header, 'header'),
    payload: textOf(payload, 'payload'),
    signed: Buffer.from(`${header}.${payload}`, 'latin1'),
    signature: bytesOf(signature, 'signature'),
  }
}

function invalid(message: string): ReceiptError {
  return new ReceiptError('form', message)
}
