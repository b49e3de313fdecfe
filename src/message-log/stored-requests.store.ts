import { hash } from 'node:crypto'
import type { LoggedEntry, StoredFacts } from '../exchange/exchange.js'
import type { ServiceId, SubsystemId } from '../exchange/identifier.js'
import { logOfDomain } from '../tlog/checkpoint.js'
import { decodeEntry, type EntryFields } from './entry.js'
import { masterKeyOf, type MasterKey } from './payload-cipher.js'
import {
  findPayload,
  openClosedPayload,
  PayloadTrouble,
  type LogReader,
} from './payload-reader.store.js'

/** What the log keeps of a one-way request. */
export interface KeptEntry {
  readonly entry: LoggedEntry
  readonly facts: StoredFacts
  readonly receivedAt: Date
  readonly remoteAddress: string
  /** The message as it came; a text says why there is none any more. */
  readonly message: { readonly head: Buffer; readonly payload: Buffer } | string
}

/** Reads requests back that wait for their delivery, and knows their entries again. */
export class StoredRequests {
  readonly #master: MasterKey
  /** Of which exchange an entry is that was read or written here. */
  readonly #exchanges = new WeakMap<LoggedEntry, string>()

  constructor(payloadKey: Uint8Array) {
    this.#master = masterKeyOf(payloadKey)
  }

  /** Notes an entry that has just become durable. */
  written(exchangeId: string, entry: LoggedEntry): void {
    this.#exchanges.set(entry, exchangeId)
  }

  isOf(exchangeId: string, entry: LoggedEntry): boolean {
    return this.#exchanges.get(entry) === exchangeId
  }

  /** @returns undefined where the log has no such request */
  async read(client: LogReader, exchangeId: string): Promise<KeptEntry | undefined> {
    const found = await client.query<{ entry: Buffer; recorded_at: Date }>(
      `SELECT entry, recorded_at FROM sluice.message_log_entry
        WHERE exchange_id = $1 AND half = 1 AND kind = 'request'`,
      [exchangeId],
    )
    const [row] = found.rows
    if (!row) return undefined
    const fields = decodeEntry(row.entry)
    const entry: LoggedEntry = {
      leafHash: leafHashOf(row.entry),
      recordedAt: row.recorded_at,
      log: logOfDomain(fields.domain),
      payloadDigest: fields.payloadDigest,
    }
    this.#exchanges.set(entry, exchangeId)
    return {
      entry,
      facts: factsIn(fields),
      receivedAt: new Date(fields.receivedAt ?? fields.recordedAt),
      remoteAddress: fields.remoteAddress ?? '',
      message: await this.#open(client, exchangeId),
    }
  }

  async #open(client: LogReader, exchangeId: string): Promise<KeptEntry['message']> {
    const closed = await findPayload(client, { exchangeId, half: 1 })
    if (!closed) return 'The message is not kept any more.'
    // A worker with another key than it should have must not end anything: the message waits.
    if (closed.masterKeyId !== this.#master.id) throw new Error('the payload key is another one')
    try {
      return openClosedPayload(closed, this.#master)
    } catch (error) {
      if (!(error instanceof PayloadTrouble)) throw error
      return 'The message was changed where it is kept.'
    }
  }
}

/** RFC 9162 §2.1.1, of the bytes as they are stored. */
function leafHashOf(entry: Uint8Array): Buffer {
  return hash('sha256', Buffer.concat([Buffer.of(0), entry]), 'buffer')
}

/** Whom a one-way message concerns, of its request's entry. */
export function factsIn(fields: EntryFields): StoredFacts {
  const { messageId = '', correlationId, domain, providerProtocol } = fields
  return {
    sender: (fields.consumer ?? '') as SubsystemId,
    recipient: (fields.service ?? '') as ServiceId,
    provider: (fields.provider ?? '') as SubsystemId,
    messageId,
    correlationId,
    domain,
    consumerProtocol: fields.consumerProtocol ?? '',
    providerProtocol,
  }
}
