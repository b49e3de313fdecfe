import { createServer, type RequestListener } from 'node:http'
import { createServer as createRawServer, type Server, type Socket } from 'node:net'
import { Agent, getGlobalDispatcher, setGlobalDispatcher } from 'undici'
import { createAdapter } from '../../adapters/rest/adapter.js'
import type { HandleExchange, Listening, ProtocolAdapter } from '../../src/exchange/adapter.js'
import type { MediatedRequest, ReceivedReply } from '../../src/exchange/exchange.js'
import { mediatedOf, portOf, serviceTarget, toolsStub, type RouteStub } from './rest-lane.js'

/** The REST adapter on real sockets; `closeAll` gives everything back. */
export class RestAdapters {
  readonly #listening: Listening[] = []
  readonly #adapters: ProtocolAdapter[] = []
  readonly #providers: { readonly server: Server; readonly sockets: Set<Socket> }[] = []

  async listen(
    handle: HandleExchange,
    limits: Record<string, number> = {},
    tools = toolsStub(undefined, limits),
    settings: Readonly<Record<string, unknown>> = {},
  ): Promise<{ url: string; port: number; listening: Listening }> {
    const adapter = createAdapter({ host: '127.0.0.1', port: 0, limits, ...settings }, tools)
    const listening = await adapter.listen?.(handle)
    if (!listening) throw new Error('the adapter does not listen')
    this.#listening.push(listening)
    const port = Number(new URL(listening.address).port)
    return { url: listening.address, port, listening }
  }

  adapter(
    limits: Record<string, number> = {},
    outbound: Record<string, unknown> = { privateAddresses: ['127.0.0.0/8'] },
    tools = toolsStub(undefined, limits),
  ): ProtocolAdapter {
    const adapter = createAdapter({ limits, outbound }, tools)
    this.#adapters.push(adapter)
    return adapter
  }

  async provider(server: Server): Promise<{ address: string; sockets: Set<Socket> }> {
    const sockets = new Set<Socket>()
    server.on('connection', (socket: Socket) => {
      sockets.add(socket.on('error', () => undefined))
    })
    this.#providers.push({ server, sockets })
    return { address: `http://127.0.0.1:${await portOf(server)}`, sockets }
  }

  httpProvider(listener: RequestListener): Promise<{ address: string; sockets: Set<Socket> }> {
    return this.provider(createServer(listener))
  }

  /** A provider that writes these bytes for every request, whatever it is. */
  rawProvider(
    bytes: string,
    after: (socket: Socket) => void = () => undefined,
  ): Promise<{ address: string; sockets: Set<Socket> }> {
    return this.provider(
      createRawServer((socket) => {
        socket.on('data', () => {
          socket.write(bytes, 'latin1')
          after(socket)
        })
      }),
    )
  }

  deliver(
    order: Order,
    adapter: ProtocolAdapter = this.adapter(),
    signal: AbortSignal = new AbortController().signal,
  ): Promise<ReceivedReply> {
    if (!adapter.send) throw new Error('the adapter does not send')
    return adapter.send(orderOf(adapter, order), signal)
  }

  async closeAll(): Promise<void> {
    for (const { server, sockets } of this.#providers.splice(0)) {
      server.close()
      for (const socket of sockets) socket.destroy()
    }
    for (const adapter of this.#adapters.splice(0)) await adapter.close?.()
    await endClientConnections()
    for (const listening of this.#listening.splice(0)) await listening.close()
  }
}

/** A listener waits a second for what may be under way on connections that clients of a test keep; nothing is. */
export async function endClientConnections(): Promise<void> {
  const used = getGlobalDispatcher()
  setGlobalDispatcher(new Agent())
  await used.destroy()
}

export interface Order extends RouteStub {
  readonly method?: string
  readonly target?: string
  readonly headers?: readonly string[]
  readonly payload?: Uint8Array
}

function orderOf(adapter: ProtocolAdapter, order: Order): MediatedRequest {
  const { method = 'POST', target = serviceTarget, headers = [] } = order
  const payload = order.payload ?? new Uint8Array()
  const received = {
    exchangeId: '0190a2b0-0000-7000-8000-000000000001',
    receivedAt: new Date(),
    remoteAddress: '127.0.0.1',
    adapter,
    content: {
      format: 'http',
      method,
      scheme: 'https',
      authority: 'bus.gov.az',
      target,
      rawHeaders: [
        ...['Host', 'bus.gov.az', 'X-Road-Client', 'AZ/GOV/VN/EVHF', 'X-Road-Id', 'm-1'],
        ...['Signature-Input', 'c=("@method")', 'Signature', 'c=:AA==:'],
        ...headers,
      ],
      head: () => new Uint8Array(),
      readPayload: () => Promise.resolve(payload),
    },
  } as const
  return mediatedOf(received, payload, order)
}
