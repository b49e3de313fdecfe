import { describe, expect, it } from '@jest/globals'
import {
  encoded,
  partsOf,
  sampleReceipt,
  sampleReceipts,
  signedToken,
} from '../../test/support/receipts.js'
import { testSigner } from '../../test/support/signing.js'
import { leafHashOf } from '../tlog/merkle.js'
import { readReceipt } from './read-receipt.js'
import { ReceiptError } from './receipt-error.js'
import type { Receipt } from './receipt.js'

const signer = testSigner()
const parts = partsOf(sampleReceipt(signer))

/** What is wrong with a token, in a word; the receipt where nothing is. */
function verdict(of: string): Receipt | string {
  try {
    return readReceipt(of).verifiedBy(signer.publicKey)
  } catch (error) {
    if (error instanceof ReceiptError) return error.trouble
    throw error
  }
}

/** Signed again by the right key, so that nothing but the change can be why it is refused. */
const changedPayload = (search: string | RegExp, replacement: string): string =>
  signedToken({ ...parts, payload: parts.payload.replace(search, replacement) }, signer)

describe("a receipt's place among those that were signed together", () => {
  it.each([1, 2, 3, 4, 5, 7, 8, 9])('is where the path leads from it, of %i', (size) => {
    for (const each of sampleReceipts(signer, size)) {
      expect(verdict(each)).toMatchObject({ half: 2, log: 'domain/PORTAL' })
      for (const change of misplacing) {
        const changed = change(each)
        if (changed !== each) expect(verdict(changed)).toBe('inclusion')
      }
    }
  })

  it.each<[string, string | RegExp, string]>([
    ['no statement at all', '"size":1', '"size":0'],
    ['more statements', '"size":1', '"size":2'],
    ['another root', /"root":"./, '"root":"_'],
  ])('is not there with %s signed', (_, search, replacement) => {
    const changed = changedPayload(search, replacement)
    expect(partsOf(changed).payload).not.toBe(parts.payload)
    expect(verdict(changed)).toBe('inclusion')
  })

  it('is none of a node of the tree: it is no leaf', () => {
    const [first = ''] = sampleReceipts(signer, 2)
    const [jws = '', statement = '', , sibling = ''] = first.split('~')
    const leaf = leafHashOf(Buffer.from(statement, 'base64url'))
    const node = Buffer.concat([Buffer.of(1), leaf, Buffer.from(sibling, 'base64url')])
    expect(['form', 'inclusion']).toContain(verdict(`${jws}~${encoded(node)}~0`))
  })
})

/** Each of them another place than the receipt has. */
const misplacing: readonly ((of: string) => string)[] = [
  (of) => of.replace(/~(\d+)(?=~|$)/, (_, index) => `~${Number(index) + 1}`),
  (of) => of.replace(/~[1-9](?=~|$)/, '~0'),
  (of) => `${of}~${encoded(Buffer.alloc(32))}`,
  (of) => `${of}~AA`,
  (of) => of.replace(/~[\w-]{43}$/, ''),
  (of) => of.replace(/~[\w-]{43}$/, '~AA'),
  (of) => of.replace(/(~[\w-]{43})(~[\w-]{43})$/, '$2$1'),
  (of) => of.replace(/~[\w-]{43}/, `~${encoded(Buffer.alloc(32))}`),
]

describe("a receipt's payload", () => {
  it.each<[string, string | RegExp, string]>([
    ['no root', /"root":"[^"]*",/, ''],
    ['a root that is shorter', '"root":"', '"root":"AA","x":"'],
    ['no size', /,"size":1/, ''],
    ['a size that is text', '"size":1', '"size":"1"'],
    ['a size in other words', '"size":1', '"size":1.0'],
    ['a size that is null', '"size":1', '"size":null'],
    ['a member more', '{', '{"iat":1,'],
    ['a member twice', '"size":1', '"size":2,"size":1'],
    ['another order', /^\{("root":"[^"]*"),"size":1/, '{"size":1,$1'],
    ['white space', '{', '{ '],
    ['a statement in place of the root', /.*/, '{"exchangeId":"x","half":2}'],
    ['no object', /.*/, '[]'],
    ['no JSON', /.*/, 'nothing'],
  ])('with %s is refused, whoever signed it', (_, search, replacement) => {
    const changed = changedPayload(search, replacement)
    expect(partsOf(changed).payload).not.toBe(parts.payload)
    expect(verdict(changed)).toBe('payload')
  })
})
