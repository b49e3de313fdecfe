import type { MessageProperties } from 'amqplib'
import type { MqProperties } from '../../src/exchange/mq-content.js'
import type { MalformedContent } from '../../src/exchange/signed-content.js'
import { mqLimits } from '../../src/limits/queues.js'
import { simpleHeaders, textOf } from './simple-headers.js'

/** Why a message is none of this protocol. */
export type MessageTrouble = Pick<MalformedContent, 'code' | 'reason' | 'field'>

/**
 * Reads what stands outside a message's body, within bounds. Nothing of it is believed.
 * @param given - as amqplib decodes it
 */
export function readProperties(given: MessageProperties): MqProperties | MessageTrouble {
  return given.expiration === undefined ? boundedProperties(given) : expirationRefused
}

/** The same of a message that may be forgotten when it has waited too long. */
export function boundedProperties(given: MessageProperties): MqProperties | MessageTrouble {
  const table = given.headers ?? {}
  if (Object.keys(table).length > mqLimits.headersMax) return tooManyHeaders
  const headers = simpleHeaders(table)
  const properties: MqProperties = {
    contentType: textOf(given.contentType),
    messageId: textOf(given.messageId),
    correlationId: textOf(given.correlationId),
    replyTo: textOf(given.replyTo),
    type: textOf(given.type),
    headers,
  }
  return charsOf(headers) > mqLimits.headCharsMax ? headTooLong : properties
}

// Properties have 255 bytes at most, by the protocol (AMQP 0-9-1 §4.2.5.3).
function charsOf(headers: MqProperties['headers']): number {
  let chars = 0
  for (const name of Object.keys(headers)) {
    const value = headers[name]
    chars += name.length + (typeof value === 'string' ? value.length : 0)
  }
  return chars
}

/** The broker would drop the message without a word, and nobody would be told. */
const expirationRefused: MessageTrouble = {
  code: 'REQUEST_INVALID',
  field: 'expiration',
  reason: 'The property expiration is not used; the signed member expires is.',
}
const tooManyHeaders: MessageTrouble = {
  code: 'REQUEST_INVALID',
  field: 'headers',
  reason: `The message has more than ${mqLimits.headersMax} headers.`,
}
const headTooLong: MessageTrouble = {
  code: 'REQUEST_INVALID',
  field: 'headers',
  reason: `The headers of the message have more than ${mqLimits.headCharsMax} characters.`,
}
