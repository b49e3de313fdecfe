import { afterAll, beforeAll, expect, it } from '@jest/globals'
import { connect, type ChannelModel } from 'amqplib'
import { describeWith } from '../../test/support/command.js'
import { startTestBroker, type TestBroker } from '../../test/support/broker.js'

const startMsMax = 120_000
const describeBroker = await describeWith('rabbitmq')

describeBroker('the broker of all spec files', () => {
  let broker: TestBroker
  beforeAll(async () => {
    broker = await startTestBroker()
  }, startMsMax)
  afterAll(() => broker.stop())

  it('gives each spec file a virtual host of its own', async () => {
    const model = await connect(broker.url)
    const channel = await model.createConfirmChannel()
    await channel.assertQueue('q', { durable: true, arguments: { 'x-queue-type': 'quorum' } })
    channel.sendToQueue('q', Buffer.from('hello'))
    await channel.waitForConfirms()
    const message = await channel.get('q', { noAck: true })
    expect(message && message.content.toString()).toBe('hello')
    await model.close()
  })

  it('makes users that may do nothing yet', async () => {
    const url = await broker.userUrl('AZ.GOV.X.Y')
    await expect(connect(url)).rejects.toThrow(/ConnectionClose/)
  })
})

describeBroker('a private broker', () => {
  let broker: TestBroker
  beforeAll(async () => {
    broker = await startTestBroker({ alone: true, messageBytesMax: 10_000 })
  }, startMsMax)
  afterAll(() => broker.stop())

  it('has one user, and that is no guest', async () => {
    const users = (await broker.manage('GET', '/api/users')) as { readonly name: string }[]
    expect(users.map(({ name }) => name)).toEqual(['sluice-admin'])
  })

  it(
    'keeps what it confirmed through kill -9',
    async () => {
      const model = await connectQuietly(broker.url)
      const channel = await model.createConfirmChannel()
      channel.on('error', () => undefined)
      await channel.assertQueue('kept', { arguments: { 'x-queue-type': 'quorum' } })
      channel.sendToQueue('kept', Buffer.from('hello'), { persistent: true })
      await channel.waitForConfirms()
      await broker.kill()
      await broker.restart()
      const again = await connectQuietly(broker.url)
      const reading = await again.createChannel()
      const message = await reading.get('kept', { noAck: true })
      expect(message && message.content.toString()).toBe('hello')
      await again.close()
    },
    startMsMax,
  )

  it('refuses what is larger than it may be', async () => {
    const model = await connectQuietly(broker.url)
    const channel = await model.createConfirmChannel()
    const refused = new Promise<Error>((resolve) => channel.on('error', resolve))
    channel.sendToQueue('kept', Buffer.alloc(10_001))
    expect((await refused).message).toMatch(/PRECONDITION_FAILED.*size/)
    await model.close()
  })
})

/** One that may be lost. */
async function connectQuietly(url: string): Promise<ChannelModel> {
  const model = await connect(url)
  model.on('error', () => undefined)
  return model
}
