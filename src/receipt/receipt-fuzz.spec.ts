import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { encoded, partsOf, sampleReceipt, signedToken } from '../../test/support/receipts.js'
import { testSigner } from '../../test/support/signing.js'
import { readReceipt } from './read-receipt.js'
import { ReceiptError } from './receipt-error.js'
import { payloadText, type Receipt } from './receipt.js'

const signer = testSigner('ed25519')
const token = sampleReceipt(signer)
const parts = partsOf(token)

/** Another error is a hole. */
function receiptIn(text: string): Receipt | undefined {
  try {
    return readReceipt(text).verifiedBy(signer.publicKey)
  } catch (error) {
    if (error instanceof ReceiptError) return undefined
    throw error
  }
}

const fragments = fc.constantFrom(
  ...['.', '..', '=', '-', '_', '+', ' ', '\n', '\0', 'e30', 'eyJ', 'ə', encoded('{"alg":"none"}')],
)
const splice = (text: string) =>
  fc
    .tuple(fc.nat(text.length), fc.nat(8), fc.oneof(fragments, fc.string({ unit: 'binary' })))
    .map(([at, cut, put]) => text.slice(0, at) + put + text.slice(at + cut))

describe('whatever is handed in as a receipt', () => {
  it('is one or is refused, and nothing breaks', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: 'binary' }), splice(token)), (text) => {
        expect(receiptIn(text) === undefined || text === token).toBe(true)
      }),
      { numRuns: 2_000 },
    )
  })

  it('with whatever header, signed or not, is one in one way only', () => {
    const anyHeader = fc.oneof(
      splice(parts.header),
      fc.json(),
      fc
        .dictionary(fc.constantFrom('alg', 'typ', 'x5t#S256', 'crit', 'b64', 'jwk'), fc.jsonValue())
        .map((members) => JSON.stringify({ ...JSON.parse(parts.header), ...members })),
    )
    fc.assert(
      fc.property(anyHeader, (header) => {
        const receipt = receiptIn(signedToken({ ...parts, header }, signer))
        // The thumbprint only says which certificate is to be looked for.
        const known = header.replace(/(?<="x5t#S256":")[\w-]{43}(?="\}$)/, '')
        const ours = parts.header.replace(/(?<="x5t#S256":")[\w-]{43}(?="\}$)/, '')
        expect(receipt === undefined || known === ours).toBe(true)
      }),
      { numRuns: 500 },
    )
  })

  it('with whatever payload that the bus signed says what was signed, letter for letter', () => {
    const anyPayload = fc.oneof(splice(parts.payload), fc.json())
    fc.assert(
      fc.property(anyPayload, (payload) => {
        const receipt = receiptIn(signedToken({ ...parts, payload }, signer))
        expect(receipt === undefined || payloadText(receipt) === payload).toBe(true)
      }),
      { numRuns: 500 },
    )
  })
})
