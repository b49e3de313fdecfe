import type { ConsumeMessage } from 'amqplib'
import type { SubsystemId } from '../../src/exchange/identifier.js'
import type {
  MalformedContent,
  MqProperties,
  MqRequestContent,
} from '../../src/exchange/signed-content.js'
import { mqHeadBytes, signatureHeader } from '../../src/mq-head.js'
import { readProperties, type MessageTrouble } from './properties.js'

/** A message as it came from a consumer, for one of its recipients. */
export class InboundMessage implements MqRequestContent {
  readonly format = 'mq'
  readonly properties: MqProperties
  readonly from: SubsystemId
  readonly recipient: number
  readonly signature: string | undefined
  readonly payload: Uint8Array

  constructor(
    properties: MqProperties,
    payload: Uint8Array,
    from: SubsystemId,
    recipient: number = 0,
  ) {
    const signature = properties.headers[signatureHeader]
    this.properties = properties
    this.from = from
    this.recipient = recipient
    this.signature = typeof signature === 'string' ? signature : undefined
    this.payload = payload
  }

  head(): Uint8Array {
    return mqHeadBytes(this.properties)
  }

  /** The same message for another of its recipients. */
  for(recipient: number): InboundMessage {
    return new InboundMessage(this.properties, this.payload, this.from, recipient)
  }
}

/**
 * A message as the broker handed it over.
 * @param from - whose queue it came through
 */
export function readMessage(
  { properties: given, content }: ConsumeMessage,
  from: SubsystemId,
  payloadBytesMax: number,
): InboundMessage | MalformedContent {
  const properties = readProperties(given)
  if ('reason' in properties) return malformed(properties)
  if (content.length > payloadBytesMax) {
    const reason = `The message has more than ${payloadBytesMax} bytes.`
    return malformed({ code: 'PAYLOAD_TOO_LARGE', reason }, properties)
  }
  return new InboundMessage(properties, content, from)
}

function malformed(trouble: MessageTrouble, properties?: MqProperties): MalformedContent {
  return {
    format: 'malformed',
    ...trouble,
    head: () => (properties ? mqHeadBytes(properties) : new Uint8Array()),
  }
}
