import { randomUUID, X509Certificate } from 'node:crypto'
import { STATUS_CODES } from 'node:http'
import { request as httpRequest } from 'undici'
import { Fault } from '../exchange/fault.js'
import { sendAnswerBytesMax, sendAnswerMsMax } from '../limits.js'
import {
  rawHeadersOf,
  signRequest,
  verifyReply,
  type VerifiedBusReply,
} from '../trust/http-signature/client.js'
import { strictAlgorithms } from '../trust/x509/algorithm-policy.js'
import { PathError } from '../trust/x509/path-error.js'
import { validatePath } from '../trust/x509/path-validation.js'
import { makeTrustStore } from '../trust/x509/trust-store.js'
import {
  readCertificate,
  readInput,
  readPrivateKey,
  type NamedCertificate,
} from './command-files.js'
import { UsageError, type FileCommandIo } from './command-io.js'
import { readSendOptions, sendUsage, type SendOptions } from './send-options.js'

/**
 * `sluice send`: signs a request, sends it through the bus and verifies the answer.
 * @returns exit code: 0 answered (2xx), 1 refused or any other answer, 2 wrong usage, 3 not verifiable
 */
export async function send(args: readonly string[], io: FileCommandIo): Promise<number> {
  try {
    const options = readSendOptions(args)
    if (options === 'help') {
      io.out(sendUsage)
      return 0
    }
    const bus = await readBus(options, io)
    const request = await signedRequest(options, io)
    if (options.verbose) showRequest(request, io)
    return await exchange(request, bus, options, io)
  } catch (error) {
    if (!(error instanceof UsageError)) throw error
    io.err(error.message)
    return 2
  }
}

interface SignedRequest {
  readonly method: string
  readonly url: string
  readonly headers: Record<string, string>
  readonly payload: Buffer | undefined
}

async function readBus(options: SendOptions, io: FileCommandIo): Promise<NamedCertificate> {
  const bus = await readCertificate(options.busCertificateFile, io)
  if (options.busAnchorFile === undefined) return bus
  const anchor = await readCertificate(options.busAnchorFile, io)
  try {
    validatePath({
      certificate: bus.certificate,
      trust: makeTrustStore({
        anchors: [anchor.certificate],
        intermediates: [],
        revocationLists: [],
        revocationPolicy: () => 'none',
      }),
      at: new Date(),
      algorithms: strictAlgorithms,
    })
    return bus
  } catch (error) {
    if (!(error instanceof PathError)) throw error
    throw new UsageError(`${options.busCertificateFile}: ${error.message}`)
  }
}

async function signedRequest(options: SendOptions, io: FileCommandIo): Promise<SignedRequest> {
  const privateKey = await readPrivateKey(options.keyFile, io)
  const { thumbprint, certificate } = await readCertificate(options.certificateFile, io)
  if (!new X509Certificate(certificate.der).checkPrivateKey(privateKey)) {
    throw new UsageError(`${options.keyFile} is not the key of ${options.certificateFile}`)
  }
  const { method, data } = options
  const payload = data === undefined ? undefined : await readData(data, io)
  const url = new URL(
    `/r1/${encoded(options.service)}${options.path}${options.query === undefined ? '' : `?${options.query}`}`,
    options.url,
  ).href
  const headers = headersOf(options, payload)
  const signed = { method, url, headers, payload, privateKey, certificateThumbprint: thumbprint }
  return { method, url, headers: signRequest(signed), payload }
}

async function readData(data: string, io: FileCommandIo): Promise<Buffer> {
  return data.startsWith('@') ? readInput(data.slice(1), io) : Buffer.from(data)
}

function headersOf(options: SendOptions, payload: Buffer | undefined): Record<string, string> {
  const headers: Record<string, string> = {
    'X-Road-Client': encoded(options.client),
    'X-Road-Id': options.id ?? randomUUID(),
  }
  for (const [name, value] of options.envelope) headers[name] = encoded(value)
  const given = options.headers.map(([name]) => name.toLowerCase())
  if (payload && !given.includes('content-type')) headers['Content-Type'] = 'application/json'
  for (const [name, value] of options.headers) headers[name] = value
  return headers
}

// Text that is not ASCII travels percent-encoded; slashes of identifiers stay.
function encoded(value: string): string {
  return value.split('/').map(encodeURIComponent).join('/')
}

async function exchange(
  request: SignedRequest,
  bus: NamedCertificate,
  { verbose }: SendOptions,
  io: FileCommandIo,
): Promise<number> {
  let reply
  try {
    reply = await received(request)
  } catch (error) {
    io.err(`No answer from the bus: ${(error as Error).message}`)
    return 1
  }
  if (verbose) showHeaders('< ', reply.rawHeaders, io)
  try {
    const { publicKey, thumbprint: certificateThumbprint } = bus
    const verified = verifyReply({ ...reply, request, publicKey, certificateThumbprint })
    show(verified, io)
    return verified.status >= 200 && verified.status < 300 ? 0 : 1
  } catch (error) {
    if (!(error instanceof Fault)) throw error
    io.out(`${statusLine(reply.status)}, NOT VERIFIED`)
    io.err(`The answer is not verifiably the bus's, so it is not shown. ${error.message}`)
    return 3
  }
}

async function received({ method, url, headers, payload }: SignedRequest) {
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

function show(reply: VerifiedBusReply, io: FileCommandIo): void {
  io.out(statusLine(reply.status))
  io.out(`Exchange id: ${reply.header('sluice-exchange-id') ?? 'none'}`)
  const bound = reply.boundToRequest ? 'this request' : 'no request in particular'
  io.out(`Signed by the bus at ${reply.created.toISOString()}, in answer to ${bound}.`)
  io.out('')
  if (reply.payload.length > 0) io.out(textOf(reply.payload))
}

function textOf(payload: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(payload)
  } catch {
    return `(${payload.length} bytes that are no text)`
  }
}

function statusLine(status: number): string {
  return `${status} ${STATUS_CODES[status] ?? ''}`.trim()
}

function showRequest(request: SignedRequest, io: FileCommandIo): void {
  io.out(`> ${request.method} ${request.url}`)
  showHeaders('> ', rawHeadersOf(request.headers), io)
}

function showHeaders(prefix: string, rawHeaders: readonly string[], io: FileCommandIo): void {
  for (let at = 0; at < rawHeaders.length; at += 2) {
    io.out(`${prefix}${rawHeaders[at] ?? ''}: ${rawHeaders[at + 1] ?? ''}`)
  }
  io.out('')
}
