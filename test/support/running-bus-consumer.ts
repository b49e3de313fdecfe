import { randomUUID } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import { Pool, type Dispatcher } from 'undici'
import { signRequest } from '../../src/trust/http-signature/client.js'
import type { TestIdentity } from './pki.js'
import { signAssertion } from './user-assertion.js'

/** What became of one message as its consumer saw it. */
export interface Sent {
  readonly messageId: string
  /** `broken`: the connection ended without an answer, and the consumer does not know. */
  readonly outcome: 'answered' | 'refused' | 'broken'
  readonly status?: number
  /** Code of a refusal, or of the broken connection. */
  readonly code?: string
  readonly exchangeId?: string
  readonly attempts: number
}

export interface LoadOptions {
  /** Messages on their way at one time. */
  readonly parallel: number
  /** Ends the load after so many messages; without it, `stop` does. */
  readonly messages?: number
  /** Between an answer and the next message of the same one, so that what starts meanwhile has a processor. */
  readonly pauseMs?: number
  /** After a broken connection the same message, with the same id, is sent again. */
  readonly resend?: boolean
}

export interface ConsumerSettings {
  readonly address: string
  readonly subsystem: string
  readonly service: string
  readonly credentials: TestIdentity
}

/** Personal data that every message carries, and no log line may show. */
export const plantedFin = '7PLNT42'
export const plantedName = 'Gizlinova Ülkər Əhməd qızı'

const retryMs = 10
const connectionsMax = 64
// Far longer than any answer takes: a consumer that waits so long has been forgotten.
const hangsMs = 20_000

/** Load on its way; `stop` sends nothing more and resolves once every message has its outcome. */
export class Load {
  readonly sent: Sent[] = []
  readonly #options: LoadOptions
  readonly #send: (messageId: string) => Promise<Sent>
  readonly #finished: Promise<unknown>
  #begun = 0
  #isStopping = false

  constructor(options: LoadOptions, send: (messageId: string) => Promise<Sent>) {
    this.#options = options
    this.#send = send
    this.#finished = Promise.all(Array.from({ length: options.parallel }, () => this.#run()))
  }

  get answered(): readonly Sent[] {
    return this.sent.filter(({ outcome }) => outcome === 'answered')
  }

  /** Resolves when so many more messages have been answered than now. */
  async further(count: number): Promise<void> {
    const wanted = this.answered.length + count
    while (this.answered.length < wanted && !this.#isDone) await pause(retryMs)
  }

  async stop(): Promise<readonly Sent[]> {
    this.#isStopping = true
    return this.finish()
  }

  async finish(): Promise<readonly Sent[]> {
    await this.#finished
    return this.sent
  }

  get #isDone(): boolean {
    return this.#isStopping || this.#begun >= (this.#options.messages ?? Infinity)
  }

  async #run(): Promise<void> {
    while (!this.#isDone) {
      this.#begun += 1
      this.sent.push(await this.#deliver(randomUUID()))
      if (this.#options.pauseMs !== undefined) await pause(this.#options.pauseMs)
    }
  }

  async #deliver(messageId: string): Promise<Sent> {
    for (let attempts = 1; ; attempts += 1) {
      const sent = { ...(await this.#send(messageId)), attempts }
      if (sent.outcome !== 'broken') return sent
      await pause(retryMs)
      if (!this.#options.resend) return sent
    }
  }
}

/** An agency's system with many users: signs, sends, keeps book. */
export class LoadConsumer {
  readonly #settings: ConsumerSettings
  readonly #pool: Pool
  readonly #loads: Load[] = []

  constructor(settings: ConsumerSettings) {
    this.#settings = settings
    this.#pool = new Pool(settings.address, {
      connections: connectionsMax,
      headersTimeout: hangsMs,
    })
  }

  load(options: LoadOptions): Load {
    const load = new Load(options, (messageId) => this.send(messageId))
    this.#loads.push(load)
    return load
  }

  async send(messageId: string = randomUUID()): Promise<Sent> {
    try {
      const response = await this.ask(messageId)
      await response.body.dump()
      const fault = response.headers['x-road-error']
      return {
        messageId,
        attempts: 1,
        outcome: response.statusCode === 200 ? 'answered' : 'refused',
        status: response.statusCode,
        exchangeId: String(response.headers['sluice-exchange-id']),
        ...(fault !== undefined && { code: String(fault) }),
      }
    } catch (error) {
      const { code = 'unknown', message } = error as NodeJS.ErrnoException
      return { messageId, attempts: 1, outcome: 'broken', code: `${code}: ${message}` }
    }
  }

  /** Sends, and leaves the answer's payload unread. */
  ask(messageId: string = randomUUID()): Promise<Dispatcher.ResponseData> {
    const { address, service, credentials } = this.#settings
    const payload = Buffer.from(
      JSON.stringify({ nomre: messageId, fin: plantedFin, ad: plantedName }),
    )
    const path = `/r1/${service}`
    const headers = signRequest({
      method: 'POST',
      url: `${address}${path}`,
      headers: headersOf(this.#settings, messageId),
      payload,
      privateKey: credentials.privateKey,
      certificateThumbprint: credentials.thumbprint,
    })
    return this.#pool.request({ method: 'POST', path, headers, body: payload })
  }

  /** Also ends the load of a test that failed: it would find no bus for ever, and the tests no end. */
  async close(): Promise<void> {
    const stopped = this.#loads.map((load) => load.stop())
    await this.#pool.destroy()
    await Promise.all(stopped)
  }
}

function headersOf(
  {
    subsystem,
    service,
    credentials,
  }: Pick<ConsumerSettings, 'subsystem' | 'service' | 'credentials'>,
  messageId: string,
): Record<string, string> {
  const asked = { client: subsystem, service, messageId }
  const claims = { sub: { fin: plantedFin } }
  return {
    'Content-Type': 'application/json',
    'X-Road-Client': subsystem,
    'X-Road-Id': messageId,
    'X-Road-UserId': `AZ${plantedFin}`,
    'Sluice-Mode': 'user',
    'Sluice-Assertion': signAssertion({ subsystem, ...credentials }, asked, { claims }),
  }
}
