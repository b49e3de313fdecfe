import type { AdapterTools } from '../../src/exchange/adapter.js'
import type { LoggedRequest, MediatedRequest, ReceivedReply } from '../../src/exchange/exchange.js'
import { Fault } from '../../src/exchange/fault.js'
import type { HttpRequestContent, RawHeaders } from '../../src/exchange/signed-content.js'
import { Delivery } from './delivery.js'
import { endToEnd, headBytes, isEnvelopeField, without } from './headers.js'
import { encodeIdentifier } from './percent-encoding.js'
import { targetOf, type ProviderAddress } from './provider-address.js'
import type { ProviderPools } from './provider-pools.js'
import { restOf } from './service-path.js'

/** What the bus itself tells the provider; a consumer's fields of these names do not pass. */
const busFields: ReadonlySet<string> = new Set([
  'x-road-service',
  'sluice-exchange-id',
  'sluice-original-target',
])

/**
 * Delivers one request: the consumer's own bytes, header fields and signature, with the bus's
 * signature beside it.
 * @throws Fault PROVIDER_UNAVAILABLE (nothing was sent), PROVIDER_FAULT, PROVIDER_TIMEOUT,
 *   RESPONSE_INVALID, THROTTLED, REQUEST_INVALID for a path that leaves the provider's base address
 */
export async function send(
  { logged }: MediatedRequest,
  signal: AbortSignal,
  pools: ProviderPools,
  tools: AdapterTools,
): Promise<ReceivedReply> {
  if (signal.aborted) throw new Fault('PROVIDER_TIMEOUT')
  const { content, verified, route } = logged
  if (content.format !== 'http' || verified.format !== 'http') throw new Fault('MAPPING_FAILED')
  const address = pools.addressOf(route.address)
  const target = targetOf(address, restOf(verified.path), verified.query)
  const { method, payload, payloadSha256 } = verified
  const { rawHeaders, cover } = fieldsOf(content, address, logged)
  const signature = tools.signer.signDelivery({
    method,
    targetUri: `${address.scheme}://${address.authority}${target}`,
    rawHeaders,
    cover,
    payloadSha256,
    hasPayload: payload.length > 0,
  })
  const signed = replaced(rawHeaders, signature)
  const delivered = new DeliveredRequest(method, address, target, signed, payload)
  const pool = pools.poolOf(address, tools.now().getTime())
  const holding = tools.replyBudget.hold(logged.exchangeId, logged.envelope.consumer)
  const { replyBytesMax } = route
  const order = { pool, delivered, replyBytesMax, holding, signal, clock: tools }
  return new Promise((resolve, reject) => {
    const delivery = new Delivery(order, resolve, reject)
    const body = payload.length === 0 ? null : payload
    pool.pool.dispatch({ method, path: target, headers: signed, body }, delivery)
  })
}

/** Header fields of the delivery, and the lower-case names of those that the bus's signature covers. */
function fieldsOf(
  content: HttpRequestContent,
  address: ProviderAddress,
  { exchangeId, route }: LoggedRequest,
): { rawHeaders: string[]; cover: string[] } {
  const cover: string[] = []
  const rawHeaders = endToEnd(content.rawHeaders, (lowerName) => {
    if (busFields.has(lowerName)) return false
    if (lowerName === 'content-type' || isEnvelopeField(lowerName)) cover.push(lowerName)
    return true
  })
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
    'Sluice-Original-Target',
    `${content.scheme}://${content.authority}${content.target}`,
  )
  cover.push(...busFields)
  return { rawHeaders, cover }
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
  readonly #payload: Uint8Array

  constructor(
    method: string,
    { scheme, authority }: ProviderAddress,
    target: string,
    rawHeaders: RawHeaders,
    payload: Uint8Array,
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
    return Promise.resolve(this.#payload)
  }
}
