import type { ByteSource, SpooledPayload } from '../../src/exchange/payload.js'
import type { RawHeaders } from '../../src/exchange/http-content.js'
import type { SpoolableAttachment } from '../../src/exchange/soap-content.js'
import { xmlAttachmentBytesMax } from '../../src/limits/soap.js'
import type { MultipartContentType } from './content-type.js'
import { contentDecoder, DecodedContent } from './decoded-content.js'
import { bufferOf } from './multipart.js'
import { MultipartScanner, type ScannedAttachment, type ScannedPart } from './multipart-scanner.js'
import { partHeader } from '../../src/http/part-head.js'

/** A multipart on the spool, taken apart: its envelope in memory, its attachments where they are. */
export interface SpooledMultipart {
  readonly soapPart: ScannedPart
  readonly envelope: Buffer
  readonly attachments: readonly SpoolableAttachment[]
}

/**
 * Takes apart a body that is on the spool, as `readMultipart` does one in memory. XML attachments that are not
 * longer than `xmlAttachmentBytesMax` come into memory, as nobody could canonicalise them elsewhere.
 * @param hold - counts what comes into memory, before it does
 * @throws PackagingError naming the field, and what `hold` throws
 */
export async function readSpooledMultipart(
  payload: SpooledPayload,
  type: MultipartContentType,
  hold: (bytes: number) => void,
): Promise<SpooledMultipart> {
  const decoded: (DecodedContent | undefined)[] = []
  const scanner = new MultipartScanner(type, (head) => {
    const decoder = contentDecoder(head)
    const content = decoder && new DecodedContent(decoder, false)
    decoded.push(content)
    return content
  })
  for await (const piece of payload.pieces()) scanner.push(bufferOf(piece))
  const { soapPart, attachments: found } = scanner.end()
  const envelope = await inMemory(stretchOf(payload, soapPart), hold)
  const attachments: SpoolableAttachment[] = []
  for (const [index, attachment] of found.entries()) {
    const content = contentOf(payload, attachment, decoded[index]?.length)
    const { contentId, rawHeaders } = attachment
    const isRead = mayBeXml(rawHeaders) && content.length <= xmlAttachmentBytesMax
    attachments.push({
      contentId,
      rawHeaders,
      content: isRead ? await inMemory(content, hold) : content,
    })
  }
  return { soapPart, envelope, attachments }
}

/** Whether a part is XML to who canonicalises it, or may be, as a comment in its media type can hide. */
export function mayBeXml(rawHeaders: RawHeaders): boolean {
  const value = partHeader(rawHeaders, 'content-type') ?? ''
  const type = (value.split(';', 1)[0] ?? '').trim().toLowerCase()
  return /^(?:text|application)\/xml$|\+xml$|\(/.test(type)
}

function stretchOf(payload: SpooledPayload, { content }: ScannedPart): ByteSource {
  return payload.stretch(content.start, content.end)
}

/** @param length - with the transfer encoding undone, where there is one */
function contentOf(
  payload: SpooledPayload,
  attachment: ScannedAttachment,
  length: number | undefined,
): ByteSource {
  const sent = stretchOf(payload, attachment)
  return length === undefined ? sent : { length, pieces: () => decodedPieces(sent, attachment) }
}

async function* decodedPieces(
  sent: ByteSource,
  attachment: ScannedAttachment,
): AsyncGenerator<Uint8Array, void> {
  const decoder = contentDecoder(attachment)
  if (!decoder) throw new Error('an attachment has lost its transfer encoding')
  for await (const piece of sent.pieces()) yield decoder.update(bufferOf(piece))
  yield decoder.end()
}

async function inMemory(source: ByteSource, hold: (bytes: number) => void): Promise<Buffer> {
  hold(source.length)
  const bytes = Buffer.allocUnsafeSlow(source.length)
  let at = 0
  for await (const piece of source.pieces()) {
    bytes.set(piece, at)
    at += piece.length
  }
  return bytes
}
