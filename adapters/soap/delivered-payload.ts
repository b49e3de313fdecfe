import type { RawHeaders } from '../../src/exchange/http-content.js'
import type { SoapHandling } from '../../src/exchange/route.js'
import type { VerifiedSoapRequest } from '../../src/exchange/soap-content.js'
import {
  isInMemory,
  type Bytes,
  type ByteSource,
  type Payload,
} from '../../src/exchange/payload.js'
import { firstValue } from '../../src/http/headers.js'
import { partHeadBytesMax } from '../../src/limits/soap.js'
import { readContentType, type MultipartContentType } from './content-type.js'
import { boundaryBytesMax } from './multipart.js'
import { firstPartStart, type ScannedPart } from './multipart-scanner.js'
import { readPartHead } from '../../src/http/part-head.js'
import { replaceSoapPart } from './replace-soap-part.js'
import { strippedEnvelope } from './strip.js'

/**
 * What a provider gets: the HTTP body as it came, or without the parts of the Header that the service
 * has stripped. Body and attachments are the consumer's bytes either way.
 * @throws PackagingError where what is left of the envelope holds the boundary
 */
export async function payloadFor(
  request: VerifiedSoapRequest,
  rawHeaders: RawHeaders,
  handling: SoapHandling | undefined,
): Promise<Bytes> {
  const { payload, envelope } = request
  if (!handling) return payload
  const isSecurityLeftOut = handling.securityHeader === 'strip'
  const isEnvelopeLeftOut = handling.xroadHeaders === 'strip'
  if (!isSecurityLeftOut && !isEnvelopeLeftOut) return payload
  const rules = { security: isSecurityLeftOut, envelope: isEnvelopeLeftOut }
  const stripped = strippedEnvelope(request, rules)
  const type = readContentType(firstValue(rawHeaders, 'content-type'))
  if (type.packaging === 'plain') return stripped
  const { boundary } = type
  const soapPart = await findSoapPart(payload, type, envelope.length)
  return replaceSoapPart({ bytes: payload, boundary, soapPart }, stripped)
}

/** Where the SOAP part stands in a body that has been taken apart before, and holds such an envelope. */
async function findSoapPart(
  payload: Payload,
  { boundary }: MultipartContentType,
  envelopeBytes: number,
): Promise<ScannedPart> {
  const beginning = await beginningOf(payload, boundaryBytesMax + partHeadBytesMax)
  const from = firstPartStart(beginning, boundary)
  const head = readPartHead(beginning.subarray(from), from)
  const { contentStart } = head
  return { ...head, content: { start: contentStart, end: contentStart + envelopeBytes } }
}

async function beginningOf(payload: Payload, bytesMax: number): Promise<Buffer> {
  const bytes = Math.min(bytesMax, payload.length)
  if (isInMemory(payload)) return Buffer.from(payload.subarray(0, bytes))
  return collected(payload.stretch(0, bytes))
}

async function collected(source: ByteSource): Promise<Buffer> {
  const pieces: Uint8Array[] = []
  for await (const piece of source.pieces()) pieces.push(piece)
  return Buffer.concat(pieces)
}
