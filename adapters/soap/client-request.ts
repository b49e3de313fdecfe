import type { SoapAttachment, SoapVersion } from '../../src/exchange/signed-content.js'
import { parseMediaType } from './media-type.js'
import { identifiersNamespace, mediaTypes, sluiceNamespace, xroadNamespace } from './names.js'
import { escapedAttribute, escapedText } from './write-xml.js'

/** The consumer's side of the lane, what an agency's own system does, for our tools: requests. */

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
}

const subsystemParts = ['xRoadInstance', 'memberClass', 'memberCode', 'subsystemCode']
const serviceParts = [...subsystemParts, 'serviceCode', 'serviceVersion']

/** The header blocks of a request (X-Road Message Protocol 4.0 §2.2), for the signer to put into the Header. */
export function requestHeaderBlocks(terms: RequestTerms): Buffer[] {
  const { consumer, service, messageId, userId, issue, domain, mode, purpose, legalBasis } = terms
  const blocks = [
    identifierBlock('client', 'SUBSYSTEM', consumer, subsystemParts),
    identifierBlock('service', 'SERVICE', service, serviceParts),
    xroadBlock('id', messageId),
    xroadBlock('userId', userId),
    xroadBlock('issue', issue),
    xroadBlock('protocolVersion', '4.0'),
    sluiceBlock('domain', domain),
    sluiceBlock('mode', mode),
    sluiceBlock('purpose', purpose),
    sluiceBlock('legalBasis', legalBasis),
  ]
  return blocks.filter((block) => block !== '').map((block) => Buffer.from(block))
}

function identifierBlock(
  name: string,
  objectType: string,
  identifier: string,
  names: readonly string[],
): string {
  const parts = identifier
    .split('/')
    .map(
      (part, index) => `<id:${names[index] ?? ''}>${escapedText(part)}</id:${names[index] ?? ''}>`,
    )
  return (
    `<xroad:${name} xmlns:xroad="${xroadNamespace}" xmlns:id="${identifiersNamespace}"` +
    ` id:objectType="${objectType}">${parts.join('')}</xroad:${name}>`
  )
}

function xroadBlock(name: string, text: string | undefined): string {
  if (text === undefined) return ''
  return `<xroad:${name} xmlns:xroad="${xroadNamespace}">${escapedText(text)}</xroad:${name}>`
}

function sluiceBlock(name: string, text: string | undefined): string {
  if (text === undefined) return ''
  return `<sluice:${name} xmlns:sluice="${sluiceNamespace}">${escapedText(text)}</sluice:${name}>`
}

export interface MessageToPack {
  readonly version: SoapVersion
  /** Empty for none. */
  readonly action: string
  readonly envelope: Uint8Array
  readonly attachments: readonly SoapAttachment[]
  /** Of a multipart; must not stand in the parts. */
  readonly boundary: string
}

/** A message as HTTP carries it. */
export interface PackedMessage {
  readonly headers: Readonly<Record<string, string>>
  readonly payload: Buffer
}

/** Packs a signed envelope (SOAP 1.1 §6, SOAP 1.2 part 2 §7), with attachments as SOAP with Attachments. */
export function packMessage(message: MessageToPack): PackedMessage {
  const { version, action, envelope, attachments, boundary } = message
  const type = mediaTypes[version]
  const actionHere = version === '1.2' && action !== '' ? `; action=${quoted(action)}` : ''
  const headers: Record<string, string> =
    attachments.length === 0
      ? { 'Content-Type': `${type}; charset=utf-8${actionHere}` }
      : {
          'Content-Type': `multipart/related; type="${type}"; boundary="${boundary}"${actionHere}`,
        }
  if (version === '1.1') headers.SOAPAction = `"${action}"`
  const payload = attachments.length === 0 ? Buffer.from(envelope) : multipartOf(message)
  return { headers, payload }
}

function quoted(text: string): string {
  return `"${text.replace(/["\\]/g, '\\$&')}"`
}

function multipartOf({ version, envelope, attachments, boundary }: MessageToPack): Buffer {
  const pieces: Uint8Array[] = [
    Buffer.from(
      `--${boundary}\r\nContent-Type: ${mediaTypes[version]}; charset=utf-8\r\n` +
        'Content-Transfer-Encoding: 8bit\r\n\r\n',
    ),
    envelope,
  ]
  for (const { contentId, rawHeaders, content } of attachments) {
    let head = `\r\n--${boundary}\r\nContent-ID: <${contentId}>\r\n`
    for (let at = 0; at + 1 < rawHeaders.length; at += 2) {
      head += `${rawHeaders[at] ?? ''}: ${rawHeaders[at + 1] ?? ''}\r\n`
    }
    pieces.push(Buffer.from(`${head}\r\n`), content)
  }
  pieces.push(Buffer.from(`\r\n--${boundary}--\r\n`))
  return Buffer.concat(pieces)
}

/**
 * An attachment of bytes that travel as they are.
 * @param mediaType with its parameters
 * @throws PackagingError where it is no media type
 */
export function attachmentOf(
  contentId: string,
  mediaType: string,
  content: Uint8Array,
): SoapAttachment {
  parseMediaType(mediaType, 'Content-Type')
  const rawHeaders = ['Content-Type', mediaType, 'Content-Transfer-Encoding', 'binary']
  return { contentId, rawHeaders, content }
}

/** An envelope without a Header around the one element of a Body. */
export function envelopeAround(content: Uint8Array, namespace: string): Buffer {
  return Buffer.concat([
    Buffer.from(
      `<?xml version="1.0" encoding="UTF-8"?>\n<S:Envelope xmlns:S="${escapedAttribute(namespace)}"><S:Body>`,
    ),
    content,
    Buffer.from('</S:Body></S:Envelope>'),
  ])
}
