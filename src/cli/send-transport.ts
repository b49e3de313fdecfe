import { STATUS_CODES } from 'node:http'
import { request as httpRequest } from 'undici'
import { firstValue } from '../http/headers.js'
import { sendAnswerBytesMax, sendAnswerMsMax } from '../limits/command-line.js'
import { rawHeadersOf } from '../trust/http-signature/client.js'
import type { CommandIo } from './command-io.js'

/** A signed request as it goes out. */
export interface SignedRequest {
  readonly method: string
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly payload: Buffer | undefined
}

/** An answer of which nothing is verified yet. */
export interface ReceivedAnswer {
  readonly status: number
  readonly rawHeaders: readonly string[]
  readonly payload: Buffer
}

/** Sends a request and reads the whole answer. @throws Error where there is none, or it is too large */
export async function received({
  method,
  url,
  headers,
  payload,
}: SignedRequest): Promise<ReceivedAnswer> {
  const {
    statusCode,
    headers: fields,
    body,
  } = await httpRequest(url, {
    method,
    headers,
    body: payload ?? null,
    headersTimeout: sendAnswerMsMax,
    bodyTimeout: sendAnswerMsMax,
  })
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of body as AsyncIterable<Buffer>) {
    bytes += chunk.length
    if (bytes > sendAnswerBytesMax)
      throw new Error(`the answer is larger than ${sendAnswerBytesMax} bytes`)
    chunks.push(chunk)
  }
  const rawHeaders = Object.entries(fields).flatMap(([name, value = []]) =>
    [value].flat().flatMap((line) => [name, line]),
  )
  return { status: statusCode, rawHeaders, payload: Buffer.concat(chunks) }
}

export function textOf(payload: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(payload)
  } catch {
    return `(${payload.length} bytes that are no text)`
  }
}

export function statusLine(status: number): string {
  return `${status} ${STATUS_CODES[status] ?? ''}`.trim()
}

/** Shows an answer that must not be believed: its status and why, and nothing of what it says. */
export function showUnverified(
  { status, rawHeaders }: ReceivedAnswer,
  lane: 'REST' | 'SOAP',
  message: string,
  io: CommandIo,
): void {
  io.out(`${statusLine(status)}, NOT VERIFIED`)
  io.err(`The answer is not verifiably the bus's, so it is not shown. ${message}`)
  const isSoap = /xml|multipart/i.test(firstValue(rawHeaders, 'content-type') ?? '')
  if (lane === 'REST' && isSoap) io.err('It is SOAP: is --url the REST lane, or is --soap missing?')
  if (lane === 'SOAP' && !isSoap) io.err('It is no SOAP: is --url the SOAP lane?')
}

export function showRequest(request: SignedRequest, io: CommandIo): void {
  io.out(`> ${request.method} ${request.url}`)
  showHeaders('> ', rawHeadersOf(request.headers), io)
}

export function showHeaders(prefix: string, rawHeaders: readonly string[], io: CommandIo): void {
  for (let at = 0; at < rawHeaders.length; at += 2) {
    io.out(`${prefix}${rawHeaders[at] ?? ''}: ${rawHeaders[at + 1] ?? ''}`)
  }
  io.out('')
}
