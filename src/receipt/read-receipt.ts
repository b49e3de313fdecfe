import type { KeyObject } from 'node:crypto'
import { leafHashOf, ProofError, verifyInclusion } from '../tlog/merkle.js'
import { keyTypeOf, verifyByScheme } from '../trust/http-signature/algorithms.js'
import type { CompactJws } from './compact-jws.js'
import { isDigest, membersOf } from './json-members.js'
import { readStatement } from './read-statement.js'
import { isReceiptAlgorithm, receiptAlgorithms } from './receipt-algorithm.js'
import { ReceiptError } from './receipt-error.js'
import { splitReceipt, type ReceiptParts } from './receipt-parts.js'
import { headerText, payloadText, receiptType, type Receipt, type ReceiptBatch } from './receipt.js'

/** A receipt of which nothing is verified: it says which key would have to have signed it. */
export interface UnverifiedReceipt {
  readonly algorithm: string
  /** base64url SHA-256 of the DER of the certificate that it names. */
  readonly certificateThumbprint: string
  /**
   * What is promised, where this key signed it. Whose key that is, is the caller's matter.
   * @throws ReceiptError
   */
  verifiedBy(key: KeyObject): Receipt
}

/**
 * Reads a receipt as strictly as it is written: the header has `alg`, `typ` and `x5t#S256` and nothing else, so
 * that no `crit` (RFC 7515 §4.1.11), no `b64` and no key that the token brings along can mean anything.
 * @throws ReceiptError
 */
export function readReceipt(token: string): UnverifiedReceipt {
  const parts = splitReceipt(token)
  const { algorithm, certificateThumbprint } = headerOf(parts.jws.header)
  return {
    algorithm,
    certificateThumbprint,
    verifiedBy(key) {
      checkSignature(parts.jws, algorithm, key)
      checkInclusion(parts, batchOf(parts.jws.payload))
      return readStatement(parts.statement)
    },
  }
}

function headerOf(text: string): Pick<UnverifiedReceipt, 'algorithm' | 'certificateThumbprint'> {
  const members = membersOf(text, 'header')
  if (Object.hasOwn(members, 'crit')) {
    throw new ReceiptError(
      'header',
      'Its header has crit, and there is nothing that it could ask for.',
    )
  }
  const { alg, typ, 'x5t#S256': thumbprint } = members
  if (typ !== receiptType) throw new ReceiptError('header', `Its typ is not ${receiptType}.`)
  if (typeof alg !== 'string' || !isReceiptAlgorithm(alg)) {
    throw new ReceiptError('algorithm', 'Its alg is none by which receipts are signed.')
  }
  if (!isDigest(thumbprint)) {
    throw new ReceiptError('header', 'Its x5t#S256 is no base64url SHA-256 of a certificate.')
  }
  // Members that are more, or twice there, or written otherwise than there is a need for.
  if (headerText(alg, thumbprint) !== text) {
    throw new ReceiptError('header', 'Its header is not written as the header of a receipt is.')
  }
  return { algorithm: alg, certificateThumbprint: thumbprint }
}

/** @throws ReceiptError */
function checkSignature({ signed, signature }: CompactJws, alg: string, key: KeyObject): void {
  const keyType = keyTypeOf(key)
  const algorithm = keyType && receiptAlgorithms[keyType]
  if (algorithm?.name !== alg) {
    throw new ReceiptError('algorithm', 'Its alg does not fit the key of the certificate.')
  }
  if (!verifyByScheme(algorithm.scheme, key, signed, signature)) {
    throw new ReceiptError('signature', 'The key of the certificate did not make its signature.')
  }
}

/** @throws ReceiptError */
function batchOf(text: string): ReceiptBatch {
  const { root, size } = membersOf(text, 'payload')
  if (isDigest(root) && typeof size === 'number') {
    const batch = { root, size }
    if (payloadText(batch) === text) return batch
  }
  throw new ReceiptError('payload', 'Its payload is not written as the payload of a receipt is.')
}

/** @throws ReceiptError unless the statement is one of those that were signed together */
function checkInclusion(parts: ReceiptParts, { root, size }: ReceiptBatch): void {
  try {
    verifyInclusion({
      index: parts.index,
      size,
      leafHash: leafHashOf(Buffer.from(parts.statement)),
      root: Buffer.from(root, 'base64url'),
      proof: parts.path,
    })
  } catch (error) {
    if (!(error instanceof ProofError)) throw error
    throw new ReceiptError('inclusion', 'Its statement is not the one that was signed there.')
  }
}
