import type { SoapAttachment, SoapVersion } from '../../src/exchange/soap-content.js'
import { parseMediaType } from './media-type.js'
import { mediaTypes } from './names.js'
import { escapedAttribute } from './write-xml.js'

export interface MessageToPack {
  readonly version: SoapVersion
  /** Empty for none. */
  readonly action: string
  readonly envelope: Uint8Array
  readonly attachments: readonly SoapAttachment[]
  /** Whether the parts are packed as MTOM. */
  readonly isXop?: boolean
  /** Of a multipart; must not stand in the parts. */
  readonly boundary: string
}

/** A message as HTTP carries it. */
export interface PackedMessage {
  readonly headers: Readonly<Record<string, string>>
  readonly payload: Buffer
}

/**
 * Packs an envelope (SOAP 1.1 §6, SOAP 1.2 part 2 §7), with attachments as SOAP with Attachments or
 * MTOM (XOP 1.0 §5).
 */
export function packMessage(message: MessageToPack): PackedMessage {
  const { version, action, envelope, attachments, boundary, isXop = false } = message
  const type = mediaTypes[version]
  const actionHere = version === '1.2' && action !== '' ? `; action=${quoted(action)}` : ''
  const headers: Record<string, string> = {}
  if (attachments.length === 0) {
    headers['Content-Type'] = `${type}; charset=utf-8${actionHere}`
  } else {
    const root = isXop
      ? `type="${xopType}"; start="<${rootId}>"; start-info="${type}"`
      : `type="${type}"`
    headers['Content-Type'] = `multipart/related; ${root}; boundary="${boundary}"${actionHere}`
  }
  if (version === '1.1') headers.SOAPAction = `"${action}"`
  const payload = attachments.length === 0 ? Buffer.from(envelope) : multipartOf(message)
  return { headers, payload }
}

function quoted(text: string): string {
  return `"${text.replace(/["\\]/g, '\\$&')}"`
}

const xopType = 'application/xop+xml'
/** Content id of the SOAP part of an MTOM message; those of its attachments are others. */
const rootId = 'root.message@sluice'

function multipartOf(message: MessageToPack): Buffer {
  const { version, envelope, attachments, boundary, isXop = false } = message
  const type = mediaTypes[version]
  const root = isXop
    ? `Content-Type: ${xopType}; charset=utf-8; type="${type}"\r\nContent-ID: <${rootId}>\r\n`
    : `Content-Type: ${type}; charset=utf-8\r\n`
  const pieces: Uint8Array[] = [
    Buffer.from(`--${boundary}\r\n${root}Content-Transfer-Encoding: 8bit\r\n\r\n`),
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

/** An envelope around the one element of a Body; without header blocks it has no Header. */
export function envelopeAround(
  content: Uint8Array,
  namespace: string,
  headerBlocks: readonly Uint8Array[] = [],
): Buffer {
  const header =
    headerBlocks.length === 0
      ? []
      : [Buffer.from('<S:Header>'), ...headerBlocks, Buffer.from('</S:Header>')]
  return Buffer.concat([
    Buffer.from(
      `<?xml version="1.0" encoding="UTF-8"?>\n<S:Envelope xmlns:S="${escapedAttribute(namespace)}">`,
    ),
    ...header,
    Buffer.from('<S:Body>'),
    content,
    Buffer.from('</S:Body></S:Envelope>'),
  ])
}
