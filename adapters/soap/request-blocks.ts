import {
  identifiersNamespace,
  representationNamespace,
  sluiceNamespace,
  xroadNamespace,
} from './names.js'
import { escapedText } from './write-xml.js'

/** Who asks what, as header blocks say it. What is absent is not written. */
export interface RequestTerms {
  /** Identifier of a subsystem. */
  readonly consumer: string
  /** Identifier of a service, with its version or without. */
  readonly service: string
  readonly messageId: string
  readonly userId?: string | undefined
  /** Case number. */
  readonly issue?: string | undefined
  readonly domain?: string | undefined
  readonly mode?: string | undefined
  readonly purpose?: string | undefined
  readonly legalBasis?: string | undefined
  readonly correlationId?: string | undefined
  readonly classification?: string | undefined
  readonly expires?: string | undefined
  /** Of who the user is: compact JWS. */
  readonly assertion?: string | undefined
  /** `[{class}/]{code}`. */
  readonly representedParty?: string | undefined
}

const subsystemParts = ['xRoadInstance', 'memberClass', 'memberCode', 'subsystemCode']
const serviceParts = [...subsystemParts, 'serviceCode', 'serviceVersion']

/** The header blocks of a request (X-Road Message Protocol 4.0 §2.2), for the signer to put into the Header. */
export function requestHeaderBlocks(terms: RequestTerms): Buffer[] {
  const { consumer, service, messageId, userId, issue } = terms
  const blocks = [
    identifierBlock('client', 'SUBSYSTEM', consumer, subsystemParts),
    identifierBlock('service', 'SERVICE', service, serviceParts),
    xroadBlock('id', messageId),
    xroadBlock('userId', userId),
    xroadBlock('issue', issue),
    xroadBlock('protocolVersion', '4.0'),
    representedBlock(terms.representedParty),
    sluiceBlock('domain', terms.domain),
    sluiceBlock('mode', terms.mode),
    sluiceBlock('purpose', terms.purpose),
    sluiceBlock('legalBasis', terms.legalBasis),
    sluiceBlock('correlationId', terms.correlationId),
    sluiceBlock('classification', terms.classification),
    sluiceBlock('expires', terms.expires),
    sluiceBlock('assertion', terms.assertion),
  ]
  return blocks.filter((block) => block !== '').map((block) => Buffer.from(block))
}

/** A service as X-Road's lists name it, inside an element that declares the prefixes `xroad` and `id`. */
export function serviceElement(service: string): string {
  return `<xroad:service id:objectType="SERVICE">${partsOf(service, serviceParts)}</xroad:service>`
}

function identifierBlock(
  name: string,
  objectType: string,
  identifier: string,
  names: readonly string[],
): string {
  return (
    `<xroad:${name} xmlns:xroad="${xroadNamespace}" xmlns:id="${identifiersNamespace}"` +
    ` id:objectType="${objectType}">${partsOf(identifier, names)}</xroad:${name}>`
  )
}

function partsOf(identifier: string, names: readonly string[]): string {
  return identifier
    .split('/')
    .map((part, at) => `<id:${names[at] ?? ''}>${escapedText(part)}</id:${names[at] ?? ''}>`)
    .join('')
}

function xroadBlock(name: string, text: string | undefined): string {
  if (text === undefined) return ''
  return `<xroad:${name} xmlns:xroad="${xroadNamespace}">${escapedText(text)}</xroad:${name}>`
}

function sluiceBlock(name: string, text: string | undefined): string {
  if (text === undefined) return ''
  return `<sluice:${name} xmlns:sluice="${sluiceNamespace}">${escapedText(text)}</sluice:${name}>`
}

function representedBlock(party: string | undefined): string {
  if (party === undefined) return ''
  const [first = '', second] = party.split('/')
  const part = (name: string, text: string): string =>
    `<part:${name}>${escapedText(text)}</part:${name}>`
  const content =
    second === undefined
      ? part('partyCode', first)
      : part('partyClass', first) + part('partyCode', second)
  return `<part:representedParty xmlns:part="${representationNamespace}">${content}</part:representedParty>`
}
