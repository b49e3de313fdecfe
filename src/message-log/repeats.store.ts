import { hash } from 'node:crypto'
import type pg from 'pg'
import type { ValidatedRequest } from '../exchange/exchange.js'
import { Fault } from '../exchange/fault.js'
import { repeatsAskedMax } from '../limits/one-way.js'
import { decodeEntry } from './entry.js'
import { LogConnection, reasonOf, type LogConnectionOptions } from './log-connection.store.js'
import { unavailable } from './write-trouble.js'

/**
 * Whether a message whose id is taken is the very one that took it: whoever was not told that its message was accepted
 * sends it again, and is told then where it is.
 */
export class Repeats {
  readonly #connection: LogConnection
  readonly #warn: LogConnectionOptions['warn']
  #asked = 0

  constructor(options: Omit<LogConnectionOptions, 'onConnect' | 'onChange'>) {
    const nothing = { onConnect: () => Promise.resolve(), onChange: () => undefined }
    this.#connection = new LogConnection({ ...options, ...nothing })
    this.#warn = options.warn
  }

  start(): Promise<void> {
    return this.#connection.start()
  }

  close(): Promise<void> {
    return this.#connection.close()
  }

  /**
   * @returns the fault, with the exchange that this very message began, where there is one already; AUDIT_UNAVAILABLE
   *   where that cannot be found out now: a sender that was told of a duplicate would take its message for refused
   */
  async duplicate(request: ValidatedRequest, messageIdDigest: Buffer): Promise<Fault> {
    if (!isAskedFor(request)) return new Fault(code)
    const { client } = this.#connection
    // A flood of replays costs the database no question each.
    if (!client || this.#asked >= repeatsAskedMax) return unavailable(notLookedUp)
    this.#asked += 1
    try {
      const repeatOf = await firstOf(client, messageIdDigest, request.verified.signature.value)
      return new Fault(code, repeatOf === undefined ? {} : { repeatOf })
    } catch (error) {
      this.#warn('message_log.repeat_not_looked_up', reasonOf(error))
      return unavailable(notLookedUp, error)
    } finally {
      this.#asked -= 1
    }
  }
}

const code = 'DUPLICATE_MESSAGE'
const notLookedUp = 'Whether the bus has this very message already could not be looked up.'

/** Whose senders may not have heard that their message came. */
function isAskedFor({ adapter, route }: ValidatedRequest): boolean {
  return route.pattern === 'one-way' || adapter.protocol === 'mq'
}

async function firstOf(
  client: pg.Client,
  messageIdDigest: Buffer,
  signature: Uint8Array,
): Promise<string | undefined> {
  const { rows } = await client.query<{ exchange_id: string; entry: Buffer }>(
    `SELECT exchange_id, entry FROM sluice.message_log_entry
      WHERE half = 1 AND exchange_id =
        (SELECT exchange_id FROM sluice.message_log_message_id WHERE digest = $1)`,
    [messageIdDigest],
  )
  const [first] = rows
  if (!first) return undefined
  const { consumerSignatureDigest } = decodeEntry(first.entry)
  const isSame = consumerSignatureDigest === hash('sha256', signature, 'base64url')
  return isSame ? first.exchange_id : undefined
}
