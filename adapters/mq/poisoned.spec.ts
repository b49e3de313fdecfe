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
  newId,
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

  /** What the desk was told of, in a lane whose desk fails the first time. */
  async function recipientsLane(): Promise<{ readonly lane: MqLane; readonly given: unknown[] }> {
    const lane = await laneOf()
    const given: unknown[] = []
    lane.tools.messages.giveUp = (...what) => {
      given.push(what)
      if (given.length === 1) return Promise.reject(new Fault('AUDIT_UNAVAILABLE'))
      return Promise.resolve(true)
    }
    await lane.listen(refusing)
    return { lane, given }
  }

  it.each([
    ['would not have', 'rejected'],
    ['took again and again', 'delivery_limit'],
  ] as const)(
    'what a recipient %s: its sender is told, as soon as the log can, and it is a dead letter',
    async (_what, reason) => {
      const { lane, given } = await recipientsLane()
      const client = await lane.client()
      const { channel } = client
      const messageId = newId()
      channel.sendToQueue(inQueueOf(sender), Buffer.from('{}'), { messageId })
      const isAgain = reason === 'delivery_limit'
      await channel.consume(
        inQueueOf(sender),
        (taken) => taken && channel.nack(taken, false, isAgain),
      )
      const { properties } = await client.dead()
      expect(properties.headers).toMatchObject({
        'sluice-dead-reason': reason.toUpperCase(),
        'sluice-dead-from': inQueueOf(sender),
        'sluice-dead-told': 'IMTINA',
        'sluice-exchange-id': messageId,
      })
      const ground: unknown = expect.objectContaining({ code: 'PROVIDER_FAULT' })
      expect(given).toEqual([
        [messageId, sender, ground],
        [messageId, sender, ground],
      ])
      expect(lane.received).toHaveLength(0)
      expect(lane.tools.warnings).toContain('a message was put aside')
    },
  )
})
