import type { AdapterTools } from '../../src/exchange/adapter.js'
import type { DeadlineSignal } from '../../src/exchange/deadline.js'
import type { LoggedRequest, MediatedRequest, ReceivedReply } from '../../src/exchange/exchange.js'
import { Fault } from '../../src/exchange/fault.js'
import type { HttpRequestContent } from '../../src/exchange/http-content.js'
import {
  addBusFields,
  busFieldNames,
  deliverSigned,
  originFieldNames,
} from '../../src/http/deliver-signed.js'
import { heldAnswer } from '../../src/http/delivery.js'
import { endToEnd, isEnvelopeField } from '../../src/http/headers.js'
import { targetOf, type ProviderAddress } from '../../src/http/provider-address.js'
import type { ProviderPools } from '../../src/http/provider-pools.js'
import { derivedMessage } from './derived.js'
import { answerMetaservice } from './metaservice.js'
import { restOf } from './service-path.js'

/** What the bus itself tells the provider; a consumer's fields of these names do not pass. */
const busFields: readonly string[] = [...busFieldNames, 'sluice-original-target']
const ofTheBus: ReadonlySet<string> = new Set([...busFields, ...originFieldNames])

/**
 * Delivers one request: the consumer's own bytes, header fields and signature, or what a mapping made of
 * them, with the bus's signature beside it.
 * @throws Fault PROVIDER_UNAVAILABLE (nothing was sent), PROVIDER_FAULT, PROVIDER_TIMEOUT,
 *   RESPONSE_INVALID, THROTTLED, REQUEST_INVALID for a path that leaves the provider's base address
 */
export async function send(
  { logged, derived, mappingVersion }: MediatedRequest,
  deadline: DeadlineSignal,
  pools: ProviderPools,
  tools: AdapterTools,
): Promise<ReceivedReply> {
  if (deadline.aborted) throw new Fault('PROVIDER_TIMEOUT')
  const { content, verified, route } = logged
  if (route.metaservice) return answerMetaservice(route.metaservice, logged, tools)
  const address = pools.addressOf(route.address)
  if (derived?.format === 'http') {
    const made = derivedMessage(derived, address, logged, mappingVersion)
    return heldAnswer(await deliverSigned(made, logged, deadline, pools, tools))
  }
  if (content.format !== 'http' || verified.format !== 'http') throw new Fault('MAPPING_FAILED')
  const target = targetOf(address, restOf(verified.path), verified.query)
  const { method, payload, payloadSha256 } = verified
  const { rawHeaders, cover } = fieldsOf(content, address, logged)
  const message = { method, address, target, rawHeaders, cover, payload, payloadSha256 }
  return heldAnswer(await deliverSigned(message, logged, deadline, pools, tools))
}

/** Header fields of the delivery, and the lower-case names of those that the bus's signature covers. */
function fieldsOf(
  content: HttpRequestContent,
  address: ProviderAddress,
  logged: LoggedRequest,
): { rawHeaders: string[]; cover: string[] } {
  const cover: string[] = []
  const rawHeaders = endToEnd(content.rawHeaders, (lowerName) => {
    if (ofTheBus.has(lowerName)) return false
    if (lowerName === 'content-type' || isEnvelopeField(lowerName)) cover.push(lowerName)
    return true
  })
  addBusFields(rawHeaders, address, logged)
  const { scheme, authority, target } = content
  rawHeaders.push('Sluice-Original-Target', `${scheme}://${authority}${target}`)
  cover.push(...busFields)
  return { rawHeaders, cover }
}
