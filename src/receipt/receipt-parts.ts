import { receiptCharsMax } from '../limits/evidence.js'
import { base64urlOf, bytesOf, textOf } from './base64url.js'
import { readCompactJws, type CompactJws } from './compact-jws.js'
import { ReceiptError } from './receipt-error.js'

/** A receipt taken apart. Nothing of it is verified. */
export interface ReceiptParts {
  readonly jws: CompactJws
  readonly statement: string
  /** Of the statement among those that were signed together. */
  readonly index: number
  /** From the statement to the root that is signed (RFC 9162 §2.1.3.1). */
  readonly path: readonly Buffer[]
}

/**
 * A JWS, and behind it what has to be known beside it, with tildes between, as SD-JWT has it (RFC 9901 §4): the
 * statement, its index, and each hash of its path.
 * @param path - each hash in base64url
 */
export function joinReceipt(
  jws: string,
  statement: Uint8Array,
  index: number,
  path: readonly string[],
): string {
  let token = `${jws}~${base64urlOf(statement)}~${index}`
  for (const hash of path) token += `~${hash}`
  return token
}

/** @throws ReceiptError for what is not written as `joinReceipt` writes it */
export function splitReceipt(token: string): ReceiptParts {
  if (token.length > receiptCharsMax) {
    throw new ReceiptError('form', `It is longer than ${receiptCharsMax} characters.`)
  }
  const [jws = '', statement, index, ...path] = token.split('~')
  if (statement === undefined || index === undefined) {
    throw new ReceiptError(
      'form',
      'It has not a JWS, a statement and an index with ~ between them.',
    )
  }
  if (!indexPattern.test(index)) throw new ReceiptError('form', 'Its index is no number.')
  return {
    jws: readCompactJws(jws),
    statement: textOf(statement, 'statement'),
    index: Number(index),
    path: path.map((hash) => bytesOf(hash, 'path')),
  }
}

const indexPattern = /^(?:0|[1-9]\d{0,8})$/
