import type { ConsumeMessage, MessageProperties } from 'amqplib'
import { Fault } from '../../src/exchange/fault.js'
import type { MqProperties, MqReplyContent } from '../../src/exchange/mq-content.js'
import { mqHeadBytes, signatureHeader } from '../../src/mq-head.js'
import { boundedProperties } from './properties.js'
import type { HeaderValue } from './simple-headers.js'

/** An answer in a provider's message, of which nothing is believed yet. */
export class ProviderAnswer implements MqReplyContent {
  readonly format = 'mq'
  readonly status: number
  readonly properties: MqProperties
  readonly signature: string | undefined
  readonly payload: Uint8Array

  /** @throws Fault RESPONSE_INVALID naming the header */
  constructor({ properties, content }: ConsumeMessage) {
    this.properties = propertiesOf(properties)
    const { headers } = this.properties
    this.status = statusOf(headers['sluice-status'])
    this.signature = signatureOf(headers[signatureHeader])
    this.payload = content
  }

  head(): Uint8Array {
    return mqHeadBytes(this.properties)
  }
}

function propertiesOf(given: MessageProperties): MqProperties {
  const properties = boundedProperties(given)
  if (!('reason' in properties)) return properties
  const { field, reason } = properties
  throw new Fault('RESPONSE_INVALID', { detail: reason, ...(field !== undefined && { field }) })
}

function statusOf(value: HeaderValue | undefined): number {
  if (value === undefined) return 200
  if (typeof value === 'number' && Number.isInteger(value) && value >= 200 && value <= 599) {
    return value
  }
  throw oddHeader('sluice-status', 'an integer from 200 to 599')
}

function signatureOf(value: HeaderValue | undefined): string | undefined {
  if (value === undefined || typeof value === 'string') return value
  throw oddHeader(signatureHeader, 'text')
}

function oddHeader(field: string, what: string): Fault {
  const detail = `The header of the provider's answer is not ${what}.`
  return new Fault('RESPONSE_INVALID', { field, detail })
}
