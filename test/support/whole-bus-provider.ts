import { EventEmitter, once } from 'node:events'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { createSigner, httpbis } from 'http-message-signatures'
import type { TestIdentity } from './pki.js'
import { digestOf } from './signing.js'

/** A request as it arrived at a provider's system. */
export interface ArrivedDelivery {
  readonly method: string
  readonly target: string
  readonly rawHeaders: readonly string[]
  readonly payload: Buffer
  /** First value of a header field, by lower-case name. */
  readonly header: (name: string) => string | undefined
}

export interface ProviderAnswer {
  readonly status?: number
  readonly headers?: Readonly<Record<string, string | string[]>>
  readonly payload?: Uint8Array | string
}

/** `break off` closes the connection without an answer. */
export type AnswerOf = (
  delivery: ArrivedDelivery,
) => ProviderAnswer | 'break off' | Promise<ProviderAnswer | 'break off'>

/** Gives the payload back with its content type. */
export const echo: AnswerOf = (delivery) => ({
  headers: { 'Content-Type': delivery.header('content-type') ?? 'application/octet-stream' },
  payload: delivery.payload,
})

/** Never answers. */
export const silence: AnswerOf = () => new Promise(() => undefined)

const allFields = ['@status', 'content-digest', '"signature";req;key="sluice"']

/** An agency's own system behind the bus, on a real socket. */
export class TestProvider {
  readonly deliveries: ArrivedDelivery[] = []
  /** What it answers; `echo` at first. */
  answer: AnswerOf = echo
  /** Signs every answer with this key (RFC 9421 §2.4), by another people's library. */
  signer: TestIdentity | undefined
  signedFields: string[] = allFields
  /** Header fields of the answers that were signed. */
  readonly signedAnswers: Record<string, string | string[]>[] = []
  readonly #server: Server
  readonly #sockets = new Set<Socket>()
  readonly #arrivals = new EventEmitter()

  private constructor() {
    this.#server = createServer((incoming, response) => {
      void this.#take(incoming, response).catch(() => incoming.socket.destroy())
    })
    this.#server.on('connection', (socket: Socket) => {
      this.#sockets.add(socket)
      socket.on('error', () => undefined).once('close', () => this.#sockets.delete(socket))
    })
  }

  static async start(): Promise<TestProvider> {
    const provider = new TestProvider()
    provider.#server.listen(0, '127.0.0.1')
    await once(provider.#server, 'listening')
    return provider
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port
  }

  get address(): string {
    return `http://127.0.0.1:${this.port}/xidmet`
  }

  /** Deliveries so far. */
  get count(): number {
    return this.deliveries.length
  }

  /** The delivery that came last. */
  get latest(): ArrivedDelivery {
    const delivery = this.deliveries.at(-1)
    if (!delivery) throw new Error('nothing was delivered')
    return delivery
  }

  /** Forgets what arrived and answers as at first. */
  reset(): void {
    this.deliveries.length = 0
    this.answer = echo
    this.signer = undefined
    this.signedFields = allFields
    this.signedAnswers.length = 0
  }

  /** Resolves with the next delivery. */
  async nextDelivery(): Promise<ArrivedDelivery> {
    const [delivery] = (await once(this.#arrivals, 'delivery')) as [ArrivedDelivery]
    return delivery
  }

  /** Breaks all connections, and with them what is not answered yet. */
  async dropConnections(): Promise<void> {
    await Promise.all(
      [...this.#sockets].map(async (socket) => {
        const closed = once(socket, 'close')
        socket.destroy()
        await closed
      }),
    )
  }

  async close(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()))
    await this.dropConnections()
    await closed
  }

  async #take(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = []
    for await (const chunk of incoming) chunks.push(chunk as Buffer)
    const delivery = deliveryOf(incoming, Buffer.concat(chunks))
    this.deliveries.push(delivery)
    this.#arrivals.emit('delivery', delivery)
    const answer = await this.answer(delivery)
    if (answer === 'break off') {
      incoming.socket.destroy()
      return
    }
    const { status = 200, payload = '' } = answer
    const bytes = Buffer.from(payload as Uint8Array)
    const isChunked = answer.headers?.['Transfer-Encoding'] !== undefined
    const headers = {
      ...(!isChunked && { 'Content-Length': String(bytes.length) }),
      ...answer.headers,
    }
    response.writeHead(status, await this.#signed(status, headers, bytes, delivery))
    response.end(bytes)
  }

  async #signed(
    status: number,
    given: Readonly<Record<string, string | string[]>>,
    payload: Buffer,
    { method, rawHeaders, target }: ArrivedDelivery,
  ): Promise<Record<string, string | string[]>> {
    const { signer } = this
    if (!signer) return { ...given }
    const headers = { ...given, 'Content-Digest': digestOf(payload) }
    const request = {
      method,
      url: `${new URL(this.address).origin}${target}`,
      headers: headersOf(rawHeaders),
    }
    const key = createSigner(signer.privateKey, 'ecdsa-p256-sha256', signer.thumbprint)
    const signed = await httpbis.signMessage(
      {
        key,
        name: 'provider',
        fields: this.signedFields,
        params: ['created', 'keyid', 'alg'],
      },
      { status, headers },
      request,
    )
    this.signedAnswers.push(signed.headers)
    return signed.headers
  }
}

function deliveryOf(incoming: IncomingMessage, payload: Buffer): ArrivedDelivery {
  const { method = '', url = '', rawHeaders } = incoming
  const byName = headersOf(rawHeaders)
  return { method, target: url, rawHeaders, payload, header: (name) => byName[name] }
}

function headersOf(rawHeaders: readonly string[]): Record<string, string> {
  const headers: Record<string, string> = {}
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const name = (rawHeaders[i] ?? '').toLowerCase()
    headers[name] ??= rawHeaders[i + 1] ?? ''
  }
  return headers
}
