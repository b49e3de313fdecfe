import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals'
import { setImmediate as turn } from 'node:timers/promises'
import { Fault } from '../../src/exchange/fault.js'
import { startTestBroker, type TestBroker } from '../../test/support/broker.js'
import {
  acceptedOf,
  lineOf,
  MqLane,
  newId,
  problemOf,
  sender,
  TakenMessages,
  type Carry,
  type MqClient,
} from '../../test/support/mq-lane.js'
import { mqRequest } from '../../test/support/mq-signing.js'
import { testSigner } from '../../test/support/signing.js'

const own = testSigner('p256', sender)

let broker: TestBroker
let lane: MqLane
beforeAll(async () => {
  broker = await startTestBroker()
}, 60_000)
afterAll(() => broker.stop())
afterEach(() => lane.close())

async function start(carry: Carry): Promise<MqClient> {
  lane = new MqLane(broker)
  await lane.declare(sender)
  await lane.listen(lineOf([own], carry))
  return lane.client()
}

const sent = (id: string, ...to: string[]): ReturnType<typeof mqRequest> =>
  mqRequest(own, { envelope: { client: sender, service: undefined, id, to } })

describe('a one-way message to several recipients', () => {
  it('is one exchange each; one that fails does not block the others (R-189)', async () => {
    const to = ['AZ/GOV/DIN/GCQ/sened/v1', 'AZ/GOV/MN/EDMS/sened', 'AZ/GOV/EDN/EDMS/sened/v2']
    const client = await start((authenticated) => {
      if (authenticated.envelope.copy === 1) throw new Fault('TARGET_UNREGISTERED')
      return Promise.resolve(acceptedOf(authenticated))
    })
    await client.message(sent(newId(), ...to))
    expect(problemOf(await client.notice())).toMatchObject({
      recipient: to[1],
      ground: { code: 'TARGET_UNREGISTERED' },
    })
    expect(lane.received).toHaveLength(3)
    expect(new Set(lane.received.map(({ exchangeId }) => exchangeId)).size).toBe(3)
    expect(
      lane.received.map(({ content }) => content.format === 'mq' && content.recipient),
    ).toEqual([0, 1, 2])
  })

  it('whose id another message took is refused to each of its recipients, and goes to none', async () => {
    const taken = new TakenMessages()
    const delivered: string[] = []
    const client = await start((authenticated) => {
      taken.take(authenticated)
      const { messageId, serviceCode, copy } = authenticated.envelope
      delivered.push(`${messageId} ${serviceCode.split('/')[2]} ${copy}`)
      return Promise.resolve(acceptedOf(authenticated))
    })
    const [gcq, mn, edn] = [
      'AZ/GOV/DIN/GCQ/sened/v1',
      'AZ/GOV/MN/EDMS/sened',
      'AZ/GOV/EDN/EDMS/sened',
    ]
    const first = sent('m-1', gcq)
    await client.message(first)
    await client.message(sent('m-1', mn, edn))
    const told = [problemOf(await client.notice()), problemOf(await client.notice())]
    expect(told).toMatchObject(
      [mn, edn].map((recipient) => ({
        ...{ messageId: 'm-1', notice: 'IMTINA', recipient },
        ground: { code: 'DUPLICATE_MESSAGE' },
      })),
    )
    // The very same again is nothing new; another message with an id of its own goes to both.
    await client.message(first)
    const second = sent('m-2', mn, edn)
    await client.message(second)
    await client.message(second)
    await client.message(sent('m-3', gcq))
    while (delivered.length < 4) await turn()
    expect(delivered).toEqual(['m-1 DIN 0', 'm-2 MN 0', 'm-2 EDN 1', 'm-3 DIN 0'])
    expect(client.unread).toBe(0)
  })
})
