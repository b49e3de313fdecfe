import { hash } from 'node:crypto'
import type { AdapterTools } from '../../src/exchange/adapter.js'
import type { DeadlineSignal } from '../../src/exchange/deadline.js'
import type { MediatedRequest, ReceivedReply } from '../../src/exchange/exchange.js'
import { Fault } from '../../src/exchange/fault.js'
import type { RawHeaders } from '../../src/exchange/signed-content.js'
import { addBusFields, busFieldNames, deliverSigned } from '../../src/http/deliver-signed.js'
import { endToEnd, isEnvelopeField } from '../../src/http/headers.js'
import type { ProviderPools } from '../../src/http/provider-pools.js'
import { payloadFor } from './delivered-payload.js'
import { readProviderAnswer } from './provider-answer.js'
import { ProviderReply } from './provider-reply.js'
import { sayAction } from './soap-action.js'

/**
 * Fields of the consumer's HTTP message that do not travel on: no signature of SOAP covers them, and the
 * answer must come as it is.
 */
const ofTheLane: ReadonlySet<string> = new Set([
  'accept-encoding',
  'content-digest',
  'content-encoding',
  'signature',
  'signature-input',
  'soapaction',
])

/** What the bus's signature over a delivery covers beside what it always covers. */
const coveredFields: readonly string[] = ['content-type', 'soapaction', ...busFieldNames]

/**
 * Delivers one request: the consumer's own bytes, less what the service has stripped, with the bus's
 * signature over the delivery in HTTP fields (RFC 9421).
 * @throws Fault PROVIDER_UNAVAILABLE (nothing was sent), PROVIDER_FAULT, PROVIDER_TIMEOUT,
 *   RESPONSE_INVALID, THROTTLED
 */
export async function send(
  { logged }: MediatedRequest,
  deadline: DeadlineSignal,
  pools: ProviderPools,
  tools: AdapterTools,
): Promise<ReceivedReply> {
  if (deadline.aborted) throw new Fault('PROVIDER_TIMEOUT')
  const { content, verified, route } = logged
  if (content.format !== 'soap' || verified.format !== 'soap') throw new Fault('MAPPING_FAILED')
  const address = pools.addressOf(route.address)
  const payload = payloadFor(verified, content.rawHeaders, route.soap)
  const isOriginal = payload === verified.payload
  const rawHeaders = travelling(content.rawHeaders)
  sayAction(rawHeaders, verified.version, route.soap?.action)
  addBusFields(rawHeaders, address, logged)
  const message = {
    method: 'POST',
    address,
    target: address.path,
    rawHeaders,
    cover: coveredFields,
    payload,
    payloadSha256: isOriginal ? verified.payloadSha256 : hash('sha256', payload, 'buffer'),
  }
  const answer = await deliverSigned(message, logged, deadline, pools, tools)
  return {
    content: new ProviderReply(
      answer.content,
      readProviderAnswer(answer.content, verified.version),
    ),
    delivered: answer.delivered,
    deliveredAt: answer.deliveredAt,
    receivedAt: answer.receivedAt,
  }
}

function travelling(rawHeaders: RawHeaders): string[] {
  return endToEnd(
    rawHeaders,
    (lowerName) => !ofTheLane.has(lowerName) && !isEnvelopeField(lowerName),
  )
}
