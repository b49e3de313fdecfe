import {
  attachmentsMax,
  contentIdCharsMax,
  partHeadBytesMax,
  soapStartBytesMax,
} from '../../src/limits.js'
import type { ByteStretch, RawHeaders, SoapAttachment } from '../../src/exchange/signed-content.js'
import { checkSoapPartType, type MultipartContentType } from './content-type.js'
import { PackagingError } from './packaging-error.js'
import { partHeader, readPartHead, type PartHead } from './part-head.js'
import { decodedContent, isIdentity } from './transfer-encoding.js'

/** A multipart/related body that holds a SOAP message, taken apart (RFC 2046 §5.1, RFC 2387). */
export interface SoapMultipart {
  readonly bytes: Buffer
  readonly boundary: string
  readonly soapPart: SoapPart
  /** The parts after the SOAP part, in order, with their transfer encodings undone. */
  readonly attachments: readonly SoapAttachment[]
}

/** The first part, which holds the envelope as it stands. */
export interface SoapPart extends PartHead {
  readonly envelope: Buffer
  /** Where the envelope stands in the body. */
  readonly content: ByteStretch
}

/** How the SOAP part of a multipart begins. */
export interface SoapStart {
  readonly start: Buffer
  /** Whether `start` is the whole envelope. */
  readonly isWhole: boolean
}

/** The longest line of a boundary, and the line end that may stand before the first one. */
const boundaryBytesMax = 2 + 2 + 70 + 2 + 2

/**
 * How much of a body `readSoapStart` wants to see, unless the body is shorter: with it, an envelope not
 * longer than `soapStartBytesMax` is seen whole.
 */
export const soapStartWantedBytes = soapStartBytesMax + partHeadBytesMax + 2 * boundaryBytesMax

/**
 * Takes apart a body of this type. Bytes that belong to no part, and which no signature could cover, are
 * refused: text before the first boundary and after the last, blanks behind a boundary.
 * @throws PackagingError naming the field
 */
export function readMultipart(body: Uint8Array, type: MultipartContentType): SoapMultipart {
  const bytes = bufferOf(body)
  const soapPart = readSoapPart(bytes, type)
  const attachments: SoapAttachment[] = []
  const contentIds = new Set<string>()
  if (soapPart.contentId !== undefined) contentIds.add(soapPart.contentId)
  let part: Part = soapPart
  while (!part.isLast) {
    if (attachments.length === attachmentsMax) throw broken('There are too many attachments.')
    part = readPart(bytes, part.next, type.boundary)
    attachments.push(attachmentOf(bytes, part, contentIds))
  }
  const { content } = soapPart
  const envelope = bytes.subarray(content.start, content.end)
  return { bytes, boundary: type.boundary, soapPart: { ...soapPart, envelope }, attachments }
}

/**
 * Finds how the envelope begins, before its sender is known and the rest has come.
 * @param body - its first `soapStartWantedBytes`, or all of a shorter one
 * @param isWhole - whether this is the whole body
 * @throws PackagingError
 */
export function readSoapStart(
  body: Uint8Array,
  isWhole: boolean,
  type: MultipartContentType,
): SoapStart {
  const bytes = bufferOf(body)
  const { boundary } = type
  const head = readPartHead(bytes, firstPartStart(bytes, boundary))
  checkSoapPart(head, type)
  const { contentStart } = head
  const end = contentEnd(bytes, contentStart, boundary)
  if (end === undefined && isWhole) throw unclosed()
  if (end !== undefined && end - contentStart <= soapStartBytesMax) {
    return { start: bytes.subarray(contentStart, end), isWhole: true }
  }
  // What looks like content at the end may be the beginning of the boundary.
  const seen = end ?? Math.max(contentStart, bytes.length - (boundary.length + 3))
  const start = bytes.subarray(contentStart, Math.min(seen, contentStart + soapStartBytesMax))
  return { start, isWhole: false }
}

interface Part extends PartHead {
  readonly content: ByteStretch
  readonly isLast: boolean
  /** The offset after the boundary's line that ends the part. */
  readonly next: number
}

function readSoapPart(
  bytes: Buffer,
  type: MultipartContentType,
): Part & { readonly contentId: string | undefined } {
  const part = readPart(bytes, firstPartStart(bytes, type.boundary), type.boundary)
  return { ...part, contentId: checkSoapPart(part, type) }
}

/** @returns its Content-ID, if it has one */
function checkSoapPart({ rawHeaders }: PartHead, type: MultipartContentType): string | undefined {
  checkSoapPartType(partHeader(rawHeaders, 'content-type'), type)
  if (!isIdentity(partHeader(rawHeaders, 'content-transfer-encoding'))) {
    throw new PackagingError(
      'Content-Transfer-Encoding',
      'The SOAP part must be 7bit, 8bit or binary.',
    )
  }
  const contentId = contentIdOf(rawHeaders)
  // X-Road puts the SOAP part first; a reader that follows `start` must come to the same part.
  if (type.start !== undefined && type.start !== contentId) {
    throw new PackagingError('start', 'The parameter does not name the first part.')
  }
  return contentId
}

function attachmentOf(
  bytes: Buffer,
  { rawHeaders, content }: Part,
  contentIds: Set<string>,
): SoapAttachment {
  const contentId = contentIdOf(rawHeaders)
  if (contentId === undefined) {
    throw new PackagingError('Content-ID', 'An attachment has no Content-ID.')
  }
  if (contentIds.has(contentId)) {
    throw new PackagingError('Content-ID', 'Two parts have the same Content-ID.')
  }
  contentIds.add(contentId)
  if (/^(?:multipart|message)\//i.test(partHeader(rawHeaders, 'content-type') ?? '')) {
    throw broken('An attachment holds a message or a multipart of its own.')
  }
  const encoding = partHeader(rawHeaders, 'content-transfer-encoding')
  const sent = bytes.subarray(content.start, content.end)
  return { contentId, rawHeaders, content: decodedContent(sent, encoding) }
}

function contentIdOf(rawHeaders: RawHeaders): string | undefined {
  const value = partHeader(rawHeaders, 'content-id')
  if (value === undefined) return undefined
  const isContentId = /^<[!-;=?-~]+>$/.test(value)
  if (isContentId && value.length <= contentIdCharsMax + 2) return value.slice(1, -1)
  throw new PackagingError('Content-ID', 'The field must be an id in angle brackets.')
}

/** The offset of the first part's header. */
function firstPartStart(bytes: Buffer, boundary: string): number {
  // Some stacks begin the body with the line end that belongs to every boundary but the first.
  const before = bytes[0] === 0x0d && bytes[1] === 0x0a ? 2 : 0
  const line = `--${boundary}\r\n`
  if (bytes.toString('latin1', before, before + line.length) !== line) {
    throw broken('The body does not begin with the boundary.')
  }
  return before + line.length
}

function readPart(bytes: Buffer, start: number, boundary: string): Part {
  const head = readPartHead(bytes, start)
  const end = contentEnd(bytes, head.contentStart, boundary)
  if (end === undefined) throw unclosed()
  const after = end + boundary.length + 4
  const isLast = bytes[after] === 0x2d && bytes[after + 1] === 0x2d
  const rest = bytes.toString('latin1', after, after + (isLast ? 8 : 2))
  // Any other line that begins so is a boundary for one reader and content for the next.
  if (isLast ? !/^--(?:\r\n){0,2}$/.test(rest) : rest !== '\r\n') {
    throw broken('Something follows a boundary on its line, or the last boundary.')
  }
  return { ...head, content: { start: head.contentStart, end }, isLast, next: after + 2 }
}

/** Where the line end before the next boundary stands. */
function contentEnd(bytes: Buffer, contentStart: number, boundary: string): number | undefined {
  // From the line end before the content: a boundary may follow the header at once.
  const end = bytes.indexOf(`\r\n--${boundary}`, contentStart - 2, 'latin1')
  if (end < 0) return undefined
  if (end < contentStart) throw broken('A part has no content.')
  return end
}

function bufferOf(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}

function unclosed(): PackagingError {
  return broken('A part does not end with the boundary.')
}

function broken(detail: string): PackagingError {
  return new PackagingError('multipart', detail)
}
