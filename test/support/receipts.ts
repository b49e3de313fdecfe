import { constants, sign, type KeyObject } from 'node:crypto'
import type { DurableOutcome } from '../../src/exchange/logged-entry.js'
import { joinReceipt } from '../../src/receipt/receipt-parts.js'
import { createReceiptSigner } from '../../src/receipt/receipt-signer.js'
import { leafHashOf } from '../../src/tlog/merkle.js'
import { testSigner, type TestSigner } from './signing.js'

/** Receipts as the bus makes them, and tokens as only others would. */

export const sampleExchangeId = '019ab2c4-5d6e-7f80-9123-456789abcdef'
export const sampleTime = new Date('2026-03-31T14:30:00.007Z')

export const sampleOutcome: DurableOutcome = {
  exchangeId: sampleExchangeId,
  log: 'domain/PORTAL',
  leafHash: Buffer.alloc(32, 0xfb),
  requestLeafHash: Buffer.alloc(32, 2),
  recordedAt: sampleTime,
}

/** The receipt that a signer gives of an outcome that became durable alone. */
export function sampleReceipt(
  signer: Pick<TestSigner, 'privateKey' | 'thumbprint'> = testSigner(),
  outcome: DurableOutcome = sampleOutcome,
): string {
  return sampleReceipts(signer, 1, outcome)[0] ?? ''
}

/** The receipts of that outcome and of others that became durable with it, which are as it is but for the exchange. */
export function sampleReceipts(
  { privateKey, thumbprint: certificateThumbprint }: Pick<TestSigner, 'privateKey' | 'thumbprint'>,
  size: number,
  outcome: DurableOutcome = sampleOutcome,
): readonly string[] {
  const others = Array.from({ length: size - 1 }, (_, index) => ({
    ...outcome,
    exchangeId: outcome.exchangeId.slice(0, -3) + String(index).padStart(3, '0'),
  }))
  return createReceiptSigner({ privateKey, certificateThumbprint })([outcome, ...others])
}

export function encoded(text: string | Uint8Array): string {
  return Buffer.from(text).toString('base64url')
}

export interface TokenParts {
  readonly header: string
  readonly payload: string
  readonly statement: string
}

/** The texts of a receipt's header, payload and statement. */
export function partsOf(token: string): TokenParts {
  const [header = '', payload = '', , statement = ''] = token
    .split(/[.~]/)
    .map((part) => Buffer.from(part, 'base64url').toString())
  return { header, payload, statement }
}

/** The payload that is signed for one statement alone. */
export function payloadOf(statement: string): string {
  return JSON.stringify({ root: encoded(leafHashOf(Buffer.from(statement))), size: 1 })
}

/** A receipt of whatever texts, signed as the kind of key demands; the payload is that of the statement, if not given. */
export function signedToken(
  {
    header,
    statement,
    payload,
  }: Omit<TokenParts, 'payload'> & { readonly payload?: string | undefined },
  { privateKey, keyType }: TestSigner,
): string {
  const signed = `${encoded(header)}.${encoded(payload ?? payloadOf(statement))}`
  const digest = { p256: 'sha256', p384: 'sha384', rsa: 'sha256', ed25519: null }[keyType]
  const jws = `${signed}.${encoded(signatureOf(digest, signed, privateKey))}`
  return joinReceipt(jws, Buffer.from(statement), 0, [])
}

function signatureOf(digest: string | null, signed: string, key: KeyObject): Buffer {
  if (key.asymmetricKeyType !== 'rsa') {
    return sign(digest, Buffer.from(signed), { key, dsaEncoding: 'ieee-p1363' })
  }
  const padding = constants.RSA_PKCS1_PSS_PADDING
  return sign(digest, Buffer.from(signed), { key, padding, saltLength: 32 })
}
