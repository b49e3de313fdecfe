import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals'
import {
  inQueueOf,
  messageQueueOf,
  outExchangeOf,
  poisonedQueue,
  requestQueueOf,
} from '../../src/broker/names.js'
import { Fault } from '../../src/exchange/fault.js'
import { startTestBroker, type TestBroker } from '../../test/support/broker.js'
import {
  MqLane,
  problemOf,
  sender,
  type lineOf,
  type MqClient,
} from '../../test/support/mq-lane.js'
import { mqRequest } from '../../test/support/mq-signing.js'
import { testSigner } from '../../test/support/signing.js'

const own = testSigner('p256', sender)
const message = (id: string): ReturnType<typeof mqRequest> =>
  mqRequest(own, { envelope: { client: sender, id } })

let broker: TestBroker
beforeAll(async () => {
  broker = await startTestBroker()
}, 60_000)
afterAll(() => broker.stop())

const lanes: MqLane[] = []
afterEach(async () => {
  for (const lane of lanes.splice(0)) await lane.close()
})

async function laneOf(): Promise<MqLane> {
  const lane = new MqLane(broker)
  lanes.push(lane)
  await lane.declare(sender)
  return lane
}

describe('what the broker takes out of a queue', () => {
  /** As workers that end over it would. */
  async function takenUpAgainAndAgain(client: MqClient, queue: string): Promise<void> {
    const { channel } = client
    const { consumerTag } = await channel.consume(queue, (taken) => taken && channel.nack(taken))
    let taken = 0
    while (taken === 0) taken = (await channel.checkQueue(poisonedQueue)).messageCount
    await channel.cancel(consumerTag)
  }

  const refusing: ReturnType<typeof lineOf> = ({ exchangeId, content }) => {
    if (content.format !== 'malformed') throw new Error('it was read')
    const fault = new Fault(content.code, { detail: content.reason })
    const nobody = { signer: undefined, verified: undefined, entry: undefined }
    return Promise.resolve({ outcome: 'refused', exchangeId, fault, ...nobody })
  }

  it.each(['request', 'message'] as const)(
    'a %s that was taken up too often: refused, its sender told, and a dead letter',
    async (kind) => {
      const lane = await laneOf()
      const client = await lane.client()
      const queue = kind === 'request' ? requestQueueOf(sender) : messageQueueOf(sender)
      const poison = client.dead()
      await client[kind](message('poison'), { headers: { 'x-first-death-queue': 'AZ.out' } })
      await takenUpAgainAndAgain(client, queue)
      await lane.listen(refusing)
      const told = await (kind === 'request' ? client.reply() : client.notice())
      expect(told.properties.correlationId).toBe('poison')
      expect(problemOf(told)).toMatchObject(
        kind === 'request' ? { code: 'PAYLOAD_UNSAFE' } : { ground: { code: 'PAYLOAD_UNSAFE' } },
      )
      const { properties, content } = await poison
      expect(properties.headers).toMatchObject({
        'sluice-dead-reason': 'PAYLOAD_UNSAFE',
        'sluice-dead-from': queue,
        'sluice-dead-exchange': outExchangeOf(sender),
        'sluice-dead-key': kind,
        'sluice-exchange-id': lane.received[0]?.exchangeId,
      })
      expect(content).toEqual(message('poison').payload)
    },
  )

  it('what a recipient would not have: a dead letter, with the exchange that it is of', async () => {
    const lane = await laneOf()
    await lane.listen(refusing)
    const client = await lane.client()
    const { channel } = client
    channel.sendToQueue(inQueueOf(sender), Buffer.from('{}'), { messageId: 'of the exchange' })
    await channel.consume(inQueueOf(sender), (taken) => taken && channel.reject(taken, false))
    const { properties } = await client.dead()
    expect(properties.headers).toMatchObject({
      'sluice-dead-reason': 'REJECTED',
      'sluice-dead-from': inQueueOf(sender),
      'sluice-exchange-id': 'of the exchange',
    })
    expect(lane.received).toHaveLength(0)
    expect(lane.tools.warnings).toContain('a message was put aside')
  })
})
