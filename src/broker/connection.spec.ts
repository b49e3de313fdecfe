import { afterAll, beforeAll, expect, it } from '@jest/globals'
import type { ChannelModel } from 'amqplib'
import { startTestBroker, type TestBroker } from '../../test/support/broker.js'
import { describeWith } from '../../test/support/command.js'
import { Secret } from '../config/secrets.js'
import { BrokerConnection } from './connection.js'

const describeBroker = await describeWith('rabbitmq')

describeBroker('a connection to the broker', () => {
  let broker: TestBroker
  beforeAll(async () => {
    broker = await startTestBroker()
  }, 120_000)
  afterAll(() => broker.stop())

  it('that breaks while it is set up ends nothing, and comes back', async () => {
    let attempts = 0
    let connected: () => void = () => undefined
    const back = new Promise<void>((resolve) => (connected = resolve))
    const lost: Error[] = []
    const connection = new BrokerConnection({
      url: new Secret(broker.url),
      name: 'sluice test connection',
      setup: async (model) => {
        attempts += 1
        if (attempts === 1) breakOff(model)
        const channel = await model.createChannel()
        await channel.close()
        connected()
      },
      onLost: (error) => lost.push(error),
    })
    await connection.start()
    await back
    expect([attempts, lost.length]).toEqual([2, 1])
    await connection.close()
  })
})

/** As when the broker's process dies. */
function breakOff(model: ChannelModel): void {
  const { stream } = model.connection as unknown as {
    readonly stream: { destroy(error: Error): void }
  }
  stream.destroy(new Error('read ECONNRESET'))
}
