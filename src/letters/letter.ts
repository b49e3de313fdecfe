import type { GetMessage } from 'amqplib'
import { hash } from 'node:crypto'

/** A message that was put aside at the broker: what is known of it, and nothing of what is in it. */
export interface Letter {
  /** Its own id; of what the broker put aside by itself a digest, so that it is the same each time. */
  readonly id: string
  /** A fault's code, or what the broker did: `REJECTED`, `DELIVERY_LIMIT`, `NO_QUEUE`. */
  readonly reason: string
  readonly field: string | undefined
  readonly detail: string | undefined
  /** The queue it was in; of what came to none the exchange. */
  readonly from: string
  /** Where it was published, and is again when it is given back. */
  readonly exchange: string
  readonly routingKey: string
  readonly exchangeId: string | undefined
  readonly messageId: string | undefined
  readonly putAsideAt: Date | undefined
  readonly bytes: number
  /** Whether its body was kept, and it is known which queue it was in. */
  readonly canGoBack: boolean
  /** The notice by which its sender has been told that it did not arrive; undefined where it was told nothing. */
  readonly told: string | undefined
  /** Its own headers, as far as they are text, number or truth value. */
  readonly headers: Readonly<Record<string, string | number | boolean>>
}

/** What the bus writes into a letter; the dead letters of the lane say the same. */
const own = 'sluice-dead-'
/** What the broker writes (RabbitMQ, "Dead Letter Exchanges", "Quorum Queues"). */
const ofBroker = /^x-(?:(?:first-|last-)?death|delivery-count)/

/** Reads a letter. What its publisher has written is believed nowhere but where the bus has seen to it. */
export function readLetter(message: GetMessage): Letter {
  const { properties, fields } = message
  const headers = simpleHeaders(properties.headers)
  // Who publishes to a key that there is not may write the bus's headers, too; only the bus writes to the queue itself. What
  // the broker brings there has its own list, which no letter of the bus has.
  const isOfBus = fields.exchange === '' && properties.headers?.['x-death'] === undefined
  return isOfBus ? letterOfBus(message, headers) : letterOfBroker(message, headers)
}

function letterOfBus({ properties, content }: GetMessage, headers: Letter['headers']): Letter {
  const text = (name: string): string | undefined => textOf(headers[name])
  const from = text(`${own}from`) ?? ''
  const seconds: unknown = properties.timestamp
  return {
    id: textOf(properties.messageId) ?? '',
    reason: text(`${own}reason`) ?? '',
    field: text(`${own}field`),
    detail: text(`${own}detail`),
    from,
    exchange: text(`${own}exchange`) ?? '',
    routingKey: text(`${own}key`) ?? '',
    exchangeId: text('sluice-exchange-id'),
    messageId: text(`${own}message-id`),
    putAsideAt: typeof seconds === 'number' ? new Date(seconds * 1_000) : undefined,
    bytes: content.length,
    canGoBack: text(`${own}body`) === undefined && from !== '',
    told: text(`${own}told`),
    headers: ownHeaders(headers),
  }
}

/** Nothing of it is known to be true but what the broker says. */
function letterOfBroker(
  { properties, fields, content }: GetMessage,
  headers: Letter['headers'],
): Letter {
  const { exchange, routingKey } = fields
  const messageId = textOf(properties.messageId)
  return {
    id: digestOf(messageId, content),
    reason: exchange === '' ? 'DELIVERY_LIMIT' : 'NO_QUEUE',
    field: undefined,
    detail: undefined,
    from: exchange,
    exchange,
    routingKey,
    exchangeId: undefined,
    messageId,
    putAsideAt: undefined,
    bytes: content.length,
    canGoBack: false,
    told: undefined,
    headers: ownHeaders(headers),
  }
}

function ownHeaders(all: Letter['headers']): Letter['headers'] {
  return Object.fromEntries(
    Object.entries(all).filter(([name]) => !name.startsWith(own) && !ofBroker.test(name)),
  )
}

function digestOf(messageId: string | undefined, content: Buffer): string {
  const named = Buffer.from(`${messageId ?? ''}\0`)
  return hash('sha256', Buffer.concat([named, content]), 'hex').slice(0, 32)
}

function simpleHeaders(table: object | undefined): Record<string, string | number | boolean> {
  const headers: [string, string | number | boolean][] = []
  for (const [name, value] of Object.entries(table ?? {}) as [string, unknown][]) {
    const isSimple =
      typeof value === 'string' || typeof value === 'boolean' || typeof value === 'number'
    if (isSimple) headers.push([name, value])
  }
  return Object.fromEntries(headers)
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined
}
