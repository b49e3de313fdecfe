import type { ConsumeMessage } from 'amqplib'
import { deadExchange } from '../../src/broker/names.js'
import { textOf } from './simple-headers.js'

/** How the broker took a message out of a queue (RabbitMQ, "Dead Letter Exchanges"). */
export interface Death {
  readonly queue: string
  /** `delivery_limit`, `rejected`, `maxlen`, `expired`. */
  readonly reason: string
  /** Where it had been published before. */
  readonly exchange: string
  readonly routingKey: string
}

/**
 * The first of the list is the broker's own, and the last that happened; who published the message may have written
 * others behind it, and all the headers `x-first-death-…`.
 * @returns undefined for what did not come by way of the broker's dead letters, and where it cannot be read
 */
export function latestDeathOf({ properties, fields }: ConsumeMessage): Death | undefined {
  if (fields.exchange !== deadExchange) return undefined
  const deaths: unknown = properties.headers?.['x-death']
  if (!Array.isArray(deaths)) return undefined
  const death = deaths[0] as Readonly<Record<string, unknown>> | null | undefined
  const keys = death?.['routing-keys']
  return {
    queue: textOf(death?.['queue']) ?? '',
    reason: textOf(death?.['reason']) ?? '',
    exchange: textOf(death?.['exchange']) ?? '',
    routingKey: (Array.isArray(keys) ? textOf(keys[0]) : undefined) ?? '',
  }
}
