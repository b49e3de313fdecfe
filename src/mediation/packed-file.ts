import { randomUUID } from 'node:crypto'
import type { SoapAttachment } from '../exchange/signed-content.js'
import { xopNamespace } from './attached-files.js'

/**
 * Moves base64 out of a message (XOP 1.0 §3.1).
 * @param base64 - a text that `xs:base64Binary` takes
 * @returns the attachment, and the element that stands for it
 */
export function packedFile(base64: string): {
  readonly attachment: SoapAttachment
  readonly include: string
} {
  const contentId = `${randomUUID()}@sluice`
  return {
    attachment: attachmentOf(contentId, 'application/octet-stream', Buffer.from(base64, 'base64')),
    include: `<xop:Include xmlns:xop="${xopNamespace}" href="cid:${contentId}"/>`,
  }
}

/** An attachment of bytes that travel as they are. */
export function attachmentOf(
  contentId: string,
  mediaType: string,
  content: Uint8Array,
): SoapAttachment {
  const rawHeaders = ['Content-Type', mediaType, 'Content-Transfer-Encoding', 'binary']
  return { contentId, rawHeaders, content }
}
