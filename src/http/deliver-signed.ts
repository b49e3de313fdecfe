import type { Readable } from 'node:stream'
import type { Dispatcher } from 'undici'
import type { AdapterTools } from '../exchange/adapter.js'
import type { DeadlineSignal } from '../exchange/deadline.js'
import type { LoggedRequest } from '../exchange/exchange.js'
import { Fault } from '../exchange/fault.js'
import type { ServiceId } from '../exchange/identifier.js'
import { isInMemory, type Bytes, type Payload } from '../exchange/payload.js'
import type { HttpRequestContent, RawHeaders } from '../exchange/http-content.js'
import { Delivery, type HttpAnswer } from './delivery.js'
import { headBytes, without } from './headers.js'
import { encodeIdentifier } from './percent-encoding.js'
import type { ProviderAddress } from './provider-address.js'
import type { ProviderPools } from './provider-pools.js'

/** A message to a provider, before the bus has signed it. */
export interface OutboundMessage {
  readonly method: string
  readonly address: ProviderAddress
  readonly target: string
  /** End-to-end fields and the bus's own. */
  readonly rawHeaders: RawHeaders
  /** Lower-case names of the fields that the bus's signature covers. */
  readonly cover: readonly string[]
  readonly payload: Bytes
  readonly payloadSha256: Uint8Array
  /** Whether a large answer in parts may go by way of the disk; its lane then reads it there. */
  readonly isAnswerSpooled?: boolean
  /** Of an answer that is carried back into another protocol: it is taken apart in memory. The service's limit holds, too. */
  readonly answerBytesMax?: number
}

/**
 * Delivers one message with the bus's signature beside it (RFC 9421).
 * @throws Fault PROVIDER_UNAVAILABLE (nothing was sent), PROVIDER_FAULT, PROVIDER_TIMEOUT,
 *   RESPONSE_INVALID, THROTTLED
 */
export function deliverSigned(
  message: OutboundMessage,
  logged: LoggedRequest,
  deadline: DeadlineSignal,
  pools: ProviderPools,
  tools: AdapterTools,
): Promise<HttpAnswer<Payload>> {
  // To prepare a large message takes time, and a deadline that has passed tells nobody who comes later.
  if (deadline.aborted) throw new Fault('PROVIDER_TIMEOUT')
  const { method, address, target, rawHeaders, cover, payload, payloadSha256 } = message
  const signature = tools.signer.signDelivery({
    method,
    targetUri: `${address.scheme}://${address.authority}${target}`,
    rawHeaders,
    cover,
    payloadSha256,
    hasPayload: payload.length > 0,
    verified: logged.verified,
  })
  const signed = replaced(rawHeaders, signature)
  const delivered = new DeliveredRequest(method, address, target, signed, payload)
  const pool = pools.poolOf(address, tools.now().getTime())
  const { exchangeId, envelope, route } = logged
  const holding = tools.replyBudget.hold(exchangeId, envelope.consumer)
  const { answerBytesMax = route.replyBytesMax } = message
  const replyBytesMax = Math.min(route.replyBytesMax, answerBytesMax)
  const openSpool = message.isAnswerSpooled
    ? (announced?: number) => tools.replySpool.writer(exchangeId, envelope.consumer, announced)
    : undefined
  const order = { pool, delivered, replyBytesMax, holding, openSpool, deadline, clock: tools }
  return new Promise((resolve, reject) => {
    const delivery = new Delivery(order, resolve, reject)
    pool.pool.dispatch(dispatched(method, target, signed, payload, delivery), delivery)
  })
}

function dispatched(
  method: string,
  path: string,
  headers: string[],
  payload: Bytes,
  delivery: Delivery,
): Dispatcher.DispatchOptions {
  if (isInMemory(payload)) {
    return { method, path, headers, body: payload.length === 0 ? null : payload }
  }
  // Of what it reads piece by piece undici has to be told the length, or it sends chunks.
  const framed = [...headers, 'Content-Length', String(payload.length)]
  // Its types know async iterables as streams only.
  const body = delivery.watched(payload) as unknown as Readable
  return { method, path, headers: framed, body }
}

/** What the bus itself tells every provider; a consumer's fields of these names do not pass. */
export const busFieldNames: readonly string[] = ['x-road-service', 'sluice-exchange-id']

/** Of an exchange, what its provider is told by the bus. */
export interface Delivered {
  readonly exchangeId: string
  readonly route: { readonly service: ServiceId }
}

/** Adds the fields by which the bus speaks to a provider; `busFieldNames` MUST be covered. */
export function addBusFields(
  rawHeaders: string[],
  address: ProviderAddress,
  { exchangeId, route }: Delivered,
): void {
  rawHeaders.push(
    'Host',
    address.authority,
    // RFC 9110 §7.6.3: a gateway names itself.
    'Via',
    '1.1 sluice',
    'X-Road-Service',
    encodeIdentifier(route.service),
    'Sluice-Exchange-Id',
    exchangeId,
  )
}

/** What the bus tells a provider of a request that it has translated; lower-case names. */
export const originFieldNames: readonly string[] = ['sluice-original-digest', 'sluice-mapping']

/**
 * Adds the digest of the payload that the consumer signed (RFC 9530) and the version of the mapping that made this
 * delivery of it; `originFieldNames` MUST be covered.
 */
export function addOriginFields(
  rawHeaders: string[],
  { verified }: LoggedRequest,
  mappingVersion: string,
): void {
  const sha256 = Buffer.from(verified.payloadSha256).toString('base64')
  rawHeaders.push('Sluice-Original-Digest', `sha-256=:${sha256}:`, 'Sluice-Mapping', mappingVersion)
}

/** The fields with these in place of those of the same names. */
function replaced(rawHeaders: RawHeaders, added: readonly string[]): string[] {
  const names: string[] = []
  for (let i = 0; i < added.length; i += 2) names.push((added[i] ?? '').toLowerCase())
  const fields = without(rawHeaders, names)
  fields.push(...added)
  return fields
}

/** What was sent to the provider; its answer's signature may refer to it (`;req`). */
class DeliveredRequest implements HttpRequestContent {
  readonly format = 'http'
  readonly method: string
  readonly scheme: 'http' | 'https'
  readonly authority: string
  readonly target: string
  readonly rawHeaders: RawHeaders
  readonly #payload: Bytes

  constructor(
    method: string,
    { scheme, authority }: ProviderAddress,
    target: string,
    rawHeaders: RawHeaders,
    payload: Bytes,
  ) {
    this.method = method
    this.scheme = scheme
    this.authority = authority
    this.target = target
    this.rawHeaders = rawHeaders
    this.#payload = payload
  }

  head(): Uint8Array {
    return headBytes(`${this.method} ${this.target} HTTP/1.1`, this.rawHeaders)
  }

  readPayload(): Promise<Uint8Array> {
    if (isInMemory(this.#payload)) return Promise.resolve(this.#payload)
    return Promise.reject(new Error('a delivery from the disk is not read again'))
  }
}
