import type { KeyObject } from 'node:crypto'
import { isSegment } from '../exchange/identifier.js'
import { logOfDomain, unassignedLog } from '../tlog/checkpoint.js'
import { keyTypeOf, verifyByScheme } from '../trust/http-signature/algorithms.js'
import { readCompactJws, type CompactJws } from './compact-jws.js'
import { isReceiptAlgorithm, receiptAlgorithms } from './receipt-algorithm.js'
import { ReceiptError, type ReceiptTrouble } from './receipt-error.js'
import { headerText, payloadText, receiptType, type Receipt } from './receipt.js'

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
  const jws = readCompactJws(token)
  const { algorithm, certificateThumbprint } = headerOf(jws.header)
  return {
    algorithm,
    certificateThumbprint,
    verifiedBy(key) {
      checkSignature(jws, algorithm, key)
      return receiptOf(jws.payload)
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

function receiptOf(text: string): Receipt {
  const { exchangeId, half, log, leafHash, requestLeafHash, recordedAt } = membersOf(
    text,
    'payload',
  )
  if (typeof exchangeId !== 'string' || !uuidPattern.test(exchangeId)) throw missing('exchangeId')
  if (half !== 2) throw missing('half')
  if (typeof log !== 'string' || !isLogName(log)) throw missing('log')
  if (!isDigest(leafHash)) throw missing('leafHash')
  if (requestLeafHash !== undefined && !isDigest(requestLeafHash)) throw missing('requestLeafHash')
  if (typeof recordedAt !== 'string' || !timePattern.test(recordedAt)) throw missing('recordedAt')
  const time = new Date(recordedAt)
  if (Number.isNaN(time.getTime())) throw missing('recordedAt')
  const receipt = { exchangeId, half, log, leafHash, requestLeafHash, recordedAt: time } as const
  if (payloadText(receipt) === text) return receipt
  throw new ReceiptError('payload', 'Its payload is not written as the payload of a receipt is.')
}

const uuidPattern = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/
/** RFC 3339 in UTC with milliseconds, and no other. */
const timePattern = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/

function isLogName(name: string): boolean {
  if (name === unassignedLog) return true
  const domain = name.slice(name.indexOf('/') + 1)
  return isSegment(domain) && logOfDomain(domain) === name
}

/** Whether a value is base64url of 32 bytes, with no other text for the same bytes. */
function isDigest(value: unknown): value is string {
  if (typeof value !== 'string' || !/^[\w-]{43}$/.test(value)) return false
  return Buffer.from(value, 'base64url').toString('base64url') === value
}

/** @throws ReceiptError */
function membersOf(
  text: string,
  part: ReceiptTrouble & ('header' | 'payload'),
): Record<string, unknown> {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    throw new ReceiptError(part, `Its ${part} is no JSON.`)
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    return value as Record<string, unknown>
  }
  throw new ReceiptError(part, `Its ${part} is no JSON object.`)
}

function missing(member: string): ReceiptError {
  return new ReceiptError('payload', `Its payload has no ${member} as a receipt has it.`)
}
