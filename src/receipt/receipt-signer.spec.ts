import { describe, expect, it } from '@jest/globals'
import { generateKeyPairSync } from 'node:crypto'
import {
  encoded,
  partsOf,
  sampleExchangeId,
  sampleOutcome,
  sampleReceipt,
  sampleReceipts,
  sampleTime,
} from '../../test/support/receipts.js'
import { testSigner } from '../../test/support/signing.js'
import { receiptCharsMax } from '../limits/evidence.js'
import { messageLogLimits } from '../limits/message-log.js'
import { leafHashOf, nodeHashOf } from '../tlog/merkle.js'
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
    const parts = partsOf(token)
    const root = encoded(leafHashOf(Buffer.from(parts.statement)))
    expect(token).toBe(`${token.split('~')[0]}~${encoded(parts.statement)}~0`)
    expect(parts).toEqual({
      header: `{"alg":"${alg}","typ":"sluice-receipt+jwt","x5t#S256":"${thumbprint}"}`,
      payload: `{"root":"${root}","size":1}`,
      statement: `{"exchangeId":"${sampleExchangeId}","half":2,"log":"domain/PORTAL","leafHash":"${leafHash}","requestLeafHash":"${requestLeafHash}","recordedAt":"2026-03-31T14:30:00.007Z"}`,
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
    const unasked = { ...sampleOutcome, log: 'unassigned', requestLeafHash: undefined }
    const token = sampleReceipt(signer, unasked)
    expect(partsOf(token).statement).not.toContain('requestLeafHash')
    expect(readReceipt(token).verifiedBy(signer.publicKey)).toMatchObject({
      log: 'unassigned',
      requestLeafHash: undefined,
    })
  })

  it('is signed with others whose entries became durable with it, and says nothing of them', () => {
    const signer = testSigner()
    const tokens = sampleReceipts(signer, 3)
    const pieces = tokens.map((token) => token.split('~'))
    expect(new Set(pieces.map(([jws]) => jws)).size).toBe(1)
    const [one, two, three] = tokens.map((token) =>
      leafHashOf(Buffer.from(partsOf(token).statement)),
    )
    const both = nodeHashOf(one!, two!)
    expect(pieces.map(([, , ...rest]) => rest)).toEqual([
      ['0', encoded(two!), encoded(three!)],
      ['1', encoded(one!), encoded(three!)],
      ['2', encoded(both)],
    ])
    const root = encoded(nodeHashOf(both, three!))
    expect(partsOf(tokens[2]!).payload).toBe(`{"root":"${root}","size":3}`)
    const ids = tokens.map((token) => readReceipt(token).verifiedBy(signer.publicKey).exchangeId)
    expect(ids).toEqual(
      tokens.map((token) => /"exchangeId":"([^"]*)"/.exec(partsOf(token).statement)?.[1]),
    )
    expect(new Set(ids).size).toBe(3)
  })

  it('has room for the largest key, the longest name of a log and the largest batch', () => {
    const outcome = { ...sampleOutcome, log: `domain/${'丐'.repeat(100)}` }
    const { batchRecordsMax } = messageLogLimits
    const [token = ''] = sampleReceipts(testSigner('rsa'), batchRecordsMax, outcome)
    // Keys of 8192 bits take seconds to make.
    const length = token.length + (base64Chars(8_192) - base64Chars(2_048))
    expect(length).toBeGreaterThan(receiptCharsMax / 2)
    expect(length).toBeLessThan(receiptCharsMax * 0.75)
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
