import { afterEach, beforeEach, expect, it, jest } from '@jest/globals'
import type { ChannelModel, ConsumeMessage } from 'amqplib'
import { parseSubsystemId } from '../../src/exchange/identifier.js'
import { mqLimits } from '../../src/limits/queues.js'
import type { Settlement } from './arrived-message.js'
import { QueueConsumer } from './queue-consumer.js'

beforeEach(() => void jest.useFakeTimers())
afterEach(() => void jest.useRealTimers())

/** A broker's channel as far as a reader of one queue sees it. */
class ChannelStub {
  readonly done: string[] = []
  hand: (message: ConsumeMessage) => void = () => undefined

  on(): void {
    // Nothing happens to this one.
  }

  prefetch(): Promise<void> {
    return Promise.resolve()
  }

  consume(_queue: string, hand: (message: ConsumeMessage) => void): Promise<object> {
    this.hand = hand
    return Promise.resolve({ consumerTag: 'tag' })
  }

  ack(): void {
    this.done.push('ack')
  }

  nack(): void {
    this.done.push('nack')
  }

  close(): Promise<void> {
    this.done.push('close')
    return Promise.resolve()
  }
}

async function readerOf(kind: 'requests' | 'messages', ...settlements: Settlement[]) {
  const channel = new ChannelStub()
  const model = { createChannel: () => Promise.resolve(channel) } as unknown as ChannelModel
  const take = (): Promise<Settlement> => Promise.resolve(settlements.shift() ?? 'done')
  const queue = new QueueConsumer(parseSubsystemId('AZ/GOV/VN/EDMS'), kind, take)
  queue.connect(model)
  await jest.advanceTimersByTimeAsync(0)
  channel.hand({ content: Buffer.alloc(0) } as ConsumeMessage)
  return { queue, channel }
}

it('a request that cannot be carried goes back to its queue after a while', async () => {
  const { channel } = await readerOf('requests', 'requeue')
  await jest.advanceTimersByTimeAsync(mqLimits.pauseMsMax)
  expect(channel.done).toEqual(['nack'])
})

it('a message is tried again until it can be, and holds no place for good', async () => {
  const { channel } = await readerOf('messages', 'requeue', 'requeue')
  await jest.advanceTimersByTimeAsync(mqLimits.pauseMsMax)
  expect(channel.done).toEqual([])
  await jest.advanceTimersByTimeAsync(2 * mqLimits.pauseMsMax)
  expect(channel.done).toEqual(['ack'])
})

it('is not waited for where another is to read the queue', async () => {
  const { queue, channel } = await readerOf('messages', 'requeue')
  await jest.advanceTimersByTimeAsync(0)
  await queue.drain()
  expect(channel.done).toEqual(['close'])
})
