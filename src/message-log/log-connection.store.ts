import { setTimeout as pause } from 'node:timers/promises'
import type pg from 'pg'

export interface LogConnectionOptions {
  /** Makes a connection, not yet opened, with time limits of its own. */
  readonly connect: () => pg.Client
  /** Runs on every new connection before it is used. */
  readonly onConnect: (client: pg.Client) => Promise<void>
  /** Called whenever the connection came up or went down. */
  readonly onChange: () => void
  readonly warn: (event: string, details: Readonly<Record<string, unknown>>) => void
  /** First and longest pause between attempts to connect, milliseconds. */
  readonly retryMinMs: number
  readonly retryMaxMs: number
}

const endLimitMs = 1_000

/** One connection of the log's writer, which comes back by itself when it was lost. */
export class LogConnection {
  readonly #options: LogConnectionOptions
  readonly #closing = new AbortController()
  #client: pg.Client | undefined
  isBusy = false

  constructor(options: LogConnectionOptions) {
    this.#options = options
  }

  /** The open connection; undefined while there is none. */
  get client(): pg.Client | undefined {
    return this.#client
  }

  /** Connects, and goes on trying in the background. Resolves after the first attempt. */
  async start(): Promise<void> {
    if (await this.#attempt()) return
    void this.#retry()
  }

  /** Gives the connection up, e.g. because nobody knows what state it is in, and gets a new one. */
  drop(client: pg.Client): void {
    if (this.#client !== client) return
    this.#client = undefined
    destroy(client)
    this.#options.onChange()
    void this.#retry()
  }

  async close(): Promise<void> {
    this.#closing.abort()
    const client = this.#client
    this.#client = undefined
    if (client) await endClient(client)
  }

  async #retry(): Promise<void> {
    const { retryMinMs, retryMaxMs } = this.#options
    for (let pauseMs = retryMinMs; ; pauseMs = Math.min(pauseMs * 2, retryMaxMs)) {
      // Not in step with the other connections and nodes that lost the same server.
      const spreadMs = pauseMs * (0.5 + Math.random() / 2)
      await pause(spreadMs, undefined, { signal: this.#closing.signal }).catch(() => undefined)
      if (this.#closing.signal.aborted || (await this.#attempt())) return
    }
  }

  async #attempt(): Promise<boolean> {
    const client = this.#options.connect()
    // Without a listener a broken connection would end the process.
    client.on('error', () => this.drop(client))
    client.on('end', () => this.drop(client))
    try {
      await client.connect()
      await this.#options.onConnect(client)
    } catch (error) {
      destroy(client)
      this.#options.warn('message_log.connect_failed', reasonOf(error))
      return false
    }
    if (this.#closing.signal.aborted) {
      destroy(client)
      return false
    }
    this.#client = client
    this.#options.onChange()
    return true
  }
}

/** Cuts the connection at once; an orderly end would wait for a server that may not answer. */
function destroy(client: pg.Client): void {
  const { connection } = client as unknown as { connection: pg.Connection }
  connection.stream.destroy()
}

/** Ends a connection in an orderly way where the server answers, and anyhow within a second. */
export async function endClient(client: pg.Client): Promise<void> {
  const timer = setTimeout(() => {
    destroy(client)
  }, endLimitMs)
  await client.end().catch(() => undefined)
  clearTimeout(timer)
}

/** Does one thing on a connection of its own. */
export async function withClient<T>(
  connect: () => pg.Client,
  work: (client: pg.Client) => Promise<T>,
): Promise<T> {
  const client = connect()
  client.on('error', () => undefined)
  await client.connect()
  try {
    return await work(client)
  } finally {
    await endClient(client)
  }
}

/** The server's code and text; texts of rows and statements are in neither. */
export function reasonOf(error: unknown): { code: string | undefined; reason: string } {
  const { code, message } = error as { code?: string; message?: string }
  return { code, reason: message ?? String(error) }
}
