import { once } from 'node:events'
import { createServer, request as httpRequest, type IncomingMessage, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'

/** What becomes of a message on its way; one character is one byte (latin1). */
export type Rewrite = (message: string) => string

const untouched: Rewrite = (message) => message

/** Somebody between a consumer and the bus, who rewrites whole messages. */
export class RewritingProxy {
  /** Address of the bus. */
  target = ''
  request: Rewrite = untouched
  reply: Rewrite = untouched
  readonly #server: Server

  private constructor() {
    this.#server = createServer((incoming, response) => {
      void this.#pass(incoming).then(
        ({ status, rawHeaders, payload }) => response.writeHead(status, rawHeaders).end(payload),
        () => response.destroy(),
      )
    })
  }

  static async start(): Promise<RewritingProxy> {
    const proxy = new RewritingProxy()
    proxy.#server.listen(0, '127.0.0.1')
    await once(proxy.#server, 'listening')
    return proxy
  }

  get address(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  /** Passes everything on as it is again. */
  reset(): void {
    this.request = this.reply = untouched
  }

  async close(): Promise<void> {
    const closed = once(this.#server, 'close')
    this.#server.close()
    this.#server.closeAllConnections()
    await closed
  }

  async #pass(incoming: IncomingMessage): Promise<Passed> {
    const { method, url = '' } = incoming
    // A description is no message.
    const isMessage = method === 'POST'
    const asked = await bytesOf(incoming, isMessage ? this.request : untouched)
    const passedOn = httpRequest(new URL(url, this.target), {
      ...(method !== undefined && { method }),
      headers: withLength(incoming.rawHeaders, asked.length),
    })
    passedOn.end(asked)
    const [answer] = (await once(passedOn, 'response')) as [IncomingMessage]
    const payload = await bytesOf(answer, isMessage ? this.reply : untouched)
    const rawHeaders = withLength(answer.rawHeaders, payload.length)
    return { status: answer.statusCode ?? 0, rawHeaders, payload }
  }
}

interface Passed {
  readonly status: number
  readonly rawHeaders: string[]
  readonly payload: Buffer
}

async function bytesOf(message: IncomingMessage, rewrite: Rewrite): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of message) chunks.push(chunk as Buffer)
  return Buffer.from(rewrite(Buffer.concat(chunks).toString('latin1')), 'latin1')
}

/** Each connection is its own: what speaks of length and connection is not passed on. */
function withLength(rawHeaders: readonly string[], length: number): string[] {
  const kept: string[] = ['Content-Length', String(length)]
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const name = rawHeaders[i] ?? ''
    if (/^(content-length|transfer-encoding|connection|keep-alive|expect)$/i.test(name)) continue
    kept.push(name, rawHeaders[i + 1] ?? '')
  }
  return kept
}
