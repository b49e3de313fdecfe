import {
  isInMemory,
  type Bytes,
  type ByteSource,
  type Payload,
} from '../../src/exchange/payload.js'
import { bufferOf } from './multipart.js'
import type { ScannedPart } from './multipart-scanner.js'
import { PackagingError } from '../../src/http/packaging-error.js'

/** A body, and where its SOAP part stands in it. */
export interface PlacedSoapPart {
  readonly bytes: Payload
  readonly boundary: string
  readonly soapPart: ScannedPart
}

/** Header fields of a part that tell of its bytes. */
const ofTheBytes: ReadonlySet<string> = new Set(['content-length', 'content-md5'])

/**
 * The body with another envelope, and every other byte as it was, but for header fields of the SOAP part
 * that told of the old envelope's bytes. The Content-Type of the body stays true. Of a body on the spool
 * nothing is copied: what is behind the envelope is read there when somebody reads the result.
 * @throws PackagingError where the envelope holds the boundary
 */
export function replaceSoapPart(
  { bytes, boundary, soapPart }: PlacedSoapPart,
  envelope: Uint8Array,
): Bytes {
  const { start, end } = soapPart.content
  const written = bufferOf(envelope)
  if (written.includes(`\n--${boundary}`, 0, 'latin1')) {
    throw new PackagingError('boundary', 'The boundary stands in the envelope.')
  }
  const pieces: Bytes[] = []
  let from = 0
  soapPart.fields.forEach((field, index) => {
    if (!ofTheBytes.has((soapPart.rawHeaders[index * 2] ?? '').toLowerCase())) return
    pieces.push(stretchOf(bytes, from, field.start))
    from = field.end
  })
  pieces.push(stretchOf(bytes, from, start), written, stretchOf(bytes, end, bytes.length))
  return joined(pieces)
}

function stretchOf(bytes: Payload, start: number, end: number): Bytes {
  return isInMemory(bytes) ? bytes.subarray(start, end) : bytes.stretch(start, end)
}

/** In memory where all of the pieces are. */
function joined(pieces: readonly Bytes[]): Bytes {
  const inMemory = pieces.filter(isInMemory)
  if (inMemory.length === pieces.length) return Buffer.concat(inMemory)
  const length = pieces.reduce((sum, piece) => sum + piece.length, 0)
  const source: ByteSource = { length, pieces: () => oneByOne(pieces) }
  return source
}

async function* oneByOne(pieces: readonly Bytes[]): AsyncGenerator<Uint8Array, void> {
  for (const piece of pieces) {
    if (isInMemory(piece)) yield piece
    else yield* piece.pieces()
  }
}
