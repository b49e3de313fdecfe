import type { SoapMultipart } from './multipart.js'
import { PackagingError } from './packaging-error.js'

/** Header fields of a part that tell of its bytes. */
const ofTheBytes: ReadonlySet<string> = new Set(['content-length', 'content-md5'])

/**
 * The body with another envelope, and every other byte as it was, but for header fields of the SOAP part
 * that told of the old envelope's bytes. The Content-Type of the body stays true.
 * @throws PackagingError where the envelope holds the boundary
 */
export function replaceSoapPart(multipart: SoapMultipart, envelope: Uint8Array): Buffer {
  const { bytes, boundary, soapPart } = multipart
  const { start, end } = soapPart.content
  const written = Buffer.from(envelope.buffer, envelope.byteOffset, envelope.byteLength)
  if (written.includes(`\n--${boundary}`, 0, 'latin1')) {
    throw new PackagingError('boundary', 'The boundary stands in the envelope.')
  }
  const pieces: Buffer[] = []
  let from = 0
  soapPart.fields.forEach((field, index) => {
    if (!ofTheBytes.has((soapPart.rawHeaders[index * 2] ?? '').toLowerCase())) return
    pieces.push(bytes.subarray(from, field.start))
    from = field.end
  })
  pieces.push(bytes.subarray(from, start), written, bytes.subarray(end))
  return Buffer.concat(pieces)
}
