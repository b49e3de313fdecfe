import { afterAll, beforeAll, expect, it } from '@jest/globals'
import { connect, type Channel, type ChannelModel } from 'amqplib'
import { once } from 'node:events'
import { setTimeout as pause } from 'node:timers/promises'
import pino from 'pino'
import { describeWith } from '../../test/support/command.js'
import { startTestBroker, type TestBroker } from '../../test/support/broker.js'
import {
  portalId,
  sampleContent,
  sampleService,
  sampleSubsystem,
  taxId,
} from '../../test/support/registry-samples.js'
import {
  answersExchangeOf,
  brokerNameOf,
  deadQueue,
  inQueueOf,
  messageKey,
  messageQueueOf,
  noticesQueueOf,
  outExchangeOf,
  poisonedQueue,
  repliesQueueOf,
  requestKey,
  requestQueueOf,
  unroutableQueue,
} from '../broker/names.js'
import { Secret } from '../config/secrets.js'
import { brokerUserLimits, ownQueueBounds } from '../limits/queues.js'
import type { RegistryContent } from '../registry/registry-content.js'
import { RegistrySnapshot } from '../registry/snapshot.js'
import { BrokerKeeping } from './broker-keeping.js'

const startMsMax = 120_000
const describeBroker = await describeWith('rabbitmq')
const [portal, tax] = [
  sampleSubsystem(portalId, { mq: true }),
  sampleSubsystem(taxId, { mq: true }),
]

/** A registry that changes when the test says so. */
class Registry {
  latest: RegistrySnapshot
  #listener: (snapshot: RegistrySnapshot) => void = () => undefined

  constructor(content: Partial<RegistryContent>) {
    this.latest = new RegistrySnapshot(sampleContent(content))
  }

  onChange(listener: (snapshot: RegistrySnapshot) => void): () => void {
    this.#listener = listener
    return () => undefined
  }

  become(content: Partial<RegistryContent>): void {
    this.latest = new RegistrySnapshot(sampleContent(content))
    this.#listener(this.latest)
  }
}

function keep(broker: TestBroker, registry: Registry): BrokerKeeping {
  return new BrokerKeeping({
    url: new Secret(broker.url),
    managementUrl: new Secret(broker.managementUrl),
    registry,
    log: pino({ enabled: false }),
  })
}

/** A channel of a user, whose connection may be lost. */
async function channelOf(url: string): Promise<{ model: ChannelModel; channel: Channel }> {
  const model = await connect(url)
  model.on('error', () => undefined)
  const channel = await model.createConfirmChannel()
  channel.on('error', () => undefined)
  return { model, channel }
}

async function expectSoon(what: () => unknown): Promise<void> {
  for (let attempt = 0; attempt < 400; attempt += 1) {
    if (await Promise.resolve(what()).catch(() => false)) return
    await pause(25)
  }
  throw new Error('it did not come about')
}

describeBroker('the broker as the registry has it', () => {
  let broker: TestBroker
  let registry: Registry
  let keeping: BrokerKeeping
  let portalUrl: string

  const rights = async (): Promise<Map<string, object>> => {
    const rows = await broker.manage('GET', `/api/vhosts/${broker.virtualHost}/permissions`)
    return new Map((rows as { user: string }[]).map((row) => [row.user, row]))
  }

  beforeAll(async () => {
    broker = await startTestBroker()
    // A build that put all of it among the dead letters.
    const before = await channelOf(broker.url)
    await before.channel.assertExchange('sluice.dead', 'fanout')
    await before.channel.assertExchange(outExchangeOf(portalId), 'direct', {
      alternateExchange: 'sluice.dead',
    })
    await before.model.close()
    portalUrl = await broker.userUrl(brokerNameOf(portalId))
    await broker.userUrl(brokerNameOf(taxId))
    registry = new Registry({ subsystems: [portal, tax] })
    keeping = keep(broker, registry)
    await expectSoon(async () => (await rights()).size === 3)
  }, startMsMax)
  afterAll(async () => {
    await keeping.close()
    await broker.stop()
  })

  it('bounds what a user opens, and the queues that it makes itself', async () => {
    const host = broker.virtualHost
    const limits = await broker.manage('GET', `/api/user-limits/${brokerNameOf(portalId)}`)
    expect(limits).toEqual([{ user: brokerNameOf(portalId), value: brokerUserLimits }])
    const policy = await broker.manage('GET', `/api/policies/${host}/sluice-own-replies`)
    expect(policy).toMatchObject({ definition: ownQueueBounds, 'apply-to': 'queues' })
    const pattern = new RegExp((policy as { pattern: string }).pattern)
    expect(`${repliesQueueOf(portalId)}.own`).toMatch(pattern)
    expect(repliesQueueOf(portalId)).not.toMatch(pattern)
  })

  it('lets a subsystem put its messages where the bus reads them', async () => {
    const { model, channel } = await channelOf(portalUrl)
    channel.publish(outExchangeOf(portalId), requestKey, Buffer.from('r'), { mandatory: true })
    channel.publish(outExchangeOf(portalId), messageKey, Buffer.from('m'), { mandatory: true })
    const bus = await channelOf(broker.url)
    const came: string[] = []
    for (const queue of [requestQueueOf(portalId), messageQueueOf(portalId)]) {
      const take = (text: string | undefined): unknown => text !== undefined && came.push(text)
      await bus.channel.consume(queue, (message) => take(message?.content.toString()))
    }
    await expectSoon(() => came.sort().join() === 'm,r')
    await model.close()
    await bus.model.close()
  })

  it('lets it read what is its own, and have queues for its replies', async () => {
    const { model, channel } = await channelOf(portalUrl)
    for (const queue of [inQueueOf(portalId), repliesQueueOf(portalId), noticesQueueOf(portalId)]) {
      expect(await channel.get(queue)).toBe(false)
    }
    const own = `${repliesQueueOf(portalId)}.of-this-program`
    await channel.assertQueue(own, { exclusive: true })
    await channel.consume(own, () => undefined)
    await model.close()
  })

  const forbidden: readonly [string, (channel: Channel) => Promise<unknown>][] = [
    [
      'put messages into the name of another',
      (channel) => published(channel, outExchangeOf(taxId)),
    ],
    ['answer for another', (channel) => published(channel, answersExchangeOf(taxId))],
    ['put messages past the bus into a queue', (channel) => published(channel, '')],
    ['answer past its own exchange', (channel) => published(channel, 'sluice.answers')],
    ['read what comes to another', (channel) => channel.get(inQueueOf(taxId))],
    [
      'read replies of another',
      (channel) => channel.consume(repliesQueueOf(taxId), () => undefined),
    ],
    ['read its own requests again', (channel) => channel.get(requestQueueOf(portalId))],
    ['read dead letters', (channel) => channel.get(deadQueue)],
    ['read what others put where no queue is', (channel) => channel.get(unroutableQueue)],
    ['make queues', (channel) => channel.assertQueue('own')],
    [
      'make queues in the name of another',
      (channel) => channel.assertQueue(`${repliesQueueOf(taxId)}.x`),
    ],
    ['delete its queues', (channel) => channel.deleteQueue(inQueueOf(portalId))],
    [
      'bind queues to what others publish',
      async (channel) => {
        await channel.assertQueue(`${repliesQueueOf(portalId)}.spy`, { exclusive: true })
        await channel.bindQueue(`${repliesQueueOf(portalId)}.spy`, outExchangeOf(taxId), requestKey)
      },
    ],
  ]
  it.each(forbidden)('does not let it %s', async (_what, work) => {
    const { model, channel } = await channelOf(portalUrl)
    const closed = once(channel, 'error') as Promise<[Error]>
    await work(channel).catch(() => undefined)
    const [error] = await closed
    expect(error.message).toMatch(/ACCESS_REFUSED/)
    await model.close()
  })

  it('puts what no queue takes aside, apart from dead letters', async () => {
    const { model, channel } = await channelOf(portalUrl)
    channel.publish(outExchangeOf(portalId), 'nothing', Buffer.from('lost'))
    const bus = await channelOf(broker.url)
    await expectSoon(async () => {
      const message = await bus.channel.get(unroutableQueue, { noAck: true })
      return message && message.content.toString() === 'lost'
    })
    await model.close()
    await bus.model.close()
  })

  it('counts what was put aside', async () => {
    const bus = await channelOf(broker.url)
    bus.channel.sendToQueue(deadQueue, Buffer.from('letter'))
    // It looks with whatever the registry brings.
    await expectSoon(() => {
      registry.become({ subsystems: [portal, tax] })
      return keeping.letters.get(deadQueue) === 1
    })
    await bus.channel.purgeQueue(deadQueue)
    await bus.model.close()
  })

  it('has what was handed out again and again where the bus looks at it', async () => {
    const bus = await channelOf(broker.url)
    const { channel } = bus
    channel.sendToQueue(inQueueOf(taxId), Buffer.from('poison'), { persistent: true })
    await channel.consume(inQueueOf(taxId), (message) => message && channel.nack(message))
    const dead = await channelOf(broker.url)
    let reason: unknown
    await expectSoon(async () => {
      const message = await dead.channel.get(poisonedQueue, { noAck: true })
      if (!message) return false
      reason = message.properties.headers?.['x-first-death-reason']
      return message.content.toString() === 'poison'
    })
    expect(reason).toBe('delivery_limit')
    await bus.model.close()
    await dead.model.close()
  })

  it('makes the queues that services name, and those of who comes new', async () => {
    const service = sampleService(`${taxId}/hesab/v1`, { protocol: 'mq', address: 'amqp:in.hesab' })
    registry.become({ subsystems: [portal, tax], services: [service] })
    const bus = await connect(broker.url)
    bus.on('error', () => undefined)
    await expectSoon(async () => {
      const channel = await bus.createChannel()
      channel.on('error', () => undefined)
      await channel.checkQueue(inQueueOf(taxId, 'hesab'))
      return true
    })
    await bus.close()
  })

  it('takes everything from who is suspended, at once', async () => {
    const { model } = await channelOf(portalUrl)
    const closed = once(model, 'close')
    const atMs = performance.now()
    registry.become({ subsystems: [{ ...portal, status: 'suspended' }, tax] })
    await closed
    expect(performance.now() - atMs).toBeLessThan(4_000)
    await expect(connect(portalUrl)).rejects.toThrow()
    expect([...(await rights()).keys()]).not.toContain(brokerNameOf(portalId))
  })

  it('takes everything from users of our names that the registry does not know', async () => {
    await broker.userUrl('AZ.GOV.NOBODY.X')
    const everything = { configure: '.*', write: '.*', read: '.*' }
    await broker.manage('PUT', `/api/permissions/${broker.virtualHost}/AZ.GOV.NOBODY.X`, everything)
    registry.become({ subsystems: [portal, tax] })
    await expectSoon(async () => !(await rights()).has('AZ.GOV.NOBODY.X'))
    await expectSoon(async () => (await rights()).has(brokerNameOf(portalId)))
  })

  it('tells of a queue that is there otherwise, and makes the others', async () => {
    const other = sampleSubsystem('AZ/GOV/DIM/YENI', { mq: true })
    const bus = await channelOf(broker.url)
    await bus.channel.assertQueue(inQueueOf(other.id), { durable: true })
    registry.become({ subsystems: [portal, tax, other] })
    await expectSoon(() => keeping.checks().length > 0)
    expect(keeping.checks()).toEqual([
      {
        name: `broker: queue ${inQueueOf(other.id)}`,
        ok: false,
        why: expect.stringMatching(/PRECONDITION_FAILED/) as unknown,
      },
    ])
    await bus.channel.checkQueue(noticesQueueOf(other.id))
    await bus.model.close()
  })
})

describeBroker('a broker that is away for a while', () => {
  let broker: TestBroker
  beforeAll(async () => {
    broker = await startTestBroker({ alone: true })
  }, startMsMax)
  afterAll(() => broker.stop())

  it(
    'is said to be away, and is what the registry says once it is back',
    async () => {
      const registry = new Registry({ subsystems: [portal] })
      const keeping = keep(broker, registry)
      await expectSoon(() => keeping.checks().length === 0)
      await broker.kill()
      await expectSoon(() => keeping.checks().some(({ name }) => name === 'broker'))
      registry.become({ subsystems: [portal, tax] })
      await broker.restart()
      const bus = await connect(broker.url)
      bus.on('error', () => undefined)
      await expectSoon(async () => {
        const channel = await bus.createChannel()
        channel.on('error', () => undefined)
        await channel.checkQueue(noticesQueueOf(taxId))
        return true
      })
      await expectSoon(() => keeping.checks().length === 0)
      await bus.close()
      await keeping.close()
    },
    startMsMax,
  )
})

function published(channel: Channel, exchange: string): Promise<unknown> {
  channel.publish(exchange, requestKey, Buffer.from('x'))
  return Promise.resolve()
}
