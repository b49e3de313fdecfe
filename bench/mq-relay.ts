/**
 * What anything between consumer and provider costs over queues, whatever it does: hands each plain request on to the
 * provider's queue and each answer to its consumer, with amqplib as it is and the same durability, and looks at nothing.
 */
import { connect, type ConsumeMessage, type Options } from 'amqplib'
import type { PlainQueues } from './mq-order.js'

const prefetch = 256

process.on('message', (order: PlainQueues) => {
  open(order).then(
    () => process.send?.({ result: undefined }),
    (error: unknown) => process.send?.({ error: String(error) }),
  )
})
process.on('disconnect', () => process.exit(0))

async function open({ url, relayed, requests }: PlainQueues): Promise<void> {
  const model = await connect(url, { noDelay: true })
  const channel = await model.createConfirmChannel()
  await channel.prefetch(prefetch)
  const underWay = new Map<string, ConsumeMessage>()
  const { queue: replyTo } = await channel.assertQueue('', { exclusive: true, durable: false })
  const answer = (message: ConsumeMessage | null): void => {
    const id = idOf(message)
    const request = underWay.get(id)
    if (!message || !request) return
    underWay.delete(id)
    const to = (request.properties as { readonly replyTo: string }).replyTo
    channel.publish('', to, message.content, optionsOf(id), () => channel.ack(request))
  }
  await channel.consume(replyTo, answer, { noAck: true })
  await channel.consume(relayed, (message) => {
    if (!message) return
    underWay.set(idOf(message), message)
    channel.publish('', requests, message.content, optionsOf(idOf(message), replyTo))
  })
}

function idOf(message: ConsumeMessage | null): string {
  return String(message?.properties.correlationId)
}

function optionsOf(correlationId: string, replyTo?: string): Options.Publish {
  const common = { contentType: 'application/json', correlationId, messageId: correlationId }
  return { ...common, persistent: true, mandatory: true, ...(replyTo !== undefined && { replyTo }) }
}
