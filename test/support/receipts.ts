import { constants, sign, type KeyObject } from 'node:crypto'
import type { LoggedEntry } from '../../src/exchange/exchange.js'
import { createReceiptSigner } from '../../src/receipt/receipt-signer.js'
import { testSigner, type TestSigner } from './signing.js'

/** Receipts as the bus makes them, and tokens as only others would. */

export const sampleExchangeId = '019ab2c4-5d6e-7f80-9123-456789abcdef'
export const sampleTime = new Date('2026-03-31T14:30:00.007Z')

export const replyEntry: LoggedEntry = {
  leafHash: Buffer.alloc(32, 0xfb),
  recordedAt: sampleTime,
  log: 'domain/PORTAL',
}
export const requestEntry: LoggedEntry = { ...replyEntry, leafHash: Buffer.alloc(32, 2) }

/** A signer and the receipt that it gives of the sample exchange. */
export function sampleReceipt(
  signer: Pick<TestSigner, 'privateKey' | 'thumbprint'> = testSigner(),
  entry: LoggedEntry = replyEntry,
  request: LoggedEntry | undefined = requestEntry,
): string {
  const { privateKey, thumbprint: certificateThumbprint } = signer
  return createReceiptSigner({ privateKey, certificateThumbprint })(
    sampleExchangeId,
    entry,
    request,
  )
}

export function encoded(text: string | Uint8Array): string {
  return Buffer.from(text).toString('base64url')
}

export interface TokenParts {
  readonly header: string
  readonly payload: string
}

/** The texts of a token's header and payload. */
export function partsOf(token: string): TokenParts {
  const [header = '', payload = ''] = token
    .split('.')
    .map((part) => Buffer.from(part, 'base64url').toString())
  return { header, payload }
}

/** A compact JWS of whatever texts, signed as the kind of key demands. */
export function signedToken(
  { header, payload }: TokenParts,
  { privateKey, keyType }: TestSigner,
): string {
  const signed = `${encoded(header)}.${encoded(payload)}`
  const digest = { p256: 'sha256', p384: 'sha384', rsa: 'sha256', ed25519: null }[keyType]
  return `${signed}.${encoded(signatureOf(digest, signed, privateKey))}`
}

function signatureOf(digest: string | null, signed: string, key: KeyObject): Buffer {
  if (key.asymmetricKeyType !== 'rsa') {
    return sign(digest, Buffer.from(signed), { key, dsaEncoding: 'ieee-p1363' })
  }
  const padding = constants.RSA_PKCS1_PSS_PADDING
  return sign(digest, Buffer.from(signed), { key, padding, saltLength: 32 })
}
