import {
  IdentifierError,
  parseServiceId,
  serviceCodeOf,
  type ServiceCode,
  type ServiceId,
} from '../../src/exchange/identifier.js'
import type { AdapterTools } from '../../src/exchange/adapter.js'
import type { ArrivedRequest } from '../../src/http/connection.js'
import type { RenderedReply } from '../../src/http/lane.js'
import type { DescribeService } from './metaservice.js'
import type { SoapSettings } from './settings.js'
import { busWsdl, WsdlError } from './wsdl.js'

const nothing = new Uint8Array()

/** Gives the WSDL of a service with the bus's address and policy: from the settings or else from its contract. */
export function describer(
  { descriptions, address }: SoapSettings,
  { catalogue }: AdapterTools,
): DescribeService {
  // By the contract's own bytes, which live as long as the contract is in use.
  const made = new WeakMap<Uint8Array, Uint8Array | WsdlError>()
  return (code, version, asker) => {
    const given = version === undefined ? undefined : descriptions.get(`${code}/${version}`)
    if (given !== undefined) return catalogue.isOffered(code, version) ? given : undefined
    if (address === undefined) return undefined
    const wsdl = catalogue.description(code, version, 'wsdl', address, asker)
    if (wsdl === undefined) return undefined
    let served = made.get(wsdl)
    if (served === undefined) {
      served = servedAt(address, wsdl)
      made.set(wsdl, served)
    }
    if (served instanceof WsdlError) throw served
    return served
  }
}

/** One that cannot be served is looked at once, too. */
function servedAt(address: string, wsdl: Uint8Array): Uint8Array | WsdlError {
  try {
    return busWsdl(wsdl, { address, hasAttachments: false })
  } catch (error) {
    if (error instanceof WsdlError) return error
    throw error
  }
}

/**
 * Answers `GET /{service}?wsdl`. It says what everybody may know, and so needs no exchange.
 * @returns undefined where something else is asked, or there is no such description
 */
export function describe(
  { incoming: { method, url = '' } }: ArrivedRequest,
  wsdlOf: DescribeService,
): RenderedReply | undefined {
  if (method !== 'GET' && method !== 'HEAD') return undefined
  const [path = '', query] = url.split('?', 2)
  if (query?.toLowerCase() !== 'wsdl') return undefined
  const service = serviceAt(path.slice(1))
  if (service === undefined) return undefined
  const code: ServiceCode = serviceCodeOf(service)
  const description = wsdlOf(code, service.slice(code.length + 1), 'anybody')
  if (!description) return undefined
  const rawHeaders = ['Content-Type', 'text/xml; charset=utf-8']
  rawHeaders.push('Content-Length', String(description.length))
  return { status: 200, rawHeaders, payload: method === 'HEAD' ? nothing : description }
}

function serviceAt(path: string): ServiceId | undefined {
  try {
    return parseServiceId(decodeURIComponent(path))
  } catch (error) {
    if (error instanceof IdentifierError || error instanceof URIError) return undefined
    throw error
  }
}
