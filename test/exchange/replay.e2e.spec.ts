import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { randomUUID } from 'node:crypto'
import type { TestConsumer } from '../support/whole-bus-consumer.js'
import { expectAnswered, expectRefused } from '../support/whole-bus-expect.js'
import { subsystems } from '../support/whole-bus-sample.js'
import { startWholeBus, type RunningBus, type WholeBus } from '../support/whole-bus.js'

let bus: WholeBus
let second: RunningBus
let atSecond: TestConsumer

beforeAll(async () => {
  bus = await startWholeBus()
  second = await bus.startAnother()
  atSecond = bus.portal.at(second.address)
})

afterAll(() => bus.close())

beforeEach(() => bus.providers.taxes.reset())

/** How often each outcome came: an HTTP status or a fault's code. */
function tally(
  outcomes: readonly { status: number; fault: string | undefined }[],
): Map<string, number> {
  const counts = new Map<string, number>()
  for (const { status, fault } of outcomes) {
    const key = fault ?? String(status)
    counts.set(key, (counts.get(key) ?? 0) + 1)
  }
  return counts
}

describe('R-005: a repeated message id of the same sender is executed once', () => {
  it('the very same request again: DUPLICATE_MESSAGE, and one delivery', async () => {
    const call = bus.portal.sign()
    await expectAnswered(bus, await bus.portal.send(call))
    const again = await bus.portal.send(call)
    const entry = await expectRefused(bus, again, 'DUPLICATE_MESSAGE', { status: 409 })
    expect(entry.messageId).toBe(call.headers['X-Road-Id'])
    expect(bus.providers.taxes.count).toBe(1)
  })

  it('another request under the same id: DUPLICATE_MESSAGE', async () => {
    const messageId = randomUUID()
    expect((await bus.portal.call({ messageId })).status).toBe(200)
    const other = await bus.portal.call({ messageId, payload: '{"fin":"0TEST02"}' })
    await expectRefused(bus, other, 'DUPLICATE_MESSAGE')
    expect(bus.providers.taxes.count).toBe(1)
  })

  it('fifty times at once: one answer, 49 refusals, one delivery', async () => {
    const call = bus.portal.sign()
    const answers = await Promise.all(Array.from({ length: 50 }, () => bus.portal.send(call)))
    expect(tally(answers)).toEqual(
      new Map([
        ['200', 1],
        ['DUPLICATE_MESSAGE', 49],
      ]),
    )
    expect(bus.providers.taxes.count).toBe(1)
    const entries = await bus.log.entriesOfMessage(call.headers['X-Road-Id'] ?? '')
    expect(entries).toHaveLength(2 + 49)
  })

  it('at once on two buses over one database: one delivery', async () => {
    for (let round = 0; round < 20; round += 1) {
      const messageId = randomUUID()
      const answers = await Promise.all(
        [bus.portal, atSecond, bus.portal, atSecond].map((one) => one.call({ messageId })),
      )
      expect(tally(answers).get('200')).toBe(1)
      expect(tally(answers).get('DUPLICATE_MESSAGE')).toBe(3)
    }
    expect(bus.providers.taxes.count).toBe(20)
  })

  it('on a bus that was started afterwards: DUPLICATE_MESSAGE', async () => {
    const messageId = randomUUID()
    expect((await bus.portal.call({ messageId })).status).toBe(200)
    const third = await bus.startAnother()
    const answer = await bus.portal.at(third.address).call({ messageId })
    await expectRefused(bus, answer, 'DUPLICATE_MESSAGE')
    expect(bus.providers.taxes.count).toBe(1)
  })

  it('another sender may use the same id', async () => {
    const messageId = randomUUID()
    expect((await bus.portal.call({ messageId })).status).toBe(200)
    expect((await bus.consumers.personnel.call({ messageId })).status).toBe(200)
    expect(bus.providers.taxes.count).toBe(2)
  })

  it('a stranger’s refused request takes no id from its owner', async () => {
    const messageId = randomUUID()
    const credentials = bus.identities.personnel
    expect((await bus.portal.call({ messageId, credentials })).fault).toBe('CERT_SENDER_MISMATCH')
    const unknown = `${subsystems.taxes}/qeydsiz/v1`
    expect((await bus.portal.call({ messageId, service: unknown })).fault).toBe(
      'TARGET_UNREGISTERED',
    )
    expect((await bus.portal.call({ messageId })).status).toBe(200)
  })
})
