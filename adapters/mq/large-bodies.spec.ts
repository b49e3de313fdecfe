import { afterAll, beforeAll, expect, it } from '@jest/globals'
import { mqLimits } from '../../src/limits/queues.js'
import { startTestBroker, type TestBroker } from '../../test/support/broker.js'
import { answeredWith, lineOf, MqLane, sender } from '../../test/support/mq-lane.js'
import { mqRequest, type MqChanges } from '../../test/support/mq-signing.js'
import { testSigner } from '../../test/support/signing.js'

const own = testSigner('p256', sender)

let broker: TestBroker
let lane: MqLane
beforeAll(async () => {
  broker = await startTestBroker()
  lane = new MqLane(broker)
  await lane.declare(sender)
}, 60_000)
afterAll(async () => {
  await lane.close()
  await broker.stop()
})

const request = (id: string, changes: MqChanges = {}): ReturnType<typeof mqRequest> =>
  mqRequest(own, { ...changes, envelope: { client: sender, id } })

it('after a large message its queue is read few at a time, and nothing is lost or doubled', async () => {
  const inHand = { now: 0, max: 0, hadLarge: false }
  const ids: string[] = []
  const carried = lineOf([own], async (authenticated) => {
    ids.push(authenticated.envelope.messageId)
    inHand.now += 1
    if (inHand.hadLarge) inHand.max = Math.max(inHand.max, inHand.now)
    for (let turns = 0; turns < 20; turns += 1) await new Promise(setImmediate)
    inHand.now -= 1
    return answeredWith(authenticated)
  })
  await lane.listen(carried)
  const client = await lane.client()
  const payload = Buffer.alloc(mqLimits.largeBodyBytesMin, '1')
  await client.request(request('large', { payload }))
  await client.reply()
  inHand.hadLarge = true
  const wanted = Array.from({ length: 40 }, (_, at) => `small-${at}`)
  await Promise.all(wanted.map((id) => client.request(request(id))))
  for (let replies = 0; replies < wanted.length; replies += 1) await client.reply()
  expect(ids.toSorted()).toEqual(['large', ...wanted].toSorted())
  expect(inHand.max).toBeLessThanOrEqual(mqLimits.largePrefetch)
})
