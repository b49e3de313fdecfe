import { beforeEach, describe, expect, it } from '@jest/globals'
import type { BusSigner } from '../exchange/adapter.js'
import type { ReplySignature } from '../exchange/signers.js'
import { parseSubsystemId } from '../exchange/identifier.js'
import { strangerRsaSignaturesPerSecondMax } from '../limits/signatures.js'
import { ReplySigners } from './reply-signers.js'

const portal = parseSubsystemId('AZ/GOV/RITN/PORTAL')
const standard = { name: 'standard' } as unknown as BusSigner
const rsa = { name: 'rsa' } as unknown as BusSigner

let asks: ReplySignature | undefined
let nowMs: number
let warned: unknown[]

beforeEach(() => {
  asks = undefined
  nowMs = Date.parse('2026-06-15T08:00:00Z')
  warned = []
})

function signers(): ReplySigners {
  return new ReplySigners({
    ...{ standard, rsa, replySignatureOf: () => asks },
    now: () => new Date(nowMs),
    warn: (event, details) => warned.push([event, details]),
  })
}

describe('the key of a reply', () => {
  it.each([
    ['ecdsa', standard],
    ['rsa', rsa],
    [undefined, standard],
  ] as const)('is what the registry says of the consumer: %s', (said, expected) => {
    asks = said
    expect(signers().replySigner(portal, false)).toBe(expected)
  })

  it('of a consumer is not what its message says of itself', () => {
    asks = 'ecdsa'
    expect(signers().replySigner(portal, true)).toBe(standard)
  })

  it('of a stranger is what its message says, a few times a second', () => {
    const chooser = signers()
    const inOneSecond = (): BusSigner[] =>
      Array.from({ length: strangerRsaSignaturesPerSecondMax + 2 }, () =>
        chooser.replySigner(undefined, true),
      )
    const expected = [...Array<BusSigner>(strangerRsaSignaturesPerSecondMax).fill(rsa)]
    expect(inOneSecond()).toEqual([...expected, standard, standard])
    expect(chooser.replySigner(undefined, false)).toBe(standard)
    nowMs += 1_000
    expect(inOneSecond()).toEqual([...expected, standard, standard])
  })

  it('is the only one there is where the bus has no RSA key, and the engineer is told once', () => {
    asks = 'rsa'
    const chooser = new ReplySigners({
      ...{ standard, rsa: undefined, replySignatureOf: () => asks, now: () => new Date() },
      warn: (event, details) => warned.push([event, details]),
    })
    expect(chooser.signsWithRsa).toBe(false)
    expect(chooser.replySigner(portal, false)).toBe(standard)
    expect(chooser.replySigner(portal, false)).toBe(standard)
    expect(chooser.replySigner(undefined, true)).toBe(standard)
    expect(warned).toEqual([
      ['a consumer asks for RSA, and the bus has no rsaIdentity', { consumer: portal }],
    ])
  })
})
