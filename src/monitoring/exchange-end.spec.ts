import { describe, expect, it } from '@jest/globals'
import { Writable } from 'node:stream'
import { pino } from 'pino'
import { Fault } from '../exchange/fault.js'
import type { RequestStage } from '../exchange/exchange.js'
import { endRecorder } from './exchange-end.js'
import { BusMetrics } from './metrics.js'

const reached = { exchangeId: 'e-1', receivedAt: new Date() } as unknown as RequestStage

/** The lines that the end of an exchange leaves in the system log. */
function linesOf(
  outcome: Parameters<ReturnType<typeof endRecorder>>[1],
): Record<string, unknown>[] {
  const lines: Record<string, unknown>[] = []
  const sink = new Writable({
    write(chunk: Buffer, _encoding, done) {
      lines.push(JSON.parse(chunk.toString()) as Record<string, unknown>)
      done()
    },
  })
  const metrics = new BusMetrics({
    exchangesInProgress: () => 0,
    logQueueRows: () => 0,
    refusalsLost: () => 0,
    failingServices: () => 0,
  })
  endRecorder(metrics, pino({ level: 'info' }, sink))(reached, outcome)
  return lines
}

describe('the system log of an ended exchange', () => {
  it('an answered exchange leaves no line at info', () => {
    expect(linesOf('answered')).toEqual([])
  })

  it('an ordinary refusal says why in words, without the place in the code', () => {
    const cause = new Error('no path to an anchor', { cause: new Error('issuer unknown') })
    const [line] = linesOf(new Fault('CERT_UNKNOWN', { cause }))
    expect(line).toMatchObject({
      level: 30,
      exchangeId: 'e-1',
      code: 'CERT_UNKNOWN',
      cause: 'no path to an anchor: issuer unknown',
    })
    expect(JSON.stringify(line)).not.toContain('.ts')
  })

  it('trouble of the bus itself is an error with all that is known of it', () => {
    const [line] = linesOf(new Fault('INTERNAL_ERROR', { cause: new TypeError('not a function') }))
    expect(line).toMatchObject({
      level: 50,
      cause: { type: 'TypeError', message: 'not a function', stack: expect.stringMatching(/at /) },
    })
  })
})
