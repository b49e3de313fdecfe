import { describe, expect, it } from '@jest/globals'
import type { AuthorisedRequest } from '../exchange/exchange.js'
import { defaultLimits } from '../limits/default-limits.js'
import { checkWait, queuedAgeMsMax } from './queued-age.js'

const { freshnessMs, replayWindowMs } = defaultLimits
const receivedAt = new Date('2026-11-26T10:00:00Z')

function request(pattern: string, ageMs: number, format = 'mq'): AuthorisedRequest {
  const created = new Date(receivedAt.getTime() - ageMs)
  return {
    receivedAt,
    verified: { format, signature: { created } },
    route: { pattern },
  } as unknown as AuthorisedRequest
}

describe('what waited in a queue', () => {
  it('is forgotten by the bus after the signature of a second one has grown too old', () => {
    // Its clock was as far ahead as clocks may be, and the id is taken as it comes.
    const signedAt = receivedAt.getTime() + freshnessMs
    const lastTaken = signedAt + queuedAgeMsMax(defaultLimits)
    expect(lastTaken).toBeLessThanOrEqual(receivedAt.getTime() + replayWindowMs)
  })

  it('may be old where nobody waits for its answer, and only there', () => {
    const old = request('one-way', freshnessMs + 1)
    expect(checkWait(old, freshnessMs)).toBe(old)
    const fresh = request('request-reply', freshnessMs)
    expect(checkWait(fresh, freshnessMs)).toBe(fresh)
    expect(() => checkWait(request('request-reply', freshnessMs + 1), freshnessMs)).toThrow(
      expect.objectContaining({ code: 'CLOCK_SKEW', field: 'iat' }),
    )
  })

  it('is no matter of other lanes, whose signatures have their own times', () => {
    const http = request('request-reply', freshnessMs + 1, 'http')
    expect(checkWait(http, freshnessMs)).toBe(http)
  })
})
