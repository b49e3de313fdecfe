import { afterEach, beforeEach, expect, it, jest } from '@jest/globals'
import type { ChannelModel, ConsumeMessage } from 'amqplib'
import { parseSubsystemId } from '../../src/exchange/identifier.js'
import { mqLimits } from '../../src/limits.js'
import type { Settlement } from './arrived-message.js'
import { QueueConsumer } from './queue-consumer.js'

beforeEach(() => void jest.useFakeTimers())
afterEach(() => void jest.useRealTimers())

/** A broker's channel as far as a reader of one queue sees it. */
class ChannelStub {
  readonly done: string[] = []
  readonly #closed: (() => void)[] = []
  hand: (message: ConsumeMessage) => void = () => undefined

  on(event: string, listener: () => void): void {
    if (event === 'close') this.#closed.push(listener)
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
    for (const closed of this.#closed) closed()
    return Promise.resolve()
  }
}

it.each<['requests' | 'messages', string[], number]>([
  // With all that came after it, so that nothing overtakes it.
  ['messages', ['close'], 2],
  ['requests', ['nack'], 1],
])('one of the %s that cannot be carried goes back to its queue', async (kind, done, channels) => {
  const opened: ChannelStub[] = []
  const model = {
    createChannel: () => {
      const channel = new ChannelStub()
      opened.push(channel)
      return Promise.resolve(channel)
    },
  } as unknown as ChannelModel
  const settlements: Settlement[] = ['requeue']
  const take = (): Promise<Settlement> => Promise.resolve(settlements.shift() ?? 'done')
  const queue = new QueueConsumer(parseSubsystemId('AZ/GOV/VN/EDMS'), kind, take)
  queue.connect(model)
  await jest.advanceTimersByTimeAsync(0)
  opened[0]?.hand({} as ConsumeMessage)
  await jest.advanceTimersByTimeAsync(mqLimits.pauseMsMax)
  expect(opened[0]?.done).toEqual(done)
  await jest.advanceTimersByTimeAsync(mqLimits.queueRetryMsMin)
  expect(opened).toHaveLength(channels)
})
