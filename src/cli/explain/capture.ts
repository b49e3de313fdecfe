import type { HttpRequestContent } from '../../exchange/http-content.js'

/** A captured request as it could be read, with what had to be put up with. */
export interface Capture {
  readonly content: HttpRequestContent
  readonly httpVersion: string
  readonly payload: Buffer
  /** English sentences about the capture, not about the request. */
  readonly notes: readonly string[]
}

/** The file is no HTTP request. The message is one English sentence. */
export class CaptureError extends Error {
  override readonly name = 'CaptureError'
}

/** A captured answer. */
export interface ReplyCapture {
  readonly status: number
  readonly rawHeaders: readonly string[]
  readonly payload: Buffer
  readonly notes: readonly string[]
}

const requestLine = /^([!#$%&'*+.^_`|~0-9A-Za-z-]+) (\S+) HTTP\/(\d\.\d)$/
const statusLine = /^HTTP\/\d\.\d ([1-5]\d\d)(?: .*)?$/
const fieldLine = /^([!#$%&'*+.^_`|~0-9A-Za-z-]+):(.*)$/

/** What a file holds, by how it begins. */
export function captureKind(file: Buffer): 'request' | 'reply' | 'envelope' | 'message' {
  const start = file.toString('latin1', 0, 64)
  if (/^(?:\xef\xbb\xbf)?\s*[[{]/.test(start)) return 'message'
  if (start.startsWith('HTTP/')) return 'reply'
  return /^(?:\xef\xbb\xbf)?\s*</.test(start) ? 'envelope' : 'request'
}

/**
 * Reads a raw HTTP/1.1 request: head, empty line, body. Line ends of the head may be LF, as editors
 * leave them; the body is taken byte for byte.
 * @throws CaptureError
 */
export function readCapture(file: Buffer, scheme: 'http' | 'https'): Capture {
  const notes: string[] = []
  const { head, body } = split(file, notes)
  const [first = '', ...lines] = head.split('\n')
  const [, method, target, httpVersion] = requestLine.exec(first) ?? []
  if (method === undefined || target === undefined || httpVersion === undefined) {
    throw new CaptureError(
      file.length === 0
        ? 'The file is empty.'
        : 'The file begins with no request line such as "POST / HTTP/1.1", no status line, no XML and no JSON. Capture the HTTP message as it goes over the wire, from its first line on.',
    )
  }
  const rawHeaders = lines.flatMap((line) => readField(line))
  const payload = payloadOf(body, rawHeaders, notes)
  const content: HttpRequestContent = {
    format: 'http',
    method,
    scheme,
    // Filled in by the head's check, which knows how an authority is normalised.
    authority: '',
    target: originForm(target, notes),
    rawHeaders,
    head: () => Buffer.from(head, 'latin1'),
    readPayload: () => Promise.resolve(payload),
  }
  return { content, httpVersion, payload, notes }
}

/** The same for an answer. @throws CaptureError */
export function readReplyCapture(file: Buffer): ReplyCapture {
  const notes: string[] = []
  const { head, body } = split(file, notes)
  const [first = '', ...lines] = head.split('\n')
  const status = statusLine.exec(first)?.[1]
  if (status === undefined) {
    throw new CaptureError('The first line is no status line such as "HTTP/1.1 200 OK".')
  }
  const rawHeaders = lines.flatMap((line) => readField(line))
  return { status: Number(status), rawHeaders, payload: payloadOf(body, rawHeaders, notes), notes }
}

function split(file: Buffer, notes: string[]): { head: string; body: Buffer } {
  const crlf = file.indexOf('\r\n\r\n')
  const lf = file.indexOf('\n\n')
  const useCrlf = crlf >= 0 && (lf < 0 || crlf < lf)
  if (crlf < 0 && lf < 0) notes.push('No empty line ends the head, so there is no body.')
  const end = useCrlf ? crlf : lf < 0 ? file.length : lf
  const raw = file.subarray(0, end).toString('latin1')
  const head = raw.replaceAll('\r\n', '\n').replace(/\n+$/, '')
  if (/(^|[^\r])\n/.test(raw) || (!useCrlf && lf >= 0)) {
    notes.push('Lines of the head end in LF in this capture; it is read as if they ended in CRLF.')
  }
  const body = end >= file.length ? Buffer.alloc(0) : file.subarray(end + (useCrlf ? 4 : 2))
  return { head, body }
}

function readField(line: string): [string, string] {
  if (/^[ \t]/.test(line)) {
    throw new CaptureError('A header line is folded; the bus refuses such requests.')
  }
  const [, name, value] = fieldLine.exec(line) ?? []
  if (name === undefined || value === undefined) {
    throw new CaptureError('A line of the head is no header field "Name: value".')
  }
  return [name, value.replace(/^[ \t]+|[ \t]+$/g, '')]
}

// Proxies' captures show the absolute form (RFC 9112 §3.2.2); the bus is sent the origin form.
function originForm(target: string, notes: string[]): string {
  if (!/^https?:\/\//i.test(target)) return target
  notes.push('The request line holds a whole URI; its path and query are taken.')
  const rest = target.replace(/^https?:\/\/[^/?#]*/i, '')
  return rest.startsWith('/') ? rest : `/${rest}`
}

function payloadOf(body: Buffer, rawHeaders: readonly string[], notes: string[]): Buffer {
  const valueOf = (name: string): string | undefined =>
    rawHeaders.find((_, at) => at % 2 === 1 && rawHeaders[at - 1]?.toLowerCase() === name)
  if (valueOf('transfer-encoding')?.toLowerCase() === 'chunked') {
    const payload = unchunked(body)
    notes.push(
      payload
        ? 'The body is chunked in this capture; its chunks are put together.'
        : 'The body is said to be chunked and is not in this capture; it is taken as it stands.',
    )
    return payload ?? body
  }
  const announced = valueOf('content-length')
  const length = announced === undefined ? undefined : Number(announced)
  if (length === undefined || length === body.length) return body
  if (length > body.length) {
    notes.push(`Content-Length is ${length}, but only ${body.length} bytes of body were captured.`)
    return body
  }
  notes.push(`${body.length - length} bytes after the end of the body were left out.`)
  return body.subarray(0, length)
}

function unchunked(body: Buffer): Buffer | undefined {
  const chunks: Buffer[] = []
  for (let at = 0; ;) {
    const end = body.indexOf('\r\n', at)
    const size = end < 0 ? '' : body.toString('latin1', at, end).replace(/;.*$/, '').trim()
    if (!/^[0-9a-f]{1,8}$/i.test(size)) return undefined
    const length = parseInt(size, 16)
    if (length === 0) return Buffer.concat(chunks)
    if (end + 2 + length > body.length) return undefined
    chunks.push(body.subarray(end + 2, end + 2 + length))
    at = end + 4 + length
  }
}
