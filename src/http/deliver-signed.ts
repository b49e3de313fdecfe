import type { AdapterTools } from '../exchange/adapter.js'
import type { DeadlineSignal } from '../exchange/deadline.js'
import type { LoggedRequest } from '../exchange/exchange.js'
import type { HttpRequestContent, RawHeaders } from '../exchange/signed-content.js'
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
  readonly payload: Uint8Array
  readonly payloadSha256: Uint8Array
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
): Promise<HttpAnswer> {
  const { method, address, target, rawHeaders, cover, payload, payloadSha256 } = message
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
  const { replyBytesMax } = logged.route
  const order = { pool, delivered, replyBytesMax, holding, deadline, clock: tools }
  return new Promise((resolve, reject) => {
    const delivery = new Delivery(order, resolve, reject)
    const body = payload.length === 0 ? null : payload
    pool.pool.dispatch({ method, path: target, headers: signed, body }, delivery)
  })
}

/** What the bus itself tells every provider; a consumer's fields of these names do not pass. */
export const busFieldNames: readonly string[] = ['x-road-service', 'sluice-exchange-id']

/** Adds the fields by which the bus speaks to a provider; `busFieldNames` MUST be covered. */
export function addBusFields(
  rawHeaders: string[],
  address: ProviderAddress,
  { exchangeId, route }: LoggedRequest,
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
