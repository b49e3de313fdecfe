import { canonicalJsonOf, type JsonValue } from './canonical-json.js'
import type { MqProperties } from './exchange/mq-content.js'

/** Header of a message that has the signature over it: the consumer's, the provider's, or the bus's over a reply. */
export const signatureHeader = 'sluice-signature'
/** Header that has the bus's own signature over a delivery, beside the consumer's. */
export const deliverySignatureHeader = 'sluice-delivery-signature'

/**
 * The head of a message of a queue as the evidence keeps it: canonical JSON (RFC 8785) of its properties as received,
 * with the signature among the headers. A number that is no exact integer is there as its text.
 */
export function mqHeadBytes(properties: MqProperties): Buffer {
  const headers: Record<string, JsonValue> = {}
  for (const [name, value] of Object.entries(properties.headers)) {
    const isText = typeof value === 'number' && !isExact(value)
    // The names are the sender's; a defined property is never a prototype.
    Object.defineProperty(headers, name, {
      value: isText ? String(value) : value,
      enumerable: true,
      configurable: true,
    })
  }
  const { contentType, messageId, correlationId, replyTo, type } = properties
  return Buffer.from(
    canonicalJsonOf({ contentType, messageId, correlationId, replyTo, type, headers }),
  )
}

function isExact(value: number): boolean {
  return Number.isSafeInteger(value) && !Object.is(value, -0)
}

/** What is no head of a message of a queue as the bus keeps them. */
export class MqHeadError extends Error {
  override readonly name = 'MqHeadError'
}

const texts = ['contentType', 'messageId', 'correlationId', 'replyTo', 'type'] as const
const names: ReadonlySet<string> = new Set([...texts, 'headers'])

/** The properties of a kept head. @throws MqHeadError for bytes that {@link mqHeadBytes} does not make */
export function readMqHead(bytes: Uint8Array): MqProperties {
  const head = objectOf(parsed(bytes))
  const { headers } = head
  const isHead =
    Object.keys(head).every((name) => names.has(name)) &&
    texts.every((name) => head[name] === undefined || typeof head[name] === 'string') &&
    Object.values(objectOf(headers)).every(isSimple)
  if (!isHead) throw new MqHeadError('the head has other members than a message has')
  const properties = head as unknown as MqProperties
  if (mqHeadBytes(properties).equals(bytes)) return properties
  throw new MqHeadError('the head is not in its canonical form')
}

/** Whether a kept head is one of a message of a queue. */
export function isMqHead(bytes: Buffer): boolean {
  return bytes[0] === 0x7b
}

/** The head of what a signed answer answers, where it stands before the answer's own, and that. */
export function splitMqHeads(bytes: Buffer): Buffer[] {
  const end = bytes.indexOf(0x0a)
  return end < 0 ? [bytes] : [bytes.subarray(0, end), bytes.subarray(end + 1)]
}

function parsed(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(bytes).toString('utf8'))
  } catch (error) {
    throw new MqHeadError('the head is no JSON', { cause: error })
  }
}

function objectOf(value: unknown): Readonly<Record<string, unknown>> {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    return value as Readonly<Record<string, unknown>>
  }
  throw new MqHeadError('the head has other members than a message has')
}

function isSimple(value: unknown): boolean {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
}

/** A text header. */
export function textHeader({ headers }: MqProperties, name: string): string | undefined {
  const value = Object.hasOwn(headers, name) ? headers[name] : undefined
  return typeof value === 'string' ? value : undefined
}
