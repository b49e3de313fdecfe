import {
  STATUS_CODES,
  type IncomingMessage,
  type RequestListener,
  type Server,
  type ServerResponse,
} from 'node:http'
import type { Duplex } from 'node:stream'
import { Gate } from './gate.js'
import type { AdminLimits } from './limits.js'
import { Problem, problemJson, problems, type ProblemCode } from './problem.js'

/** Answers a request with a problem. */
export type WriteProblem = (
  error: unknown,
  request: IncomingMessage,
  response: ServerResponse,
) => void

/** For every answer: it is for one caller, at one moment, and for no browser to show or to guess at. */
const headers: Readonly<Record<string, string>> = {
  'Cache-Control': 'no-store',
  'Content-Security-Policy': "default-src 'none'; frame-ancestors 'none'",
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Referrer-Policy': 'no-referrer',
  'X-Content-Type-Options': 'nosniff',
}
const strictTransport = 'max-age=31536000'

/** What every request passes before its route is looked for. */
export function frontOf(
  api: RequestListener,
  writeProblem: WriteProblem,
  limits: AdminLimits,
  isTls: boolean,
): RequestListener {
  const gate = new Gate(limits)
  return (request, response) => {
    for (const [name, value] of Object.entries(headers)) response.setHeader(name, value)
    if (isTls) response.setHeader('Strict-Transport-Security', strictTransport)
    let leave: () => void
    try {
      leave = gate.enter(request)
    } catch (error) {
      writeProblem(error, request, response)
      return
    }
    // Whoever reads too slowly must not keep a place for ever.
    const timer = setTimeout(() => response.destroy(), limits.answerMsMax)
    response.once('close', () => {
      clearTimeout(timer)
      leave()
    })
    api(request, response)
  }
}

/** Answers what is no HTTP request, which Node tells of and nobody else hears. */
export function answerBrokenRequests(server: Server): void {
  server.on('clientError', (error: NodeJS.ErrnoException, socket: Duplex) => {
    if (!socket.writable || error.code === 'ECONNRESET') {
      socket.destroy()
      return
    }
    const code = codeOf(error.code)
    const { status } = problems[code]
    const body = JSON.stringify(problemJson(new Problem(code), 'az'))
    const head = [
      `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}`,
      'Content-Type: application/problem+json',
      `Content-Length: ${Buffer.byteLength(body)}`,
      ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
      'Connection: close',
    ]
    socket.end(`${head.join('\r\n')}\r\n\r\n${body}`)
  })
}

function codeOf(code: string | undefined): ProblemCode {
  if (code === 'HPE_HEADER_OVERFLOW') return 'HEADERS_TOO_LONG'
  return code === 'ERR_HTTP_REQUEST_TIMEOUT' ? 'TOO_SLOW' : 'INVALID'
}
