import { createHash, hash } from 'node:crypto'
import type { AdapterTools } from '../../src/exchange/adapter.js'
import type { DeadlineSignal } from '../../src/exchange/deadline.js'
import type { LoggedRequest, MediatedRequest, ReceivedReply } from '../../src/exchange/exchange.js'
import { Fault } from '../../src/exchange/fault.js'
import { isInMemory, type Bytes, type Payload } from '../../src/exchange/payload.js'
import type { RawHeaders } from '../../src/exchange/http-content.js'
import type { SoapVersion } from '../../src/exchange/soap-content.js'
import { addBusFields, busFieldNames, deliverSigned } from '../../src/http/deliver-signed.js'
import { heldAnswer, type HttpAnswer, type HttpAnswerContent } from '../../src/http/delivery.js'
import { endToEnd, isEnvelopeField } from '../../src/http/headers.js'
import type { ProviderPools } from '../../src/http/provider-pools.js'
import { payloadFor } from './delivered-payload.js'
import { derivedMessage } from './derived.js'
import { answerMetaservice, type DescribeService } from './metaservice.js'
import { readProviderAnswer, readSpooledAnswer } from './provider-answer.js'
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
 * Delivers one request: the consumer's own bytes, less what the service has stripped, or what a mapping made of
 * them, with the bus's signature over the delivery in HTTP fields (RFC 9421).
 * @throws Fault PROVIDER_UNAVAILABLE (nothing was sent), PROVIDER_FAULT, PROVIDER_TIMEOUT,
 *   RESPONSE_INVALID, THROTTLED
 */
export async function send(
  { logged, derived, mappingVersion }: MediatedRequest,
  deadline: DeadlineSignal,
  pools: ProviderPools,
  describe: DescribeService,
  tools: AdapterTools,
): Promise<ReceivedReply> {
  if (deadline.aborted) throw new Fault('PROVIDER_TIMEOUT')
  const { content, verified, route } = logged
  if (route.metaservice) return answerMetaservice(route.metaservice, logged, describe, tools)
  const address = pools.addressOf(route.address)
  if (derived?.format === 'soap') {
    const made = derivedMessage(derived, address, logged, mappingVersion, tools)
    const answer = await deliverSigned(made, logged, deadline, pools, tools)
    return withSoapAnswer(answer, derived.version, logged, tools)
  }
  if (content.format !== 'soap' || verified.format !== 'soap') throw new Fault('MAPPING_FAILED')
  const payload = await payloadFor(verified, content.rawHeaders, route.soap)
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
    payloadSha256: isOriginal ? verified.payloadSha256 : await sha256Of(payload),
    isAnswerSpooled: true,
  }
  const answer = await deliverSigned(message, logged, deadline, pools, tools)
  return withSoapAnswer(answer, verified.version, logged, tools)
}

async function withSoapAnswer(
  answer: HttpAnswer<Payload>,
  version: SoapVersion,
  logged: LoggedRequest,
  tools: AdapterTools,
): Promise<ReceivedReply> {
  return {
    content: isTakenInSilence(answer.content, logged)
      ? heldAnswer(answer).content
      : await readAnswer(answer.content, version, logged, tools),
    delivered: answer.delivered,
    deliveredAt: answer.deliveredAt,
    receivedAt: answer.receivedAt,
  }
}

/** Of an operation without output HTTP says that it was taken, and there is no envelope (WS-I BP 1.2 R2714, R2727). */
function isTakenInSilence(
  { status, payload }: HttpAnswerContent<Payload>,
  { route }: LoggedRequest,
): boolean {
  const isEmpty = isInMemory(payload) && payload.length === 0
  return route.pattern === 'one-way' && isEmpty && status >= 200 && status < 300
}

async function sha256Of(payload: Bytes): Promise<Uint8Array> {
  if (isInMemory(payload)) return hash('sha256', payload, 'buffer')
  const sha256 = createHash('sha256')
  for await (const piece of payload.pieces()) sha256.update(piece)
  return sha256.digest()
}

async function readAnswer(
  content: HttpAnswerContent<Payload>,
  asked: SoapVersion,
  { exchangeId, envelope }: LoggedRequest,
  { replyBudget }: AdapterTools,
): Promise<ProviderReply> {
  const { status, rawHeaders, payload } = content
  if (isInMemory(payload)) {
    return new ProviderReply(content, readProviderAnswer({ status, rawHeaders, payload }, asked))
  }
  const holding = replyBudget.hold(exchangeId, envelope.consumer)
  const hold = (more: number): void => holding.resize(holding.bytes + more)
  const answer = await readSpooledAnswer({ status, rawHeaders, payload }, asked, hold)
  return new ProviderReply(content, answer)
}

function travelling(rawHeaders: RawHeaders): string[] {
  return endToEnd(
    rawHeaders,
    (lowerName) => !ofTheLane.has(lowerName) && !isEnvelopeField(lowerName),
  )
}
