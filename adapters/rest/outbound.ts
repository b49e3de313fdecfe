import type { AdapterTools } from '../../src/exchange/adapter.js'
import type { MediatedRequest, ReceivedReply } from '../../src/exchange/exchange.js'
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
  if (content.format !== 'http') throw new Fault('MAPPING_FAILED')
  const address = pools.addressOf(route.address)
  const target = targetOf(address, restOf(verified.path), verified.query)
  const rawHeaders = headersOf(content, address, logged.exchangeId, encodeIdentifier(route.service))
  const { method, payload, payloadSha256 } = verified
  const signed = sign(tools, rawHeaders, {
    method,
    targetUri: `${address.scheme}://${address.authority}${target}`,
    payloadSha256,
    hasPayload: payload.length > 0,
  })
  const delivered = new DeliveredRequest(method, address, target, signed, payload)
  const pool = pools.poolOf(address, tools.now().getTime())
  return new Promise((resolve, reject) => {
    const now = (): Date => tools.now()
    const { replyBytesMax } = route
    const delivery = new Delivery({ pool, delivered, replyBytesMax, signal, now }, resolve, reject)
    const body = payload.length === 0 ? null : payload
    pool.pool.dispatch({ method, path: target, headers: signed, body }, delivery)
  })
}

function headersOf(
  content: HttpRequestContent,
  address: ProviderAddress,
  exchangeId: string,
  service: string,
): string[] {
  const rawHeaders = endToEnd(content.rawHeaders, (lowerName) => !busFields.has(lowerName))
  // RFC 9110 §7.6.3: a gateway names itself.
  rawHeaders.push(
    'Host',
    address.authority,
    'Via',
    '1.1 sluice',
    'X-Road-Service',
    service,
    'Sluice-Exchange-Id',
    exchangeId,
    'Sluice-Original-Target',
    `${content.scheme}://${content.authority}${content.target}`,
  )
  return rawHeaders
}

/** The header fields with the bus's signature in them. */
function sign(
  { signer }: AdapterTools,
  rawHeaders: string[],
  delivery: {
    readonly method: string
    readonly targetUri: string
    readonly payloadSha256: Uint8Array
    readonly hasPayload: boolean
  },
): string[] {
  const added = signer.signDelivery({ ...delivery, rawHeaders, cover: coverOf(rawHeaders) })
  const names = new Set<string>()
  for (let i = 0; i < added.length; i += 2) names.add((added[i] ?? '').toLowerCase())
  const signed = without(rawHeaders, names)
  signed.push(...added)
  return signed
}

function coverOf(rawHeaders: RawHeaders): string[] {
  const cover = new Set<string>()
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const lowerName = (rawHeaders[i] ?? '').toLowerCase()
    if (lowerName === 'content-type' || isEnvelopeField(lowerName)) cover.add(lowerName)
  }
  return [...cover]
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
