import { describe, expect, it } from '@jest/globals'
import { mqConsumerId, mqRequest, mqRequestContent } from '../../../test/support/mq-signing.js'
import { directoryOf, fiveMinutesMs, testSigner } from '../../../test/support/signing.js'
import type { Fault } from '../../exchange/fault.js'
import { verifyMqHead } from './verify-request.js'

const signer = testSigner()
const now = new Date('2026-11-26T10:00:00Z')
const strict = { signers: directoryOf(signer), now: () => now, freshnessMs: fiveMinutesMs }
const queuedAgeMsMax = 86_100_000
const rules = { ...strict, queuedAgeMsMax }

function verdict(ms: number, through: 'requests' | 'messages', by = strict): string {
  const message = mqRequest(signer, { at: new Date(now.getTime() + ms) })
  try {
    verifyMqHead(mqRequestContent(message, mqConsumerId, 0, through), by)
    return 'accepted'
  } catch (error) {
    return (error as Fault).code
  }
}

describe('a message that waited in its queue while the bus was away', () => {
  it('may be as old as a second one of it would be recognised, and no older', () => {
    expect(verdict(-queuedAgeMsMax, 'messages', rules)).toBe('accepted')
    expect(verdict(-queuedAgeMsMax - 1_000, 'messages', rules)).toBe('CLOCK_SKEW')
    expect(verdict(-fiveMinutesMs - 1_000, 'messages')).toBe('CLOCK_SKEW')
  })

  it('is not from the future, and whoever waits for an answer has to ask anew', () => {
    expect(verdict(fiveMinutesMs + 1_000, 'messages', rules)).toBe('CLOCK_SKEW')
    expect(verdict(-fiveMinutesMs - 1_000, 'requests', rules)).toBe('CLOCK_SKEW')
  })
})
