import { randomUUID } from 'node:crypto'
import type { SoapAttachment } from '../exchange/soap-content.js'
import { attachmentsMax } from '../limits/soap.js'
import type { SimpleType } from '../xsd/schema-model.js'
import { xopNamespace } from './attached-files.js'

/** Whether a value of the type is a file's bytes. */
export function isBase64({ variety, primitive }: SimpleType): boolean {
  return variety === 'atomic' && primitive === 'base64Binary'
}

/**
 * Moves a value out of a message (XOP 1.0 §3.1).
 * @param files - gets the attachment
 * @param text - that the type takes
 * @returns the element that stands for it; undefined where it stays: no base64, nothing, or one file too many
 */
export function packedInto(
  files: SoapAttachment[],
  type: SimpleType,
  text: string,
): string | undefined {
  if (!isBase64(type) || text === '' || files.length >= attachmentsMax) return undefined
  const contentId = `${randomUUID()}@sluice`
  files.push(attachmentOf(contentId, 'application/octet-stream', Buffer.from(text, 'base64')))
  return `<xop:Include xmlns:xop="${xopNamespace}" href="cid:${contentId}"/>`
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
