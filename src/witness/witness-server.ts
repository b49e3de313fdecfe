import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { addCheckpointBytesMax, witnessServerLimits } from '../limits/transparency.js'
import { parseAddCheckpoint } from '../tlog/add-checkpoint.js'
import { NoteError } from '../tlog/note.js'
import { originHash } from './witness-state.js'
import type { Judgement, RefusalKind, Witness } from './witness.js'

export interface WitnessServerParts {
  readonly witness: Witness
  readonly host: string
  /** 0 is any free port. */
  readonly port: number
  /** Told of each judgement, and of trouble of the witness's own. */
  readonly told: (what: Judgement | Error) => void
  readonly limits?: Partial<typeof witnessServerLimits>
}

/** A witness that logs hand their checkpoints to, while it is open. */
export interface WitnessServer {
  readonly address: string
  close(): Promise<void>
}

interface Answer {
  readonly status: number
  readonly type: string
  readonly body: string
}

const plainText = 'text/plain; charset=utf-8'
const monitoringPath = /^\/(?<hash>[0-9a-f]{64})\/checkpoint$/
/** C2SP tlog-witness, "add-checkpoint". */
const statuses: Readonly<Record<RefusalKind, number>> = {
  malformed: 400,
  'unknown-log': 404,
  unsigned: 403,
  'old-size-above': 400,
  'other-size-known': 409,
  inconsistent: 422,
}

/**
 * Serves C2SP tlog-witness: `add-checkpoint`, and the monitors' `<origin hash>/checkpoint`.
 * @throws Error of the listener
 */
export async function openWitnessServer(parts: WitnessServerParts): Promise<WitnessServer> {
  const limits = { ...witnessServerLimits, ...parts.limits }
  const server = createServer({
    maxHeaderSize: limits.headBytesMax,
    requestTimeout: limits.requestMsMax,
    headersTimeout: limits.requestMsMax,
    keepAliveTimeout: limits.idleMsMax,
    connectionsCheckingInterval: 1_000,
  })
  server.maxConnections = limits.connectionsMax
  server.setTimeout(limits.idleMsMax)
  let inFlight = 0
  server.on('request', (request, response) => {
    if (inFlight >= limits.requestsInFlightMax) {
      send(request, response, { status: 503, type: plainText, body: 'too many requests at once\n' })
      return
    }
    inFlight += 1
    response.once('close', () => (inFlight -= 1))
    answer(request, parts).then(
      (found) => send(request, response, found),
      (error: unknown) => {
        parts.told(error instanceof Error ? error : new Error(String(error)))
        send(request, response, { status: 503, type: plainText, body: 'the witness is unwell\n' })
      },
    )
  })
  await listening(server, parts)
  const { address, port, family } = server.address() as AddressInfo
  const host = family === 'IPv6' ? `[${address}]` : address
  return {
    address: `http://${host}:${port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeIdleConnections()
      }),
  }
}

async function answer(
  request: IncomingMessage,
  { witness, told }: WitnessServerParts,
): Promise<Answer> {
  const { method, url } = request
  if (url === '/add-checkpoint') {
    if (method !== 'POST') return plain(405, 'POST a checkpoint here')
    const body = await bodyOf(request)
    return body === undefined ? plain(413, 'the request is too long') : add(body, witness, told)
  }
  const { hash } = monitoringPath.exec(url ?? '')?.groups ?? {}
  const key = witness.logs.find(({ name }) => originHash(name) === hash)
  if (!key) return plain(404, 'there is nothing here')
  if (method !== 'GET' && method !== 'HEAD') return plain(405, 'GET a checkpoint here')
  const note = await witness.cosigned(key)
  if (note === undefined) return plain(404, 'no checkpoint of this log was cosigned yet')
  return { status: 200, type: plainText, body: note }
}

async function add(
  body: Buffer,
  witness: Witness,
  told: WitnessServerParts['told'],
): Promise<Answer> {
  let judgement: Judgement
  try {
    judgement = await witness.add(parseAddCheckpoint(body))
  } catch (error) {
    if (error instanceof NoteError) return plain(400, error.message)
    throw error
  }
  told(judgement)
  if (judgement.kind === 'cosigned') return { status: 200, type: plainText, body: judgement.line }
  if (judgement.kind === 'other-size-known') {
    return { status: 409, type: 'text/x.tlog.size', body: `${judgement.knownSize}\n` }
  }
  return plain(statuses[judgement.kind], judgement.why)
}

function plain(status: number, text: string): Answer {
  return { status, type: plainText, body: `${text}\n` }
}

/** @returns undefined for one that is too long; the rest of it is not read */
async function bodyOf(request: IncomingMessage): Promise<Buffer | undefined> {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    bytes += chunk.length
    if (bytes > addCheckpointBytesMax) return undefined
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}

function send(
  request: IncomingMessage,
  response: ServerResponse,
  { status, type, body }: Answer,
): void {
  if (response.destroyed) return
  response.statusCode = status
  response.setHeader('Content-Type', type)
  response.setHeader('Content-Length', Buffer.byteLength(body))
  // Of a body that was not read to its end, nothing may be taken for the next request.
  if (!request.complete) response.setHeader('Connection', 'close')
  response.end(request.method === 'HEAD' ? undefined : body)
}

function listening(server: Server, { host, port }: WitnessServerParts): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, () => {
      server.off('error', reject)
      resolve()
    })
  })
}
