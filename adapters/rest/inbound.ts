import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import { Server as NetServer, type AddressInfo, type Socket } from 'node:net'
import type { AdapterTools, HandleExchange, Listening } from '../../src/exchange/adapter.js'
import type { EnvelopeReader, Reply } from '../../src/exchange/exchange.js'
import { Fault, toFault } from '../../src/exchange/fault.js'
import type {
  HttpRequestContent,
  MalformedContent,
  RawHeaders,
  SignedContent,
} from '../../src/exchange/signed-content.js'
import { answer, answerAndDrain, answerOnSocket, Connection } from './connection.js'
import { checkHead, headOf, type HeadTrouble } from './head.js'
import { InboundRequest, type PayloadLimits } from './inbound-request.js'
import { brokenMessage, isBrokenMessage, unknownExpectation } from './malformed.js'
import { PayloadBudget } from './payload.js'
import { renderReply, type RenderedReply } from './reply.js'
import type { RestSettings } from './settings.js'

/** How long a connection without a request is kept when the listener closes. */
const closeGraceMs = 1_000
const closeSweepMs = 100

// It would show a provider's view of the request, the bus's own fields included (RFC 9110 §9.3.8).
const traceRefused: HeadTrouble = {
  code: 'REQUEST_INVALID',
  field: 'method',
  reason: 'TRACE does not pass.',
}

/** The consumer-facing side: one HTTP(S) listener. */
export class Inbound {
  readonly #settings: RestSettings
  readonly #tools: AdapterTools
  readonly #reader: EnvelopeReader
  readonly #handle: HandleExchange
  readonly #server: Server
  readonly #payloads: PayloadLimits
  readonly #connections = new Map<Socket, Connection>()
  #closing = false

  constructor(
    settings: RestSettings,
    tools: AdapterTools,
    reader: EnvelopeReader,
    handle: HandleExchange,
  ) {
    this.#settings = settings
    this.#tools = tools
    this.#reader = reader
    this.#handle = handle
    this.#payloads = {
      payloadBytesMax: settings.limits.payloadBytesMax,
      budget: new PayloadBudget(settings.limits.payloadBytesInFlightMax),
    }
    this.#server = createHttpServer(settings)
    this.#listenTo(this.#server)
  }

  /** @throws Error when the address cannot be listened on */
  async open(): Promise<Listening> {
    const { host, port, tls } = this.#settings
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject)
      this.#server.listen(port, host, () => {
        this.#server.off('error', reject)
        resolve()
      })
    })
    this.#server.on('error', (error) =>
      this.#tools.warn('listener failed', { error: error.message }),
    )
    const bound = (this.#server.address() as AddressInfo).port
    const name = host.includes(':') ? `[${host}]` : host
    return {
      address: `${tls ? 'https' : 'http'}://${name}:${bound}`,
      close: () => this.#close(),
    }
  }

  #listenTo(server: Server): void {
    server.on(this.#settings.tls ? 'secureConnection' : 'connection', (socket: Socket) => {
      this.#connections.set(socket, new Connection())
      socket.once('close', () => this.#connections.delete(socket))
    })
    server.on('request', (incoming: IncomingMessage, response: ServerResponse) =>
      this.#receive(incoming, response, false),
    )
    server.on('checkContinue', (incoming: IncomingMessage, response: ServerResponse) =>
      this.#receive(incoming, response, true),
    )
    server.on('checkExpectation', (incoming: IncomingMessage, response: ServerResponse) => {
      this.#refuse(incoming, response, unknownExpectation)
    })
    server.on('clientError', (error: Error, socket: Socket) => this.#refuseBytes(error, socket))
    server.on('connect', (incoming: IncomingMessage, socket: Socket) => {
      socket.on('error', () => undefined)
      void this.#refuseOnSocket(socket, {
        format: 'malformed',
        code: 'REQUEST_INVALID',
        field: 'method',
        reason: 'The bus is no tunnel.',
        head: () => headOf(incoming),
      })
    })
  }

  #receive(incoming: IncomingMessage, response: ServerResponse, expectsContinue: boolean): void {
    const { publicScheme, limits } = this.#settings
    if (incoming.method === 'TRACE') {
      this.#refuse(incoming, response, traceRefused)
      return
    }
    const head = checkHead(incoming, publicScheme, limits.headersMax)
    if ('reason' in head) {
      this.#refuse(incoming, response, head)
      return
    }
    const request = new InboundRequest(
      incoming,
      response,
      publicScheme,
      head,
      this.#payloads,
      expectsContinue,
    )
    const connection = this.#connections.get(incoming.socket)
    if (connection) connection.latest = { incoming, request }
    void this.#exchange(incoming, response, request, false)
  }

  #refuse(incoming: IncomingMessage, response: ServerResponse, trouble: HeadTrouble): void {
    const connection = this.#connections.get(incoming.socket)
    if (connection) connection.ending = true
    const content: MalformedContent = {
      format: 'malformed',
      ...trouble,
      head: () => headOf(incoming),
    }
    void this.#exchange(incoming, response, content, true)
  }

  async #exchange(
    incoming: IncomingMessage,
    response: ServerResponse,
    content: InboundRequest | MalformedContent,
    lastOne: boolean,
  ): Promise<void> {
    const connection = this.#connections.get(incoming.socket) ?? new Connection()
    connection.requests += 1
    connection.outstanding += 1
    const reply = await this.#ask(content, incoming.socket.remoteAddress)
    connection.outstanding -= 1
    try {
      this.#reply(incoming, response, reply, content, lastOne || connection.ending, connection)
    } catch (error) {
      const { exchangeId } = reply
      this.#tools.warn('reply could not be sent', { exchangeId, error: String(error) })
      incoming.socket.destroy()
    } finally {
      if (content.format === 'http') content.release()
    }
  }

  #reply(
    incoming: IncomingMessage,
    response: ServerResponse,
    reply: Reply,
    content: SignedContent,
    lastOne: boolean,
    connection: Connection,
  ): void {
    if (response.destroyed) return
    const request = content.format === 'http' ? content : undefined
    const rendered = this.#render(reply, request, incoming.rawHeaders)
    const unread = !incoming.complete
    if (unread || lastOne || this.#closing) rendered.rawHeaders.push('Connection', 'close')
    if (unread) {
      connection.ending = true
      connection.answered = true
      answerAndDrain(incoming, response, rendered)
    } else {
      answer(response, rendered)
    }
  }

  // An answer that cannot be signed (a provider's header field with bytes that no signature covers)
  // is not shown; what is logged of it stands.
  #render(reply: Reply, request: HttpRequestContent | undefined, asked: RawHeaders): RenderedReply {
    try {
      return renderReply(reply, request, asked, this.#tools)
    } catch (error) {
      const { exchangeId } = reply
      this.#tools.warn('reply could not be rendered', { exchangeId, error: String(error) })
      const fault = new Fault('INTERNAL_ERROR', { cause: error })
      const verified = reply.outcome === 'answered' ? reply.request.verified : reply.verified
      const refused: Reply = { outcome: 'refused', exchangeId, fault, verified }
      return renderReply(refused, request, asked, this.#tools)
    }
  }

  /** Whatever happens, there is a reply. */
  async #ask(content: SignedContent, remoteAddress: string | undefined): Promise<Reply> {
    const exchangeId = this.#tools.newExchangeId()
    try {
      return await this.#handle({
        exchangeId,
        receivedAt: this.#tools.now(),
        adapter: this.#reader,
        content,
        remoteAddress: remoteAddress ?? '',
      })
    } catch (error) {
      this.#tools.warn('exchange ended without reply', { exchangeId, error: String(error) })
      return { outcome: 'refused', exchangeId, fault: toFault(error), verified: undefined }
    }
  }

  /** Node's parser, or one of its clocks, gave up on a connection. */
  #refuseBytes(error: Error, socket: Socket): void {
    const connection = this.#connections.get(socket)
    if (!connection) return
    if (connection.ending) {
      if (connection.answered && socket.readableEnded) socket.destroySoon()
      return
    }
    // Nobody is there to answer, or nothing was ever said.
    if (!isBrokenMessage(error) || (connection.requests === 0 && socket.bytesRead === 0)) {
      socket.destroy()
      return
    }
    connection.ending = true
    const content = brokenMessage(error, this.#settings.limits.headBytesMax)
    const { receiving } = connection
    if (receiving) {
      receiving.fail(new Fault('PAYLOAD_UNSAFE', { field: 'payload', detail: content.reason }))
    } else {
      void this.#refuseOnSocket(socket, content)
    }
  }

  async #refuseOnSocket(socket: Socket, content: MalformedContent): Promise<void> {
    const reply = await this.#ask(content, socket.remoteAddress)
    // Answers of earlier requests on this connection come first; the last of them closes it.
    const connection = this.#connections.get(socket)
    if (!connection || connection.outstanding > 0) return
    connection.answered = true
    answerOnSocket(socket, renderReply(reply, undefined, [], this.#tools), this.#tools.now())
  }

  // A connection that is idle now may have a request under way to it, which closing would reset
  // . It is kept for a moment: what still comes is answered with `Connection: close`.
  async #close(): Promise<void> {
    this.#closing = true
    const closed = new Promise<void>((resolve) => stopAccepting(this.#server, resolve))
    let sweep: NodeJS.Timeout | undefined
    const grace = setTimeout(() => {
      for (const [socket, { requests }] of this.#connections) if (requests === 0) socket.destroy()
      // After what has arrived by now has been read.
      const closeIdle = (): void => void setImmediate(() => this.#server.closeIdleConnections())
      sweep = setInterval(closeIdle, closeSweepMs)
      closeIdle()
    }, closeGraceMs)
    await closed
    clearInterval(sweep)
    clearTimeout(grace)
    // Ends the clocks of Node's server; that it is closed already is no news.
    this.#server.close()
  }
}

/** `close` of an HTTP server closes idle connections at once; that of its base class does not. */
function stopAccepting(server: Server, onClosed: () => void): void {
  NetServer.prototype.close.call(server, onClosed)
}

function createHttpServer({ tls, limits }: RestSettings): Server {
  const { requestHeadTimeoutMs, requestTimeoutMs } = limits
  const options = {
    maxHeaderSize: limits.headBytesMax,
    headersTimeout: Math.min(requestHeadTimeoutMs, requestTimeoutMs),
    requestTimeout: requestTimeoutMs,
    connectionsCheckingInterval: Math.max(100, Math.min(1_000, requestHeadTimeoutMs / 4)),
    keepAliveTimeout: limits.keepAliveTimeoutMs,
    keepAlive: true,
    noDelay: true,
    highWaterMark: 65_536,
    insecureHTTPParser: false,
    // Looked at with the rest of the head, so that the refusal is logged and signed.
    requireHostHeader: false,
  }
  const server = tls
    ? createTlsServer({
        ...options,
        cert: tls.certificate,
        key: tls.key,
        minVersion: tls.minVersion,
        handshakeTimeout: requestHeadTimeoutMs,
      })
    : createServer(options)
  server.maxConnections = limits.connectionsMax
  // Node would silently drop what is above; the head check refuses it instead.
  server.maxHeadersCount = 0
  return server
}
