import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import type { ConsumeMessage } from 'amqplib'
import { startTestBroker, type TestBroker } from '../../test/support/broker.js'
import { describeWith } from '../../test/support/command.js'
import { databaseFolder } from '../../test/support/database.js'
import { until } from '../../test/support/message-log.js'
import { answer, MqOutboundLane, provider } from '../../test/support/mq-outbound.js'
import { inQueueOf } from '../../src/broker/names.js'
import { startPrivateBroker, type PrivateBroker } from '../../src/broker/private-broker.js'

const describeBroker = await describeWith('rabbitmq')
const startMsMax = 180_000

describeBroker('a broker that is killed', () => {
  let broker: TestBroker | undefined
  let lane: MqOutboundLane
  beforeAll(async () => {
    broker = await startTestBroker({ alone: true })
  }, startMsMax)
  afterAll(() => broker?.stop())
  beforeEach(() => {
    if (!broker) throw new Error('no broker')
    lane = new MqOutboundLane(broker)
  })
  afterEach(() => lane.close())

  it(
    'between delivery and answer: the request is in the queue still, and its answer arrives',
    async () => {
      await lane.declare()
      const sent = lane.send({ timeLimitMs: 120_000 })
      const channel = await lane.channel()
      // Delivered and confirmed, and nobody has taken it yet.
      for (;;) {
        const { messageCount } = await channel.checkQueue(inQueueOf(provider))
        if (messageCount === 1 && lane.publisher.unconfirmed === 0) break
      }
      await broker?.kill()
      await expect(lane.send()).rejects.toMatchObject({
        code: 'PROVIDER_UNAVAILABLE',
        side: 'bus',
        detail: expect.stringMatching(/not connected/),
      })
      await broker?.restart()
      const requests: ConsumeMessage[] = []
      await lane.serve((message, own) => {
        requests.push(message)
        // The bus may not be back yet; whoever asks for it is told that nobody got the answer.
        const again = (): void => answer(message, own, { payload: Buffer.from('"cavab"') })
        const timer = setInterval(again, 100)
        void sent.finally(() => clearInterval(timer))
      })
      const { content } = await sent
      expect(Buffer.from(content.payload as Uint8Array).toString()).toBe('"cavab"')
      expect(requests).toHaveLength(1)
    },
    startMsMax,
  )

  it(
    'while a message is not confirmed: PROVIDER_UNAVAILABLE, that says that it may have arrived',
    async () => {
      await lane.declare()
      await lane.send({ pattern: 'one-way' })
      // Many at one time: some are not confirmed when it is killed.
      const sent = Array.from({ length: 300 }, () => lane.send({ pattern: 'one-way' }))
      await Promise.race(sent)
      await broker?.kill()
      const ends = await Promise.allSettled(sent)
      for (const end of ends) {
        if (end.status === 'fulfilled') continue
        expect(end.reason).toMatchObject({ code: 'PROVIDER_UNAVAILABLE', side: 'bus' })
      }
      const confirmed = ends.filter(({ status }) => status === 'fulfilled').length
      await broker?.restart()
      const channel = await lane.channel()
      // What was confirmed is there; the broker's count of a queue is some seconds old.
      const queue = inQueueOf(provider)
      await until(async () => (await channel.checkQueue(queue)).messageCount >= confirmed)
      expect(lane.publisher.unconfirmed).toBe(0)
    },
    startMsMax,
  )
})

const describeAlarm = process.platform === 'linux' ? describeBroker : describe.skip

describeAlarm('a broker without memory left', () => {
  let folder: string
  let broker: PrivateBroker | undefined
  beforeAll(async () => {
    folder = await mkdtemp(join(databaseFolder(), 'sluice-test-alarm-'))
    broker = await startPrivateBroker({ dataDir: folder, messageBytesMax: 1 << 26 })
  }, startMsMax)
  afterAll(async () => {
    await broker?.stop()
    await rm(folder, { recursive: true, force: true, maxRetries: 5 })
  })

  /** RabbitMQ's own tool, in the surroundings of the server. */
  const setWatermark = async (fraction: string): Promise<void> => {
    const environ = await readFile(`/proc/${broker?.pid}/environ`, 'utf8')
    const env = Object.fromEntries(
      environ.split('\0').map((each) => {
        const at = each.indexOf('=')
        return [each.slice(0, at), each.slice(at + 1)]
      }),
    )
    const args = ['-q', 'eval', `vm_memory_monitor:set_vm_memory_high_watermark(${fraction}).`]
    await promisify(execFile)('/usr/lib/rabbitmq/bin/rabbitmqctl', args, { env, cwd: folder })
  }

  it(
    'takes nothing: what was sent first ends by its time limit, what comes after at once',
    async () => {
      const lane = new MqOutboundLane(broker as unknown as TestBroker)
      await lane.declare()
      await lane.serve((message, channel) => answer(message, channel))
      await lane.send()
      await setWatermark('0.0000001')
      // The broker tells of its alarm when somebody publishes.
      await expect(lane.send({ timeLimitMs: 3_000 })).rejects.toMatchObject({
        code: 'PROVIDER_TIMEOUT',
        side: 'bus',
      })
      await expect(lane.send()).rejects.toMatchObject({
        code: 'PROVIDER_UNAVAILABLE',
        side: 'bus',
        detail: expect.stringMatching(/alarm/),
      })
      expect(lane.publisher.trouble).toMatch(/takes no messages/)
      await setWatermark('0.9')
      while (lane.publisher.trouble !== undefined) {
        await new Promise((resolve) => setTimeout(resolve, 50))
      }
      await lane.send()
      await lane.close()
    },
    startMsMax,
  )
})
