import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { createHash, randomBytes } from 'node:crypto'
import {
  makeDataKey,
  masterKeyOf,
  openPayload,
  sealPayload,
  unwrapDataKey,
} from './payload-cipher.js'

const master = masterKeyOf(Buffer.alloc(32, 5))
const place = { exchangeId: '01a2078f-89fa-7297-bff4-68591e03396b', half: 1 } as const

function newDataKey() {
  return makeDataKey(master, '6c1f6f0e-7a0b-4d3c-9a55-3d1e0f1f2a3b', new Date(0))
}

describe('payloads at rest (evidence.md §2.4, R-106)', () => {
  it('come back byte for byte, with the digest that their entry has', async () => {
    const bytes = fc.uint8Array({ maxLength: 5_000 })
    await fc.assert(
      fc.asyncProperty(bytes, bytes, async (head, payload) => {
        const dataKey = newDataKey()
        const { sealed, digest, headDigest } = await sealPayload(dataKey, place, { head, payload })
        const opened = openPayload(dataKey.key, place, sealed)
        expect(opened.head.equals(head)).toBe(true)
        expect(opened.payload.equals(payload)).toBe(true)
        expect(opened.digest).toBe(digest)
        expect(opened.headDigest).toBe(headDigest)
        const salted = createHash('sha256').update(opened.salt)
        expect(salted.update(payload).digest('base64url')).toBe(digest)
        const headed = createHash('sha256').update(head)
        expect(headed.update(opened.salt).digest('base64url')).toBe(headDigest)
      }),
      { numRuns: 50 },
    )
  })

  it('come back also where they are worked off in slices', async () => {
    const dataKey = newDataKey()
    const payload = randomBytes(3 * (1 << 20) + 17)
    const { sealed, digest } = await sealPayload(dataKey, place, { head: Buffer.alloc(0), payload })
    const opened = openPayload(dataKey.key, place, sealed)
    expect(opened.payload.equals(payload)).toBe(true)
    expect(opened.digest).toBe(digest)
  })

  it('when large leave the event loop to others: one slice a turn, of all of them together', async () => {
    const dataKey = newDataKey()
    const payload = randomBytes(8 * 512 * 1024)
    let turns = 0
    let isDone = false
    const count = (): void => {
      turns += 1
      if (!isDone) setImmediate(count)
    }
    setImmediate(count)
    const message = { head: Buffer.alloc(0), payload }
    await Promise.all([1, 2, 3].map(() => sealPayload(dataKey, place, message)))
    isDone = true
    // The first slice of each is worked off at once.
    expect(turns).toBeGreaterThanOrEqual(3 * 7)
  })

  it('have salted digests: equal payloads cannot be told by them', async () => {
    const dataKey = newDataKey()
    const message = { head: Buffer.alloc(0), payload: Buffer.from('5ABC123') }
    const [one, other] = await Promise.all([
      sealPayload(dataKey, place, message),
      sealPayload(dataKey, place, message),
    ])
    expect(one.digest).not.toBe(other.digest)
    expect(one.sealed.nonce.equals(other.sealed.nonce)).toBe(false)
    const unsalted = createHash('sha256').update(message.payload).digest('base64url')
    expect([one.digest, other.digest]).not.toContain(unsalted)
  })

  it('do not open when any byte was changed', async () => {
    const dataKey = newDataKey()
    const message = { head: Buffer.from('head'), payload: Buffer.from('payload') }
    const { sealed } = await sealPayload(dataKey, place, message)
    for (let at = 0; at < sealed.ciphertext.length; at += 1) {
      const ciphertext = Buffer.from(sealed.ciphertext)
      ciphertext[at]! ^= 1
      expect(() => openPayload(dataKey.key, place, { ...sealed, ciphertext })).toThrow()
    }
  })

  it('do not open at another exchange, at the other half, or cut', async () => {
    const dataKey = newDataKey()
    const message = { head: Buffer.from('head'), payload: Buffer.from('payload') }
    const { sealed } = await sealPayload(dataKey, place, message)
    const exchangeId = '01a2078f-89fa-7297-bff4-68591e03396c'
    expect(() => openPayload(dataKey.key, { ...place, half: 2 }, sealed)).toThrow()
    expect(() => openPayload(dataKey.key, { ...place, exchangeId }, sealed)).toThrow()
    const ciphertext = sealed.ciphertext.subarray(0, -1)
    expect(() => openPayload(dataKey.key, place, { ...sealed, ciphertext })).toThrow()
    expect(() =>
      openPayload(dataKey.key, place, { ...sealed, ciphertext: Buffer.alloc(3) }),
    ).toThrow()
  })
})

describe('data keys', () => {
  it('open only under the master key and the id they were wrapped with', () => {
    const dataKey = newDataKey()
    expect(unwrapDataKey(master, dataKey.id, dataKey.wrapped).equals(dataKey.key)).toBe(true)
    const other = masterKeyOf(Buffer.alloc(32, 6))
    expect(() => unwrapDataKey(other, dataKey.id, dataKey.wrapped)).toThrow()
    expect(() => unwrapDataKey(master, 'another', dataKey.wrapped)).toThrow()
    expect(other.id).not.toBe(master.id)
  })

  it('are not in their wrapped form in clear', () => {
    const dataKey = newDataKey()
    expect(dataKey.wrapped.includes(dataKey.key.export())).toBe(false)
  })

  it('need a master key of 32 bytes', () => {
    expect(() => masterKeyOf(Buffer.alloc(16))).toThrow(RangeError)
  })
})
