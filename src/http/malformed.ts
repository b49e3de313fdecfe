import type { MalformedContent } from '../exchange/signed-content.js'
import type { HeadTrouble } from './head.js'

/** An error of Node's HTTP parser or of its clocks (`clientError`). */
interface BrokenMessage extends Error {
  readonly code: string
  readonly rawPacket?: Buffer
}

const timeoutCode = 'ERR_HTTP_REQUEST_TIMEOUT'

/** An expectation other than 100-continue (RFC 9110 §10.1.1). */
export const unknownExpectation: HeadTrouble = {
  code: 'REQUEST_INVALID',
  field: 'Expect',
  reason: 'The only expectation that is met is 100-continue.',
}

// It would show a provider's view of the request, the bus's own fields included (RFC 9110 §9.3.8).
export const traceRefused: HeadTrouble = {
  code: 'REQUEST_INVALID',
  field: 'method',
  reason: 'TRACE does not pass.',
}

export const noTunnel: HeadTrouble = {
  code: 'REQUEST_INVALID',
  field: 'method',
  reason: 'The bus is no tunnel.',
}

/** Whether an error tells of bytes that are no HTTP; the others tell of a connection that is gone. */
export function isBrokenMessage(error: Error): error is BrokenMessage {
  const code = (error as { readonly code?: unknown }).code
  return (
    typeof code === 'string' &&
    (code.startsWith('HPE_') || code === timeoutCode || code.startsWith('ERR_HTTP_'))
  )
}

/** What is said, and kept as evidence, of bytes that are no HTTP request. */
export function brokenMessage(error: BrokenMessage, headBytesMax: number): MalformedContent {
  return {
    format: 'malformed',
    code: 'PAYLOAD_UNSAFE',
    field: error.code === timeoutCode ? 'time' : 'head',
    reason: reasonOf(error.code, headBytesMax),
    head: () => headOf(error.rawPacket, headBytesMax),
  }
}

// Node's own words may quote what was sent, so they stay inside.
function reasonOf(code: string, headBytesMax: number): string {
  switch (code) {
    case timeoutCode:
      return 'The request did not arrive in time.'
    case 'HPE_HEADER_OVERFLOW':
      return `The head of the request is longer than ${headBytesMax} bytes.`
    case 'HPE_INVALID_EOF_STATE':
      return 'The connection ended in the middle of the request.'
    case 'HPE_UNEXPECTED_CONTENT_LENGTH':
    case 'HPE_INVALID_CONTENT_LENGTH':
    case 'HPE_INVALID_TRANSFER_ENCODING':
    case 'HPE_INVALID_CHUNK_SIZE':
    case 'HPE_CHUNK_EXTENSIONS_OVERFLOW':
      return 'The length of the payload is stated in a wrong or an ambiguous way.'
    default:
      return 'The bytes are no well-formed HTTP/1.1 request.'
  }
}

// The packet that broke the parser; what follows the head, or exceeds the limit, is not kept.
function headOf(packet: Buffer | undefined, bytesMax: number): Uint8Array {
  if (!packet) return new Uint8Array()
  const end = packet.indexOf('\r\n\r\n')
  return packet.subarray(0, Math.min(end === -1 ? packet.length : end + 4, bytesMax))
}
