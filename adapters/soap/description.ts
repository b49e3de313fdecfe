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
import { busWsdl } from './wsdl.js'

const nothing = new Uint8Array()

/** Gives the WSDL of a service with the bus's address and policy: from the settings or else from its contract. */
export function describer(
  { descriptions, address }: SoapSettings,
  { catalogue }: AdapterTools,
): DescribeService {
  // By the contract's own bytes, which live as long as the contract is in use.
  const made = new WeakMap<Uint8Array, Uint8Array>()
  return (code, version) => {
    const given = version === undefined ? undefined : descriptions.get(`${code}/${version}`)
    if (given !== undefined || address === undefined) return given
    const wsdl = catalogue.description(code, version, 'wsdl', address)
    if (wsdl === undefined) return undefined
    let served = made.get(wsdl)
    if (served === undefined) {
      served = busWsdl(wsdl, { address, hasAttachments: false })
      made.set(wsdl, served)
    }
    return served
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
  const description = wsdlOf(code, service.slice(code.length + 1))
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
