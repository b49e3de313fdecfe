import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'

/**
 * A provider whose every execution counts: it notes the message id of each request it acts on, so
 * that a test can say of each message whether it was executed once, twice or never.
 */
export class CountingProvider {
  readonly #server: Server
  readonly #executions = new Map<string, number>()
  #delayMs = 0
  #padding = ''

  private constructor() {
    this.#server = createServer((request, response) => {
      this.#act(request, response).catch(() => response.destroy())
    })
    // The bus decides how long it keeps a connection, not the provider.
    this.#server.keepAliveTimeout = 120_000
  }

  static async start(): Promise<CountingProvider> {
    const provider = new CountingProvider()
    provider.#server.listen(0, '127.0.0.1')
    await once(provider.#server, 'listening')
    return provider
  }

  get address(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/icra`
  }

  /** How often each message was executed. */
  get executions(): ReadonlyMap<string, number> {
    return this.#executions
  }

  /** From now on every answer takes so long. */
  delay(milliseconds: number): void {
    this.#delayMs = milliseconds
  }

  /** From now on every answer is so many bytes longer. */
  pad(bytes: number): void {
    this.#padding = 'x'.repeat(bytes)
  }

  async close(): Promise<void> {
    const closed = once(this.#server, 'close')
    this.#server.close()
    this.#server.closeAllConnections()
    await closed
  }

  async #act(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = []
    for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk)
    const { nomre } = JSON.parse(Buffer.concat(chunks).toString('utf8')) as { nomre: string }
    this.#executions.set(nomre, (this.#executions.get(nomre) ?? 0) + 1)
    if (this.#delayMs > 0) await pause(this.#delayMs)
    response.writeHead(200, { 'Content-Type': 'application/json' })
    response.end(JSON.stringify({ nomre, icra: 'olundu' }) + this.#padding)
  }
}
