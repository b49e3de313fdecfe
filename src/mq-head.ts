import { canonicalJsonOf, type JsonValue } from './canonical-json.js'
import type { MqProperties } from './exchange/signed-content.js'

/** Header of a message that has the signature over it: the consumer's, the provider's, or the bus's over a reply. */
export const signatureHeader = 'sluice-signature'
/** Header that has the bus's own signature over a delivery, beside the consumer's. */
export const deliverySignatureHeader = 'sluice-delivery-signature'

/**
 * The head of a message of a queue as the evidence keeps it: canonical JSON (RFC 8785) of its properties as received,
 * with the signature among the headers. Numbers that are no exact integers are left out; nothing reads them.
 */
export function mqHeadBytes(properties: MqProperties): Buffer {
  const headers: Record<string, JsonValue> = {}
  for (const [name, value] of Object.entries(properties.headers)) {
    if (typeof value === 'number' && !isExact(value)) continue
    Object.defineProperty(headers, name, { value, enumerable: true })
  }
  const { contentType, messageId, correlationId, replyTo, type } = properties
  return Buffer.from(
    canonicalJsonOf({ contentType, messageId, correlationId, replyTo, type, headers }),
  )
}

function isExact(value: number): boolean {
  return Number.isSafeInteger(value) && !Object.is(value, -0)
}
