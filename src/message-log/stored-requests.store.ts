import { hash } from 'node:crypto'
import type { LoggedEntry } from '../exchange/logged-entry.js'
import type { StoredFacts } from '../exchange/stored-request.js'
import type { ServiceId, SubsystemId } from '../exchange/identifier.js'
import { logOfDomain } from '../tlog/checkpoint.js'
import { decodeEntry, type EntryFields } from './entry.js'
import { masterKeyOf, type MasterKey } from './payload-cipher.js'
import { openClosedPayload, PayloadTrouble, type LogReader } from './payload-reader.store.js'

/** What the log keeps of a one-way request. */
export interface KeptEntry {
  readonly entry: LoggedEntry
  readonly facts: StoredFacts
  readonly receivedAt: Date
  readonly remoteAddress: string
  /** The message as it came; a text says why there is none any more. */
  readonly message: { readonly head: Buffer; readonly payload: Buffer } | string
}

/** What was found, by exchange. */
export type KeptEntries = ReadonlyMap<string, KeptEntry | Error>

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

  /**
   * Reads several in one statement.
   * @returns those that the log has; an error where this worker cannot read one, and another or a later one may
   */
  async read(client: LogReader, exchangeIds: readonly string[]): Promise<KeptEntries> {
    // The bounds leave out the days that none of them is of: of a list the database sees that too late.
    const inOrder = exchangeIds.toSorted()
    const { rows } = await client.query<Row>(
      `SELECT request.exchange_id, entry, recorded_at, id, wrapped_key, master_key_id, nonce, ciphertext
         FROM sluice.message_log_entry AS request
         LEFT JOIN (sluice.message_log_payload AS payload
                    JOIN sluice.message_log_data_key ON id = data_key_id)
           ON payload.exchange_id = request.exchange_id AND payload.half = 1
              AND payload.exchange_id BETWEEN $2 AND $3
        WHERE request.exchange_id = ANY ($1::uuid[]) AND request.exchange_id BETWEEN $2 AND $3
          AND request.half = 1 AND request.kind = 'request'`,
      [inOrder, inOrder[0], inOrder.at(-1)],
    )
    return new Map(rows.map((row) => [row.exchange_id, this.#keptOrError(row)]))
  }

  #keptOrError(row: Row): KeptEntry | Error {
    try {
      return this.#kept(row)
    } catch (error) {
      return error instanceof Error ? error : new Error(String(error))
    }
  }

  #kept(row: Row): KeptEntry {
    const fields = decodeEntry(row.entry)
    const entry: LoggedEntry = {
      leafHash: leafHashOf(row.entry),
      recordedAt: row.recorded_at,
      log: logOfDomain(fields.domain),
      payloadDigest: fields.payloadDigest,
    }
    this.#exchanges.set(entry, row.exchange_id)
    return {
      entry,
      facts: factsIn(fields),
      receivedAt: new Date(fields.receivedAt ?? fields.recordedAt),
      remoteAddress: fields.remoteAddress ?? '',
      message: this.#open(row, fields.payloadDigest),
    }
  }

  #open(row: Row, payloadDigest: string | undefined): KeptEntry['message'] {
    if (row.id === null) return 'The message is not kept any more.'
    const { id, wrapped_key, master_key_id, nonce, ciphertext } = row
    // A worker with another key than it should have must not end anything: the message waits.
    if (master_key_id !== this.#master.id) throw new Error('the payload key is another one')
    const closed = {
      place: { exchangeId: row.exchange_id, half: 1 as const },
      payloadDigest,
      ...{ dataKeyId: id, wrappedKey: wrapped_key, masterKeyId: master_key_id, nonce, ciphertext },
    }
    try {
      return openClosedPayload(closed, this.#master)
    } catch (error) {
      if (!(error instanceof PayloadTrouble)) throw error
      return 'The message was changed where it is kept.'
    }
  }
}

/** Without its payload the columns behind it are null together. */
type Row = { readonly exchange_id: string; readonly entry: Buffer; readonly recorded_at: Date } & (
  | { readonly id: null }
  | {
      readonly id: string
      readonly wrapped_key: Buffer
      readonly master_key_id: string
      readonly nonce: Buffer
      readonly ciphertext: Buffer
    }
)

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
