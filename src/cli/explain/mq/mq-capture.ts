import { readProperties, type MessageTrouble } from '../../../../adapters/mq/properties.js'
import type { MqProperties } from '../../../exchange/mq-content.js'
import { CaptureError } from '../capture.js'

/** A captured message of a queue. */
export interface MqCapture {
  readonly properties: MqProperties | MessageTrouble
  readonly payload: Buffer
  /** Whether it came by the key of one-way messages, which may have waited. */
  readonly isMessage: boolean
}

type Members = Readonly<Record<string, unknown>>

/**
 * Reads a message as tools of RabbitMQ show it: an object, or a list of one, with `properties`, their `headers` among
 * them or beside, and the body in `payload` unless it is given apart.
 * @param body - the body, byte for byte
 * @throws CaptureError
 */
export function readMqCapture(file: Buffer, body: Buffer | undefined): MqCapture {
  const message = messageIn(file)
  const given = objectIn(message, 'properties')
  const headers = { ...objectIn(given, 'headers'), ...objectIn(message, 'headers') }
  const properties = {
    contentType: given['content_type'],
    messageId: given['message_id'],
    correlationId: given['correlation_id'],
    replyTo: given['reply_to'],
    type: given['type'],
    expiration: given['expiration'],
    headers,
  }
  return {
    properties: readProperties(properties as unknown as Parameters<typeof readProperties>[0]),
    payload: body ?? payloadIn(message),
    isMessage: message['routing_key'] === 'message',
  }
}

function messageIn(file: Buffer): Members {
  let value: unknown
  try {
    value = JSON.parse(file.toString('utf8').replace(/^\ufeff/, ''))
  } catch {
    throw new CaptureError('The file begins like JSON and is none.')
  }
  if (Array.isArray(value)) {
    if (value.length !== 1) throw new CaptureError('The file must hold one message.')
    value = value[0]
  }
  if (isObject(value) && 'properties' in value) return value
  throw new CaptureError(
    'The file must hold an object with the member properties, and the headers among them or beside.',
  )
}

function objectIn(members: Members, name: string): Members {
  const value = members[name]
  // RabbitMQ writes a table without members as an empty list.
  if (value === undefined || (Array.isArray(value) && value.length === 0)) return {}
  if (isObject(value)) return value
  throw new CaptureError(`The member ${name} must be an object.`)
}

function payloadIn({ payload, payload_encoding: encoding }: Members): Buffer {
  if (typeof payload !== 'string') {
    throw new CaptureError('Give the body of the message with --body FILE.')
  }
  return Buffer.from(payload, encoding === 'base64' ? 'base64' : 'utf8')
}

function isObject(value: unknown): value is Members {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
