import type { KeyObject } from 'node:crypto'
import type { LoggedEntry } from '../exchange/exchange.js'
import { keyTypeOf, signByScheme } from '../trust/http-signature/algorithms.js'
import { receiptAlgorithms } from './receipt-algorithm.js'
import { headerText, payloadText } from './receipt.js'

export interface ReceiptSignerSettings {
  readonly privateKey: KeyObject
  /** base64url SHA-256 of the bus certificate's DER. */
  readonly certificateThumbprint: string
}

/** Signs the receipt of an exchange; see `AdapterTools.receipt`. */
export type SignReceipt = (
  exchangeId: string,
  entry: LoggedEntry,
  requestEntry: LoggedEntry | undefined,
) => string

/**
 * Receipts signed with the bus's key, as compact JWS (RFC 7515 §7.1).
 * @throws TypeError for a key that no accepted algorithm takes
 */
export function createReceiptSigner(settings: ReceiptSignerSettings): SignReceipt {
  const { privateKey, certificateThumbprint } = settings
  const keyType = keyTypeOf(privateKey)
  if (!keyType) throw new TypeError('The signing key must be RSA, P-256, P-384 or Ed25519.')
  const { name, scheme } = receiptAlgorithms[keyType]
  // The same in all receipts of a process.
  const header = `${base64url(Buffer.from(headerText(name, certificateThumbprint)))}.`
  return (exchangeId, entry, requestEntry) => {
    const payload = payloadText({
      exchangeId,
      half: 2,
      log: entry.log,
      leafHash: base64url(entry.leafHash),
      requestLeafHash: requestEntry && base64url(requestEntry.leafHash),
      recordedAt: entry.recordedAt,
    })
    const signed = header + base64url(Buffer.from(payload))
    const signature = signByScheme(scheme, privateKey, Buffer.from(signed, 'latin1'))
    return `${signed}.${base64url(signature)}`
  }
}

function base64url(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64url')
}
