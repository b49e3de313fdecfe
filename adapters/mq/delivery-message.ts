import type { AdapterTools } from '../../src/exchange/adapter.js'
import type { LoggedRequest, MediatedRequest } from '../../src/exchange/exchange.js'
import { Fault } from '../../src/exchange/fault.js'
import type { MqProperties, MqRequestContent } from '../../src/exchange/mq-content.js'
import type { MqEnvelopeValue } from '../../src/exchange/signers.js'
import { deliverySignatureHeader, mqHeadBytes, signatureHeader } from '../../src/mq-head.js'
import type { Publication, PublishedProperties } from './publisher.js'
import type { HeaderValue } from './simple-headers.js'

/** What of a message a provider gets, whoever made it: the consumer or a mapping. */
interface Carried {
  readonly contentType: string | undefined
  readonly type: string | undefined
  readonly payload: Uint8Array
  /** The consumer's own, where its message goes on as it is. */
  readonly signature: string | undefined
}

/**
 * A request as its provider gets it: the consumer's body byte for byte, or the mapped form, the envelope in headers, and
 * the bus's signature over both.
 */
export class DeliveryMessage implements Publication, MqRequestContent {
  readonly format = 'mq'
  readonly exchange = ''
  readonly routingKey: string
  readonly properties: PublishedProperties & MqProperties
  readonly body: Uint8Array
  readonly from: LoggedRequest['envelope']['consumer']
  readonly through: MqRequestContent['through']
  readonly recipient = 0
  /** The bus's over the delivery. */
  readonly signature: string

  /**
   * @param queue - the provider's
   * @param replyTo - routing key on its own exchange for what it has to say to it
   * @throws Fault MAPPING_FAILED for a request of another protocol that nobody translated
   */
  constructor(mediated: MediatedRequest, queue: string, replyTo: string, tools: AdapterTools) {
    const { logged } = mediated
    const { exchangeId, envelope } = logged
    const { contentType, type, payload, signature } = carriedBy(mediated)
    const now = tools.now()
    const fields = envelopeOf(mediated, type, replyTo, now)
    this.signature = tools.mqSigner.sign({
      type: 'sluice-delivery+jws',
      contentType,
      envelope: fields,
      payload,
    })
    this.routingKey = queue
    this.body = payload
    this.from = envelope.consumer
    this.through = logged.route.pattern === 'one-way' ? 'messages' : 'requests'
    this.properties = {
      contentType,
      messageId: exchangeId,
      correlationId: exchangeId,
      replyTo,
      type,
      timestamp: Math.floor(now.getTime() / 1_000),
      headers: headersOf(fields, signature, this.signature),
      persistent: true,
      mandatory: true,
    }
  }

  get payload(): Uint8Array {
    return this.body
  }

  head(): Uint8Array {
    return mqHeadBytes(this.properties)
  }
}

function carriedBy({ logged, derived }: MediatedRequest): Carried {
  if (derived?.format === 'mq') {
    const { contentType, type, payload } = derived
    return { contentType, type, payload, signature: undefined }
  }
  const { content, verified } = logged
  if (derived || content.format !== 'mq' || verified.format !== 'mq') {
    throw new Fault('MAPPING_FAILED')
  }
  const { contentType, payload } = verified
  return { contentType, type: verified.text('type'), payload, signature: content.signature }
}

type Fields = Record<string, MqEnvelopeValue | undefined>

/** What the bus's signature says of the delivery; headers say the same. */
function envelopeOf(
  { logged, derived, mappingVersion }: MediatedRequest,
  type: string | undefined,
  replyTo: string,
  now: Date,
): Fields {
  const { exchangeId, envelope, route, verified } = logged
  const isOneWay = route.pattern === 'one-way'
  return {
    client: envelope.consumer,
    service: route.service,
    id: envelope.messageId,
    exchangeId,
    pattern: route.pattern,
    type,
    replyTo,
    expires: secondsOf(isOneWay ? envelope.expiresAt : new Date(now.getTime() + route.timeLimitMs)),
    domain: envelope.domain,
    mode: envelope.mode,
    purpose: envelope.purpose,
    legalBasis: envelope.legalBasis,
    issue: envelope.caseNumber,
    userId: envelope.userId,
    representedParty: envelope.representedParty,
    correlationId: envelope.correlationId,
    classification: envelope.classification,
    ...(derived && {
      originalDigest: Buffer.from(verified.payloadSha256).toString('base64url'),
      mapping: mappingVersion,
    }),
  }
}

function secondsOf(time: Date | undefined): number | undefined {
  return time && Math.ceil(time.getTime() / 1_000)
}

/** In properties of AMQP already. */
const inProperties: ReadonlySet<string> = new Set(['exchangeId', 'type', 'replyTo'])

function headersOf(
  fields: Fields,
  own: string | undefined,
  delivery: string,
): Record<string, HeaderValue> {
  const headers: Record<string, HeaderValue> = {}
  for (const name of Object.keys(fields)) {
    const value = fields[name]
    if (inProperties.has(name)) continue
    if (typeof value === 'string' || typeof value === 'number') headers[`sluice-${name}`] = value
  }
  if (own !== undefined) headers[signatureHeader] = own
  headers[deliverySignatureHeader] = delivery
  return headers
}
