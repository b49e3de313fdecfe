import { messageNamespace } from '../../src/exchange/message-names.js'
import type { SoapVersion } from '../../src/exchange/soap-content.js'

/** Namespaces of SOAP, and of the header blocks that say who asks what. */
export const soapNamespaces: Readonly<Record<SoapVersion, string>> = {
  '1.1': 'http://schemas.xmlsoap.org/soap/envelope/',
  '1.2': 'http://www.w3.org/2003/05/soap-envelope',
}

/** The media type of an envelope (SOAP 1.1 §6, SOAP 1.2 part 2 §7). */
export const mediaTypes: Readonly<Record<SoapVersion, string>> = {
  '1.1': 'text/xml',
  '1.2': 'application/soap+xml',
}

/** X-Road Message Protocol 4.0: header blocks (§2.2), identifiers (§2.1), represented parties (annex H). */
export const xroadNamespace = 'http://x-road.eu/xsd/xroad.xsd'
export const identifiersNamespace = 'http://x-road.eu/xsd/identifiers'
export const representationNamespace = 'http://x-road.eu/xsd/representation.xsd'
/** Every namespace of X-Road begins so. */
export const xroadNamespaces = 'http://x-road.eu/xsd/'

/** Our own header blocks, in requests and in replies. */
export const sluiceNamespace = 'urn:sluice:header:1'
/** What the bus says in a Body of one-way messages, and is told of them. */
export const sluiceMessageNamespace = messageNamespace
/** WS-Security 1.1 §5: whose Security header is the trust module's. */
export const wsseNamespace =
  'http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd'
/** Our element in the detail of a SOAP Fault. */
export const sluiceFaultNamespace = 'urn:sluice:fault:1'

/** The media type in front of a SOAP version. @returns undefined where it is none of SOAP's */
export function versionOfMediaType(type: string): SoapVersion | undefined {
  if (type === mediaTypes['1.1']) return '1.1'
  return type === mediaTypes['1.2'] ? '1.2' : undefined
}

/** The SOAP version with this namespace. */
export function versionOfNamespace(namespace: string): SoapVersion | undefined {
  if (namespace === soapNamespaces['1.1']) return '1.1'
  return namespace === soapNamespaces['1.2'] ? '1.2' : undefined
}
