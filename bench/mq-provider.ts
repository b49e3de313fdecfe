/**
 * The provider of the bench of queues: gives back every request as it came, plain ones and those of the bus by the same
 * steps, and takes one-way messages. What it was sent is acknowledged when the answer is durable.
 */
import { connect, type ConfirmChannel, type ConsumeMessage } from 'amqplib'
import { answersExchangeOf, inQueueOf, noticesKey } from '../src/broker/names.js'
import { parseSubsystemId } from '../src/exchange/identifier.js'
import type { MqProviderOrder } from './mq-order.js'

const prefetch = 256

process.on('message', (order: MqProviderOrder) => {
  open(order).then(
    () => process.send?.({ result: undefined }),
    (error: unknown) => process.send?.({ error: String(error) }),
  )
})
process.on('disconnect', () => process.exit(0))

async function open({ plain, url, subsystem }: MqProviderOrder): Promise<void> {
  const id = parseSubsystemId(subsystem)
  await serve(plain.url, plain.requests, '')
  await serve(url, inQueueOf(id), answersExchangeOf(id))
}

/** @param exchange - to which answers go */
async function serve(url: string, queue: string, exchange: string): Promise<void> {
  const model = await connect(url, { noDelay: true })
  const channel = await model.createConfirmChannel()
  await channel.prefetch(prefetch)
  await channel.consume(queue, (message) => message && take(channel, exchange, message))
}

function take(channel: ConfirmChannel, exchange: string, message: ConsumeMessage): void {
  const { replyTo, correlationId } = message.properties as {
    replyTo?: string
    correlationId: string
  }
  if (replyTo === undefined || replyTo === noticesKey) {
    channel.ack(message)
    return
  }
  const options = {
    contentType: 'application/json',
    correlationId,
    persistent: true,
    mandatory: true,
  }
  channel.publish(exchange, replyTo, message.content, options, () => channel.ack(message))
}
