import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { anyCharacter } from '../../test/support/any-character.js'
import { encoded, partsOf, sampleReceipts, signedToken } from '../../test/support/receipts.js'
import { testSigner } from '../../test/support/signing.js'
import { readReceipt } from './read-receipt.js'
import { ReceiptError } from './receipt-error.js'
import { statementText, type Receipt } from './receipt.js'

const signer = testSigner('ed25519')
// Of three: the tree is not a complete one.
const tokens = sampleReceipts(signer, 3)
const [token = ''] = tokens
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
  ...[
    '.',
    '..',
    '~',
    '~~',
    '~0',
    '~1',
    '~2',
    '=',
    '-',
    '_',
    '+',
    ' ',
    '\n',
    '\0',
    'e30',
    'eyJ',
    'ə',
    encoded('{"alg":"none"}'),
  ],
)
const splice = (text: string) =>
  fc
    .tuple(fc.nat(text.length), fc.nat(8), fc.oneof(fragments, fc.string({ unit: anyCharacter })))
    .map(([at, cut, put]) => text.slice(0, at) + put + text.slice(at + cut))

describe('whatever is handed in as a receipt', () => {
  it('is one or is refused, and nothing breaks', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: anyCharacter }), ...tokens.map(splice)), (text) => {
        expect(receiptIn(text) === undefined || tokens.includes(text)).toBe(true)
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
        const receipt = receiptIn(signedToken({ header, statement: parts.statement }, signer))
        // The thumbprint only says which certificate is to be looked for.
        const known = header.replace(/(?<="x5t#S256":")[\w-]{43}(?="\}$)/, '')
        const ours = parts.header.replace(/(?<="x5t#S256":")[\w-]{43}(?="\}$)/, '')
        expect(receipt === undefined || known === ours).toBe(true)
      }),
      { numRuns: 500 },
    )
  })

  it('with whatever payload that the bus signed is one in one way only', () => {
    const ours = partsOf(signedToken({ ...parts, payload: undefined }, signer)).payload
    fc.assert(
      fc.property(fc.oneof(splice(ours), fc.json()), (payload) => {
        const receipt = receiptIn(signedToken({ ...parts, payload }, signer))
        expect(receipt === undefined || payload === ours).toBe(true)
      }),
      { numRuns: 500 },
    )
  })

  it('with whatever statement that the bus signed says what was signed, letter for letter', () => {
    const { header } = parts
    fc.assert(
      fc.property(fc.oneof(splice(parts.statement), fc.json()), (statement) => {
        const receipt = receiptIn(signedToken({ header, statement }, signer))
        expect(receipt === undefined || statementText(receipt) === statement).toBe(true)
      }),
      { numRuns: 500 },
    )
  })

  it('with parts of receipts of any batches is one that was given, and no other', () => {
    const batches = [1, 2, 3, 5, 8].flatMap((size) => sampleReceipts(signer, size))
    const pieces = batches.map((each) => each.split('~'))
    const jws = fc.constantFrom(...pieces.map(([first = '']) => first))
    const rest = fc.constantFrom(...pieces.flatMap((each) => each.slice(1)))
    fc.assert(
      fc.property(jws, fc.array(rest, { maxLength: 5 }), (first, others) => {
        const text = [first, ...others].join('~')
        expect(receiptIn(text) === undefined || batches.includes(text)).toBe(true)
      }),
      { numRuns: 2_000 },
    )
  })
})
