import {
  identifiersNamespace,
  sluiceNamespace,
  soapNamespaces,
  xroadNamespace,
} from '../adapters/soap/names.js'
import { escapedText } from '../adapters/soap/write-xml.js'

/** What a consumer says in the Header of a SOAP request; what is absent is not said. */
export interface SoapHeaderValues {
  readonly client: string
  /** A service with its version. */
  readonly service: string
  readonly messageId: string
  readonly mode: 'user' | 'body'
  readonly userId?: string
  /** Case number. */
  readonly issue?: string
  readonly legalBasis?: string
  readonly correlationId?: string
  /** Of who the user is. */
  readonly assertion?: string
}

const partNames = [
  ...['xRoadInstance', 'memberClass', 'memberCode', 'subsystemCode'],
  ...['serviceCode', 'serviceVersion'],
]

/** Header blocks of the X-Road Message Protocol 4.0 and of `urn:sluice:header:1`, before they are signed. */
export function soapHeaderBlocks(values: SoapHeaderValues): Buffer[] {
  const blocks = [
    identifierBlock('client', 'SUBSYSTEM', values.client),
    identifierBlock('service', 'SERVICE', values.service),
    block('xroad:id', xroadNamespace, values.messageId),
    block('xroad:protocolVersion', xroadNamespace, '4.0'),
    block('xroad:userId', xroadNamespace, values.userId),
    block('xroad:issue', xroadNamespace, values.issue),
    block('sluice:mode', sluiceNamespace, values.mode),
    block('sluice:legalBasis', sluiceNamespace, values.legalBasis),
    block('sluice:correlationId', sluiceNamespace, values.correlationId),
    block('sluice:assertion', sluiceNamespace, values.assertion),
  ]
  return blocks.filter((text) => text !== '').map((text) => Buffer.from(text))
}

/** A SOAP 1.1 envelope; without a Header where its signer is to give it one. */
export function soapEnvelope(body: string, headerBlocks: readonly Buffer[] = []): string {
  const header = headerBlocks.length === 0 ? '' : `<S:Header>${headerBlocks.join('')}</S:Header>`
  return (
    '<?xml version="1.0" encoding="UTF-8"?>\n' +
    `<S:Envelope xmlns:S="${soapNamespaces['1.1']}">${header}<S:Body>${body}</S:Body></S:Envelope>`
  )
}

function block(name: string, namespace: string, text: string | undefined): string {
  if (text === undefined) return ''
  const prefix = name.slice(0, name.indexOf(':'))
  return `<${name} xmlns:${prefix}="${namespace}">${escapedText(text)}</${name}>`
}

function identifierBlock(name: string, objectType: string, identifier: string): string {
  const parts = identifier.split('/').map((part, index) => {
    const element = `id:${partNames[index] ?? ''}`
    return `<${element}>${escapedText(part)}</${element}>`
  })
  return (
    `<xroad:${name} xmlns:xroad="${xroadNamespace}" xmlns:id="${identifiersNamespace}"` +
    ` id:objectType="${objectType}">${parts.join('')}</xroad:${name}>`
  )
}
