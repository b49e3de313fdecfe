import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import type { AdapterTools, HandleExchange, Listening } from '../../src/exchange/adapter.js'
import type { EnvelopeReader, Reply } from '../../src/exchange/exchange.js'
import { Fault, toFault } from '../../src/exchange/fault.js'
import type {
  HttpRequestContent,
  MalformedContent,
  RawHeaders,
  SignedContent,
} from '../../src/exchange/signed-content.js'
import { closeInOrder } from './closing.js'
import type { ArrivedRequest, Connection } from './connection.js'
import { Connections } from './connections.js'
import { answerAndDrain, answerOnSocket } from './draining.js'
import { checkHead, headOf, type HeadRules, type HeadTrouble } from './head.js'
import { createHttpServer } from './http-server.js'
import { InboundRequest, type PayloadLimits } from './inbound-request.js'
import {
  brokenMessage,
  isBrokenMessage,
  noTunnel,
  traceRefused,
  unknownExpectation,
} from './malformed.js'
import { renderReply, type RenderedReply } from './reply.js'
import { ReplyWriting } from './reply-writing.js'
import type { RestSettings } from './settings.js'

/** The consumer-facing side: one HTTP(S) listener. */
export class Inbound {
  readonly #settings: RestSettings
  readonly #tools: AdapterTools
  readonly #reader: EnvelopeReader
  readonly #handle: HandleExchange
  readonly #server: Server
  readonly #heads: HeadRules
  readonly #payloads: PayloadLimits
  readonly #connections: Connections
  readonly #releaseReply: (exchangeId: string) => void
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
    const { payloadBytesMax, headersMax } = settings.limits
    const { publicScheme: scheme, authorities } = settings
    this.#heads = { scheme, headersMax, authorities }
    this.#payloads = { payloadBytesMax, budget: tools.requestBudget }
    this.#releaseReply = (exchangeId) => tools.replyBudget.release(exchangeId)
    this.#connections = new Connections(settings.limits, (event, details) =>
      tools.warn(event, details),
    )
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
    this.#connections.start()
    const bound = (this.#server.address() as AddressInfo).port
    const name = host.includes(':') ? `[${host}]` : host
    return {
      address: `${tls ? 'https' : 'http'}://${name}:${bound}`,
      close: () => this.#close(),
    }
  }

  async #close(): Promise<void> {
    this.#closing = true
    await closeInOrder(this.#server, this.#connections)
    this.#connections.stop()
  }

  #listenTo(server: Server): void {
    server.on(this.#settings.tls ? 'secureConnection' : 'connection', (socket: Socket) =>
      this.#connections.add(socket),
    )
    server.on('request', (incoming: IncomingMessage, response: ServerResponse) =>
      this.#receive(incoming, response, false),
    )
    server.on('checkContinue', (incoming: IncomingMessage, response: ServerResponse) =>
      this.#receive(incoming, response, true),
    )
    server.on('checkExpectation', (incoming: IncomingMessage, response: ServerResponse) => {
      const arrived = this.#begin(incoming, response)
      if (arrived) this.#refuse(arrived, unknownExpectation)
    })
    server.on('clientError', (error: Error, socket: Socket) => this.#refuseBytes(error, socket))
    server.on('connect', (incoming: IncomingMessage, socket: Socket) => {
      socket.on('error', () => undefined)
      const connection = this.#connections.of(socket)
      if (!connection || connection.ending) return
      connection.ending = true
      const head = (): Uint8Array => headOf(incoming)
      void this.#refuseOnSocket(connection, { format: 'malformed', ...noTunnel, head })
    })
  }

  /** Undefined where nothing more is answered on the connection; the request is not looked at then. */
  #begin(incoming: IncomingMessage, response: ServerResponse): ArrivedRequest | undefined {
    const connection = this.#connections.of(incoming.socket)
    if (!connection?.begins(incoming)) return undefined
    return { exchangeId: this.#tools.newExchangeId(), connection, incoming, response }
  }

  #receive(incoming: IncomingMessage, response: ServerResponse, expectsContinue: boolean): void {
    const arrived = this.#begin(incoming, response)
    if (!arrived) return
    const isTrace = incoming.method === 'TRACE'
    const head = isTrace ? traceRefused : checkHead(incoming, this.#heads)
    if ('reason' in head) {
      this.#refuse(arrived, head)
      return
    }
    const { scheme } = this.#heads
    const request = new InboundRequest(arrived, { scheme, head, expectsContinue }, this.#payloads)
    arrived.connection.reads(request)
    void this.#exchange(arrived, request)
  }

  #refuse(arrived: ArrivedRequest, trouble: HeadTrouble): void {
    const { connection, incoming } = arrived
    connection.ending = true
    const head = (): Uint8Array => headOf(incoming)
    void this.#exchange(arrived, { format: 'malformed', ...trouble, head })
  }

  async #exchange(
    arrived: ArrivedRequest,
    content: InboundRequest | MalformedContent,
  ): Promise<void> {
    const { exchangeId, connection, incoming } = arrived
    const reply = await this.#ask(exchangeId, content, incoming.socket.remoteAddress)
    const isLatest = connection.ends(incoming)
    if (isFloodRefusal(reply)) connection.ending = true
    const isLast = isLatest && (connection.ending || this.#closing)
    let isUnderWay = false
    try {
      const request = content.format === 'http' ? content : undefined
      const rendered = this.#render(reply, request, incoming.rawHeaders)
      isUnderWay = this.#write(arrived, rendered, isLast)
    } catch (error) {
      this.#tools.warn('reply could not be sent', { exchangeId, error: String(error) })
      incoming.socket.destroy()
    } finally {
      if (content.format === 'http') content.release()
      if (!isUnderWay) this.#releaseReply(exchangeId)
    }
  }

  /** @returns whether the reply is held until its consumer has taken it */
  #write(arrived: ArrivedRequest, rendered: RenderedReply, isLast: boolean): boolean {
    const { connection, incoming, response } = arrived
    if (response.destroyed || connection.socket.destroyed) return false
    const isUnread = !incoming.complete
    if (isUnread) connection.ending = true
    if (isUnread || isLast) rendered.rawHeaders.push('Connection', 'close')
    // Where earlier replies are still being written, Node closes the connection after this one.
    if (isUnread && response.socket) {
      connection.answered = true
      answerAndDrain(incoming, response, rendered)
      return false
    }
    new ReplyWriting(arrived, this.#releaseReply).start(rendered)
    return true
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
  async #ask(
    exchangeId: string,
    content: SignedContent,
    remoteAddress: string | undefined,
  ): Promise<Reply> {
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
    const connection = this.#connections.of(socket)
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
      void this.#refuseOnSocket(connection, content)
    }
  }

  async #refuseOnSocket(connection: Connection, content: MalformedContent): Promise<void> {
    const { socket } = connection
    connection.outstanding += 1
    const reply = await this.#ask(this.#tools.newExchangeId(), content, socket.remoteAddress)
    connection.outstanding -= 1
    // Answers of earlier requests on this connection come first; the last of them closes it.
    if (socket.destroyed || !connection.isQuiet) return
    connection.answered = true
    answerOnSocket(socket, renderReply(reply, undefined, [], this.#tools), this.#tools.now())
  }
}

/** The bus is full, and nothing is known of who asked: the next connection may be somebody else's. */
function isFloodRefusal(reply: Reply): boolean {
  if (reply.outcome === 'answered' || reply.verified) return false
  return reply.fault.code === 'THROTTLED' && reply.fault.side === 'bus'
}
