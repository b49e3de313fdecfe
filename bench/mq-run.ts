import type { ConfirmChannel, ConsumeMessage, Options } from 'amqplib'
import type { MqRunFigures } from './mq-order.js'

/** A message that is ready to be sent. */
export interface PreparedMessage {
  readonly exchange: string
  readonly routingKey: string
  readonly body: Buffer
  readonly options: Options.Publish & { readonly messageId: string }
}

/** One client's channel, and what it has yet to send. */
export interface MqClient {
  readonly channel: ConfirmChannel
  readonly prepared: PreparedMessage[]
}

/** Answers of a run that are kept for a closer look, spread over it. */
const keptMax = 16
/** After the last message has been sent all answers must come within this. */
const lateMsMax = 60_000

/** One run: keeps so many messages under way and times what comes back. */
export class MqRun {
  readonly kept: ConsumeMessage[] = []
  readonly #clients: readonly MqClient[]
  readonly #wanted: string | undefined
  readonly #timeMs: number
  readonly #keepEvery: number
  readonly #sentAt = new Map<string, number>()
  readonly #latenciesMs: number[] = []
  readonly #others: Record<string, number> = {}
  #startedAt = 0
  #lastAt = 0
  #count = 0
  #late: NodeJS.Timeout | undefined
  #end: (figures: MqRunFigures) => void = () => undefined

  /** @param wanted - type of the answer that counts; undefined for any */
  constructor(clients: readonly MqClient[], wanted: string | undefined, timeMs: number) {
    this.#clients = clients
    this.#wanted = wanted
    this.#timeMs = timeMs
    const messages = clients.reduce((sum, { prepared }) => sum + prepared.length, 0)
    this.#keepEvery = Math.max(1, Math.ceil(messages / keptMax))
  }

  /** @param inFlight - of all clients together */
  go(inFlight: number): Promise<MqRunFigures> {
    const each = Math.ceil(inFlight / this.#clients.length)
    this.#startedAt = performance.now()
    return new Promise((resolve, reject) => {
      this.#end = resolve
      const timeMs = this.#timeMs + lateMsMax
      this.#late = setTimeout(() => reject(new Error(this.#missing())), timeMs)
      for (const client of this.#clients) {
        for (let place = 0; place < each; place += 1) this.#send(client)
      }
    })
  }

  /** Something came back to a client. */
  take(client: MqClient, message: ConsumeMessage): void {
    const { correlationId, type } = message.properties as { correlationId?: string; type?: string }
    const sentAt = this.#sentAt.get(correlationId ?? '')
    if (sentAt === undefined) return
    this.#sentAt.delete(correlationId ?? '')
    this.#lastAt = performance.now()
    if (this.#wanted === undefined || type === this.#wanted) {
      this.#latenciesMs.push(this.#lastAt - sentAt)
    } else {
      this.#note(otherOf(type, message.content))
    }
    this.#count += 1
    if (this.#count % this.#keepEvery === 0) this.kept.push(message)
    this.#send(client)
    if (this.#sentAt.size === 0) this.#finish()
  }

  #send({ channel, prepared }: MqClient): void {
    const now = performance.now()
    if (now - this.#startedAt > this.#timeMs) return
    const message = prepared.pop()
    if (!message) return
    const { exchange, routingKey, body, options } = message
    this.#sentAt.set(options.messageId, now)
    channel.publish(exchange, routingKey, body, options, (error: unknown) => {
      if (error !== null) this.#note('unconfirmed')
    })
  }

  #note(other: string): void {
    this.#others[other] = (this.#others[other] ?? 0) + 1
  }

  #missing(): string {
    return `${this.#sentAt.size} messages have no answer; ${JSON.stringify(this.#others)}`
  }

  #finish(): void {
    clearTimeout(this.#late)
    const sorted = Float64Array.from(this.#latenciesMs).sort()
    const quantile = (share: number): number => sorted[Math.floor(sorted.length * share)] ?? NaN
    this.#end({
      answered: sorted.length,
      others: this.#others,
      seconds: (this.#lastAt - this.#startedAt) / 1000,
      p50Ms: quantile(0.5),
      p99Ms: quantile(0.99),
    })
  }
}

/** The type of an answer that was not wanted, with the code of the fault that it tells. */
function otherOf(type: string | undefined, content: Buffer): string {
  const code = /"code":"([A-Z_]+)"/.exec(content.toString())?.[1]
  return [type ?? 'none', code].filter((part) => part !== undefined).join(' ')
}
