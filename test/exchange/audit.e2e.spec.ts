import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { MessageLog } from '../../src/message-log/message-log.store.js'
import { testLogJobs, until } from '../support/message-log.js'
import type { Answer } from '../support/whole-bus-consumer.js'
import { expectAnswered } from '../support/whole-bus-expect.js'
import { startWholeBus, type WholeBus } from '../support/whole-bus.js'

let bus: WholeBus

beforeAll(async () => {
  bus = await startWholeBus()
})

afterAll(() => bus.close())

beforeEach(() => bus.providers.taxes.reset())

function expectUnavailable(answer: Answer): void {
  expect(answer).toMatchObject({ status: 503, fault: 'AUDIT_UNAVAILABLE' })
  expect(answer.problem).toMatchObject({ side: 'bus' })
  expect(Number(answer.headers['retry-after'])).toBeGreaterThan(0)
}

async function paused(work: () => Promise<void>): Promise<void> {
  await bus.database.pause()
  try {
    await work()
  } finally {
    await bus.database.resume()
  }
}

describe('R-128: no exchange without its record', () => {
  it('the log away: AUDIT_UNAVAILABLE, nothing delivered; back: served by itself', async () => {
    await expectAnswered(bus, await bus.portal.call())
    bus.providers.taxes.reset()
    await paused(async () => {
      for (let i = 0; i < 5; i += 1) {
        const answer = await bus.portal.call()
        expectUnavailable(answer)
        expect(answer.isBound).toBe(true)
      }
      expect(bus.app.get(MessageLog).state().ready).toBe(false)
    })
    expect(bus.providers.taxes.count).toBe(0)
    await until(async () => (await bus.portal.call()).status === 200)
    await bus.log.reconnect()
    await expectAnswered(bus, await bus.portal.call())
    expect(bus.app.get(MessageLog).state().ready).toBe(true)
  })

  it('refusals while the log is away say what they say, and are counted as lost', async () => {
    const lost = bus.app.get(MessageLog).state().refusalsLost
    await paused(async () => {
      const answer = await bus.portal.call({ credentials: bus.identities.personnel })
      expect(answer.fault).toBe('CERT_SENDER_MISMATCH')
      // What is not durable is not promised.
      expect(answer.headers).not.toHaveProperty('sluice-receipt')
    })
    expect(bus.app.get(MessageLog).state().refusalsLost).toBe(lost + 1)
    await until(async () => (await bus.portal.call()).status === 200)
    await bus.log.reconnect()
  })

  it('the log lost between request and reply: the answer is not shown, the sweep marks the exchange', async () => {
    let answerNow: () => void = () => undefined
    const gate = new Promise<void>((resolve) => (answerNow = resolve))
    bus.providers.taxes.answer = () => gate.then(() => ({ payload: '{"gizli":"cavab"}' }))
    const call = bus.portal.sign()
    const arrived = bus.providers.taxes.nextDelivery()
    const answered = bus.portal.send(call)
    await arrived
    await paused(async () => {
      answerNow()
      const refused = await answered
      expectUnavailable(refused)
      expect(refused.headers).not.toHaveProperty('sluice-receipt')
      expect(refused.payload.toString()).not.toContain('cavab')
    })
    await until(async () => (await bus.portal.call()).status === 200)
    await bus.log.reconnect()
    const messageId = call.headers['X-Road-Id'] ?? ''
    const before = await bus.log.entriesOfMessage(messageId)
    expect(before.map(({ fields }) => fields.kind)).toEqual(['request'])
    const marked = await testLogJobs(bus.database.jobsUrl).sweepUnresolved({ olderThanMs: 0 })
    expect(marked).toBe(1)
    const after = await bus.log.entriesOfMessage(messageId)
    expect(after.map(({ fields }) => fields.outcome)).toEqual([undefined, 'unresolved'])
    // The consumer may not know whether it was executed: the id stays taken.
    expect((await bus.portal.call({ messageId })).fault).toBe('DUPLICATE_MESSAGE')
  })
})
