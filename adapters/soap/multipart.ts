import { soapStartBytesMax, partHeadBytesMax } from '../../src/limits/soap.js'
import type { SoapAttachment } from '../../src/exchange/soap-content.js'
import type { MultipartContentType } from './content-type.js'
import { contentDecoder, DecodedContent } from './decoded-content.js'
import {
  broken,
  checkSoapPart,
  firstPartStart,
  MultipartScanner,
  unclosed,
  type ScannedPart,
} from './multipart-scanner.js'
import { readPartHead } from '../../src/http/part-head.js'

/** A multipart/related body that holds a SOAP message, taken apart. */
export interface SoapMultipart {
  readonly bytes: Buffer
  readonly boundary: string
  readonly soapPart: SoapPart
  /** The parts after the SOAP part, in order, with their transfer encodings undone. */
  readonly attachments: readonly (SoapAttachment & { readonly content: Buffer })[]
}

/** The first part, which holds the envelope as it stands. */
export interface SoapPart extends ScannedPart {
  readonly envelope: Buffer
}

/** How the SOAP part of a multipart begins. */
export interface SoapStart {
  readonly start: Buffer
  /** Whether `start` is the whole envelope. */
  readonly isWhole: boolean
}

/** The longest line of a boundary, and the line end that may stand before the first one. */
export const boundaryBytesMax = 2 + 2 + 70 + 2 + 2

/**
 * How much of a body `readSoapStart` wants to see, unless the body is shorter: with it, an envelope not
 * longer than `soapStartBytesMax` is seen whole.
 */
export const soapStartWantedBytes = soapStartBytesMax + partHeadBytesMax + 2 * boundaryBytesMax

/**
 * Takes apart a body that is in memory.
 * @throws PackagingError naming the field
 */
export function readMultipart(body: Uint8Array, type: MultipartContentType): SoapMultipart {
  const bytes = bufferOf(body)
  const decoded: (DecodedContent | undefined)[] = []
  const scanner = new MultipartScanner(type, (head) => {
    const decoder = contentDecoder(head)
    const content = decoder && new DecodedContent(decoder, true)
    decoded.push(content)
    return content
  })
  scanner.push(bytes)
  const { soapPart, attachments } = scanner.end()
  const { start, end } = soapPart.content
  return {
    bytes,
    boundary: type.boundary,
    soapPart: { ...soapPart, envelope: bytes.subarray(start, end) },
    attachments: attachments.map(({ contentId, rawHeaders, content }, index) => ({
      contentId,
      rawHeaders,
      content: decoded[index]?.bytes ?? bytes.subarray(content.start, content.end),
    })),
  }
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
  const from = firstPartStart(bytes, boundary)
  const head = readPartHead(bytes.subarray(from), from)
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

/** Where the line end before the next boundary stands. */
function contentEnd(bytes: Buffer, contentStart: number, boundary: string): number | undefined {
  // From the line end before the content: a boundary may follow the header at once.
  const end = bytes.indexOf(`\r\n--${boundary}`, contentStart - 2, 'latin1')
  if (end < 0) return undefined
  if (end < contentStart) throw broken('A part has no content.')
  return end
}

export function bufferOf(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}
