import type { ConsumeMessage } from 'amqplib'
import type { SubsystemId } from '../../src/exchange/identifier.js'
import type { MqProperties, MqRequestContent } from '../../src/exchange/mq-content.js'
import type { MalformedContent } from '../../src/exchange/signed-content.js'
import { brokerKeepingLimits } from '../../src/limits/queues.js'
import { mqHeadBytes, signatureHeader } from '../../src/mq-head.js'
import type { SubsystemQueue } from './arrived-message.js'
import { boundedProperties, readProperties, type MessageTrouble } from './properties.js'

/** The queue that a message came through. */
export type MessageOrigin = Pick<SubsystemQueue, 'owner' | 'kind'>

/** A message as it came from a consumer, for one of its recipients. */
export class InboundMessage implements MqRequestContent {
  readonly format = 'mq'
  readonly properties: MqProperties
  readonly from: SubsystemId
  readonly through: MqRequestContent['through']
  readonly recipient: number
  readonly signature: string | undefined
  readonly payload: Uint8Array

  constructor(
    properties: MqProperties,
    payload: Uint8Array,
    { owner, kind }: MessageOrigin,
    recipient: number = 0,
  ) {
    const signature = properties.headers[signatureHeader]
    this.properties = properties
    this.from = owner
    this.through = kind
    this.recipient = recipient
    this.signature = typeof signature === 'string' ? signature : undefined
    this.payload = payload
  }

  head(): Uint8Array {
    return mqHeadBytes(this.properties)
  }

  /** The same message for another of its recipients. */
  for(recipient: number): InboundMessage {
    const origin = { owner: this.from, kind: this.through }
    return new InboundMessage(this.properties, this.payload, origin, recipient)
  }
}

/** A message as the broker handed it over. */
export function readMessage(
  { properties: given, content }: ConsumeMessage,
  from: MessageOrigin,
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

/** One that the broker has handed out as often as it may: what it is made of is not looked at, as that may be the cause. */
export function poisoned({ properties: given }: ConsumeMessage): MalformedContent {
  const properties = boundedProperties(given)
  const reason = `The bus took the message up ${brokerKeepingLimits.deliveriesMax} times and could not bring it to its end.`
  return malformed(
    { code: 'PAYLOAD_UNSAFE', reason },
    'reason' in properties ? undefined : properties,
  )
}

function malformed(trouble: MessageTrouble, properties?: MqProperties): MalformedContent {
  return {
    format: 'malformed',
    ...trouble,
    head: () => (properties ? mqHeadBytes(properties) : new Uint8Array()),
  }
}
