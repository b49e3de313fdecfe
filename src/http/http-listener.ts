import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import type { AdapterTools, HandleExchange, Listening } from '../exchange/adapter.js'
import { Fault } from '../exchange/fault.js'
import { isInMemory } from '../exchange/payload.js'
import type { MalformedContent } from '../exchange/signed-content.js'
import { Answering } from './answering.js'
import { closeInOrder } from './closing.js'
import type { ArrivedRequest, Connection } from './connection.js'
import { Connections } from './connections.js'
import { answerOnSocket } from './draining.js'
import { checkHead, headOf, type HeadRules, type HeadTrouble } from './head.js'
import { createHttpServer } from './http-server.js'
import type { HttpLane, LaneRequest } from './lane.js'
import {
  brokenMessage,
  isBrokenMessage,
  noTunnel,
  traceRefused,
  unknownExpectation,
} from './malformed.js'
import type { PayloadLimits } from './request-body.js'
import type { HttpSettings } from './settings.js'

/** The consumer-facing side of a lane: one HTTP(S) listener. */
export class HttpListener<Request extends LaneRequest> {
  readonly #settings: HttpSettings
  readonly #tools: AdapterTools
  readonly #lane: HttpLane<Request>
  readonly #server: Server
  readonly #heads: HeadRules
  readonly #payloads: PayloadLimits
  readonly #connections: Connections
  readonly #answering: Answering<Request>

  constructor(
    settings: HttpSettings,
    tools: AdapterTools,
    lane: HttpLane<Request>,
    handle: HandleExchange,
  ) {
    this.#settings = settings
    this.#tools = tools
    this.#lane = lane
    const { payloadBytesMax, spooledBytesMax, headersMax } = settings.limits
    const { requestBudget: budget, requestSpool: spool } = tools
    const { publicScheme: scheme, authorities } = settings
    this.#heads = { scheme, headersMax, authorities, pathPrefixes: lane.pathPrefixes }
    this.#payloads = { payloadBytesMax, spooledBytesMax, budget, spool }
    this.#answering = new Answering(tools, lane, handle)
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
    this.#answering.isClosing = true
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
    const own = this.#answering.own(arrived)
    if (own) {
      this.#answering.answer(arrived, own)
      return
    }
    const facts = { scheme: this.#heads.scheme, head, expectsContinue }
    const request = this.#lane.requestOf(arrived, facts, this.#payloads)
    arrived.connection.reads(request)
    void this.#answering.exchange(arrived, request)
  }

  #refuse(arrived: ArrivedRequest, trouble: HeadTrouble): void {
    const { connection, incoming } = arrived
    connection.ending = true
    const head = (): Uint8Array => headOf(incoming)
    void this.#answering.exchange(arrived, { format: 'malformed', ...trouble, head })
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
    const reply = await this.#answering.ask(this.#tools.newExchangeId(), content, connection)
    const { status, rawHeaders, payload } = await this.#lane.render(reply, undefined, [])
    connection.outstanding -= 1
    if (!isInMemory(payload)) throw new TypeError('a refusal that is on the disk')
    // Answers of earlier requests on this connection come first; the last of them closes it.
    if (socket.destroyed || !connection.isQuiet) return
    connection.answered = true
    answerOnSocket(socket, { status, rawHeaders, payload }, this.#tools.now())
  }
}
