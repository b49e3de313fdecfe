import type { IncomingMessage, ServerResponse } from 'node:http'
import { promisify } from 'node:util'
import { gzip } from 'node:zlib'
import { logApiLimits, noteBytesMax } from '../limits/transparency.js'
import { originOf } from '../tlog/checkpoint.js'
import { verifierKeyText, type NoteKey } from '../tlog/note-keys.js'
import { refusal, write, type Answer, type RefusalName } from './answer.js'
import type { EntriesToken } from './entries-token.js'
import { parseLogPath, type LogRequest } from './log-path.js'
import type { PublishedLogs } from './published-logs.js'

const compress = promisify(gzip)

export interface LogApiParts {
  readonly logs: PublishedLogs
  readonly token: EntriesToken
  /** The bus's part of each log's origin. */
  readonly origin: string
  /** The key that a log's checkpoints are signed by. */
  readonly keyOf: (log: string) => NoteKey
  readonly witnesses: readonly NoteKey[]
  /** Notes trouble for the engineer on call. */
  readonly warn: (event: string, details: Readonly<Record<string, unknown>>) => void
}

const octets = 'application/octet-stream'
/** What is under such an address never changes. */
const immutable = 'max-age=31536000, immutable'
/** C2SP tlog-tiles: a checkpoint must not be cached beyond a few seconds. */
const shortLived = 'public, max-age=1'

/** Answers in the form of C2SP tlog-tiles, and takes what witnesses sign. */
export class LogApi {
  readonly #parts: LogApiParts
  #bundlesInFlight = 0

  constructor(parts: LogApiParts) {
    this.#parts = parts
  }

  /** Never rejects: whatever fails here is answered, and said in the system log. */
  async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let answer: Answer
    try {
      const found = await this.#answer(request, response)
      answer = typeof found === 'string' ? refusal(found, request) : found
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error)
      this.#parts.warn('the log API cannot answer', { why })
      answer = refusal('unavailable', request)
    }
    write(request, response, answer)
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<Answer | RefusalName> {
    const wanted = parseLogPath(request.url ?? '')
    if (!wanted) return 'notFound'
    if (wanted.kind === 'cosignature') {
      return request.method === 'POST' ? this.#takeIn(wanted.log, request) : 'methodNotAllowed'
    }
    if (request.method === 'POST') return 'methodNotAllowed'
    switch (wanted.kind) {
      case 'list':
        return this.#list()
      case 'checkpoint':
        return this.#checkpoint(wanted)
      case 'tile':
        return this.#tile(wanted, request, response)
    }
  }

  async #list(): Promise<Answer> {
    const { logs, keyOf, origin, witnesses } = this.#parts
    const checkpoints = await logs.latestCheckpoints()
    const list = checkpoints.map(({ log, size, madeAt }) => ({
      name: log,
      path: originOf('/log', log),
      origin: originOf(origin, log),
      vkey: verifierKeyText(keyOf(log)),
      size,
      madeAt: madeAt.toISOString(),
    }))
    const vkeys = witnesses.map((key) => ({ name: key.name, vkey: verifierKeyText(key) }))
    const body = Buffer.from(`${JSON.stringify({ logs: list, witnesses: vkeys }, undefined, 2)}\n`)
    const headers = { 'Content-Type': 'application/json', 'Cache-Control': shortLived }
    return { status: 200, headers, body }
  }

  async #checkpoint({
    log,
    isCosigned,
  }: LogRequest & { kind: 'checkpoint' }): Promise<Answer | RefusalName> {
    const note = await this.#parts.logs.checkpoint(log, isCosigned)
    return note === undefined ? 'notFound' : textAnswer(note)
  }

  async #tile(
    { log, tile }: LogRequest & { kind: 'tile' },
    request: IncomingMessage,
    response: ServerResponse,
  ): Promise<Answer | RefusalName> {
    const { logs, token } = this.#parts
    if (tile.kind === 'hashes') {
      const hashes = await logs.hashes(log, tile)
      if (!hashes) return 'notFound'
      const headers = { 'Content-Type': octets, 'Cache-Control': `public, ${immutable}` }
      return { status: 200, headers, body: hashes }
    }
    if (!token.opens(request.headers['authorization'])) return 'entriesClosed'
    if (this.#bundlesInFlight >= logApiLimits.bundlesInFlightMax) return 'busy'
    this.#bundlesInFlight += 1
    response.once('close', () => (this.#bundlesInFlight -= 1))
    const bundle = await logs.bundle(log, tile.index, tile.width)
    if (bundle === undefined) return 'notFound'
    return bundle === 'archived' ? bundle : bundleAnswer(bundle, request)
  }

  async #takeIn(log: string, request: IncomingMessage): Promise<Answer | RefusalName> {
    const body = await bodyOf(request)
    if (!body) return 'bodyTooLong'
    const { logs, origin } = this.#parts
    const outcome = await logs.handIn(log, originOf(origin, log), body)
    return outcome === 'kept' ? textAnswer('kept\n', 'no-store') : outcome
  }
}

function textAnswer(text: string, cacheControl = shortLived): Answer {
  const type = 'text/plain; charset=utf-8'
  const headers = { 'Content-Type': type, 'Cache-Control': cacheControl }
  return { status: 200, headers, body: Buffer.from(text) }
}

/** What one auditor's token opened is nothing for a shared cache. */
async function bundleAnswer(bundle: Buffer, { headers: asked }: IncomingMessage): Promise<Answer> {
  const isGzip = /(?:^|,)\s*gzip\s*(?:$|,|;\s*q=(?:1|0\.\d*[1-9]))/i.test(
    asked['accept-encoding'] ?? '',
  )
  const headers = {
    'Content-Type': octets,
    'Cache-Control': `private, ${immutable}`,
    Vary: 'Accept-Encoding, Authorization',
  }
  if (!isGzip) return { status: 200, headers, body: bundle }
  const body = await compress(bundle)
  return { status: 200, headers: { ...headers, 'Content-Encoding': 'gzip' }, body }
}

/** @returns undefined for one that is too long */
async function bodyOf(request: IncomingMessage): Promise<Buffer | undefined> {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    bytes += chunk.length
    if (bytes > noteBytesMax) return undefined
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}
