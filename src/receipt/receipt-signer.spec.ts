import { describe, expect, it } from '@jest/globals'
import { generateKeyPairSync } from 'node:crypto'
import {
  partsOf,
  replyEntry,
  sampleExchangeId,
  sampleReceipt,
  sampleTime,
} from '../../test/support/receipts.js'
import { testSigner } from '../../test/support/signing.js'
import { receiptCharsMax } from '../limits.js'
import { readReceipt } from './read-receipt.js'
import { createReceiptSigner } from './receipt-signer.js'

const leafHash = Buffer.alloc(32, 0xfb).toString('base64url')
const requestLeafHash = Buffer.alloc(32, 2).toString('base64url')

describe('a receipt', () => {
  it.each([
    ['p256', 'ES256'],
    ['p384', 'ES384'],
    ['rsa', 'PS256'],
    ['ed25519', 'EdDSA'],
  ] as const)('by a key of the type %s is a JWS with %s', (keyType, alg) => {
    const signer = testSigner(keyType)
    const token = sampleReceipt(signer)
    const { thumbprint } = signer
    expect(partsOf(token)).toEqual({
      header: `{"alg":"${alg}","typ":"sluice-receipt+jwt","x5t#S256":"${thumbprint}"}`,
      payload: `{"exchangeId":"${sampleExchangeId}","half":2,"log":"domain/PORTAL","leafHash":"${leafHash}","requestLeafHash":"${requestLeafHash}","recordedAt":"2026-03-31T14:30:00.007Z"}`,
    })
    const unverified = readReceipt(token)
    expect(unverified).toMatchObject({ algorithm: alg, certificateThumbprint: thumbprint })
    expect(unverified.verifiedBy(signer.publicKey)).toEqual({
      exchangeId: sampleExchangeId,
      half: 2,
      log: 'domain/PORTAL',
      leafHash,
      requestLeafHash,
      recordedAt: sampleTime,
    })
  })

  it('of a request that came not so far speaks of no entry of it', () => {
    const signer = testSigner()
    const token = createReceiptSigner({
      privateKey: signer.privateKey,
      certificateThumbprint: signer.thumbprint,
    })(sampleExchangeId, { ...replyEntry, log: 'unassigned' }, undefined)
    expect(partsOf(token).payload).not.toContain('requestLeafHash')
    expect(readReceipt(token).verifiedBy(signer.publicKey)).toMatchObject({
      log: 'unassigned',
      requestLeafHash: undefined,
    })
  })

  it('has room for the largest key and the longest name of a log', () => {
    const entry = { ...replyEntry, log: `domain/${'丐'.repeat(100)}` }
    const token = sampleReceipt(testSigner('rsa'), entry)
    // Keys of 8192 bits take seconds to make.
    const length = token.length + (base64Chars(8_192) - base64Chars(2_048))
    expect(length).toBeGreaterThan(receiptCharsMax / 2)
    expect(length).toBeLessThan(receiptCharsMax * 0.6)
  })

  it('is not signed by a key that nobody would verify', () => {
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'secp256k1' })
    expect(() => createReceiptSigner({ privateKey, certificateThumbprint: leafHash })).toThrow(
      TypeError,
    )
  })
})

function base64Chars(bits: number): number {
  return Math.ceil(bits / 6)
}
