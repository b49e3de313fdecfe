import type { Client } from 'pg'
import { createClient } from '../../src/database/connection.js'
import {
  readEntries,
  type EntrySelection,
  type StoredEntry,
} from '../../src/message-log/log-reader.store.js'
import {
  masterKeyOf,
  openPayload,
  unwrapDataKey,
  type OpenedPayload,
} from '../../src/message-log/payload-cipher.js'
import { everyStoredValue } from './message-log.js'

/** A security officer's look into the message log. */
export class TestLogReader {
  readonly #ownerUrl: string
  readonly #payloadKey: Uint8Array
  #client: Client

  private constructor(ownerUrl: string, payloadKey: Uint8Array) {
    this.#ownerUrl = ownerUrl
    this.#payloadKey = payloadKey
    this.#client = clientOf(ownerUrl)
  }

  static async open(ownerUrl: string, payloadKey: Uint8Array): Promise<TestLogReader> {
    const reader = new TestLogReader(ownerUrl, payloadKey)
    await reader.#client.connect()
    return reader
  }

  /** After the database was paused, which took the connection with it. */
  async reconnect(): Promise<void> {
    await this.close()
    this.#client = clientOf(this.#ownerUrl)
    await this.#client.connect()
  }

  /** Entries of an exchange, request first. Each is found intact. */
  async entries(exchangeId: string): Promise<StoredEntry[]> {
    return this.#read({ exchangeId })
  }

  /** Entries of the newest exchanges. */
  async last(exchanges: number): Promise<StoredEntry[]> {
    return this.#read({ last: exchanges })
  }

  async entriesOfMessage(messageId: string): Promise<StoredEntry[]> {
    return this.#read({ messageId })
  }

  /** The refusal of an exchange, which must be its last entry. */
  async refusal(exchangeId: string): Promise<StoredEntry['fields']> {
    const last = (await this.entries(exchangeId)).at(-1)
    if (last?.fields.kind !== 'refusal') throw new Error(`no refusal of ${exchangeId}`)
    return last.fields
  }

  /** Rows of a table of the log, such as `message_log_payload`, of an exchange or in all. */
  async rows(table: string, exchangeId?: string): Promise<number> {
    const { rows } = await this.#client.query<{ count: string }>(
      `SELECT count(*) FROM sluice.${table}` + (exchangeId ? ' WHERE exchange_id = $1' : ''),
      exchangeId ? [exchangeId] : [],
    )
    return Number(rows[0]?.count)
  }

  /** Decrypts a half of an exchange with the key from outside the database. */
  async open(exchangeId: string, half: 1 | 2): Promise<OpenedPayload> {
    const { rows } = await this.#client.query<{
      data_key_id: string
      wrapped_key: Buffer
      nonce: Buffer
      ciphertext: Buffer
    }>(
      `SELECT data_key_id, wrapped_key, nonce, ciphertext
         FROM sluice.message_log_payload JOIN sluice.message_log_data_key ON id = data_key_id
        WHERE exchange_id = $1 AND half = $2`,
      [exchangeId, half],
    )
    const [row] = rows
    if (!row) throw new Error(`no payload of ${exchangeId}/${half}`)
    const key = unwrapDataKey(masterKeyOf(this.#payloadKey), row.data_key_id, row.wrapped_key)
    return openPayload(key, { exchangeId, half }, row)
  }

  /** Every value of every row of every table of the bus. */
  everything(): Promise<Buffer> {
    return everyStoredValue(this.#client)
  }

  async close(): Promise<void> {
    await this.#client.end().catch(() => undefined)
  }

  async #read(selection: EntrySelection): Promise<StoredEntry[]> {
    const entries = await readEntries(this.#client, selection)
    const broken = entries.find(({ isIntact }) => !isIntact)
    if (broken) throw new Error(`row ${broken.rowId} is not intact`)
    return entries
  }
}

function clientOf(url: string): Client {
  const client = createClient({
    url,
    role: 'owner',
    applicationName: 'sluice test log reader',
    connectionTimeoutMs: 5_000,
    statementTimeoutMs: 30_000,
  })
  client.on('error', () => undefined)
  return client
}
