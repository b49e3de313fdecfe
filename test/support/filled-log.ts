import { generateKeyPairSync } from 'node:crypto'
import type { ClientBase } from 'pg'
import { v7 } from 'uuid'
import { encodeEntry, type EntryFields, type Half } from '../../src/message-log/entry.js'
import {
  makeDataKey,
  masterKeyOf,
  sealPayload,
  type DataKey,
  type SealedPayload,
} from '../../src/message-log/payload-cipher.js'
import { formatCheckpoint, originOf } from '../../src/tlog/checkpoint.js'
import { leafHashOf, nodeHashOf, rootOf } from '../../src/tlog/merkle.js'
import { formatNote } from '../../src/tlog/note.js'
import { noteSigner, verifierKeyText, type NoteSigner } from '../../src/tlog/note-keys.js'
import { tileHeight, tileWidth } from '../../src/tlog/tile.js'
import { testPayloadKey } from './message-log.js'

/** What an exchange of a test is like. */
export interface FilledExchange {
  /** Its id is of this time. */
  readonly at: Date
  readonly exchangeId?: string
  readonly service?: string
  readonly consumer?: string
  /** Halves in the order of their commit; both by default. */
  readonly halves?: readonly Half[]
  /** None by default. */
  readonly payload?: Buffer
  /** base64url: what an outcome names its request by; nothing by default. */
  readonly requestEntry?: string
}

export interface FilledEntry {
  readonly exchangeId: string
  readonly half: Half
  readonly entry: Buffer
  readonly index: number
}

interface EntryRow {
  readonly fields: EntryFields
  readonly half: Half
  readonly at: Date
  readonly entry: Buffer
  readonly leafHash: Buffer
  readonly sealed: SealedPayload | undefined
}

const master = masterKeyOf(testPayloadKey)
const sampleService = 'AZ/GOV/DIN/GCQ/finAxtaris/v1'
const sampleConsumer = 'AZ/GOV/VN/VSDS'

/** A log with entries that were written long ago, as a bus and its sequencer would have left it. */
export class FilledLog {
  readonly entries: FilledEntry[] = []
  readonly origin: string
  readonly signer: NoteSigner
  readonly #owner: ClientBase
  readonly #log: string
  readonly #levels: Buffer[][] = [[]]
  #dataKey: DataKey | undefined

  constructor(owner: ClientBase, log = 'domain/PORTAL') {
    this.#owner = owner
    this.#log = log
    this.origin = originOf('sluice', log)
    this.signer = noteSigner(this.origin, generateKeyPairSync('ed25519').privateKey)
  }

  get vkey(): string {
    return verifierKeyText(this.signer.key)
  }

  get size(): number {
    return this.entries.length
  }

  /** Exchanges of one day, a second apart, all of one kind. */
  static day(day: string, count: number, like: Partial<FilledExchange> = {}): FilledExchange[] {
    const start = Date.parse(`${day}T08:00:00Z`)
    return Array.from({ length: count }, (_, n) => ({ at: new Date(start + n * 1_000), ...like }))
  }

  /** Writes exchanges and gives their entries places, one after the other; makes full tiles. */
  async add(exchanges: readonly FilledExchange[]): Promise<FilledEntry[]> {
    const added: FilledEntry[] = []
    const rows: EntryRow[] = []
    for (const exchange of exchanges) {
      const exchangeId = exchange.exchangeId ?? v7({ msecs: exchange.at.getTime() })
      for (const half of exchange.halves ?? ([1, 2] as const)) {
        const row = await this.#encode(exchange, exchangeId, half)
        rows.push(row)
        added.push({ exchangeId, half, entry: row.entry, index: this.size + added.length })
      }
    }
    await this.#insert(rows)
    await this.#owner.query(
      `INSERT INTO sluice.log_sequence (log, index, entry_id, part)
       SELECT $1, * FROM unnest($2::bigint[], $3::uuid[], $4::smallint[])`,
      [
        this.#log,
        ...[added.map(({ index }) => index), added.map(({ exchangeId }) => exchangeId)],
        added.map(({ half }) => half),
      ],
    )
    for (const each of added) await this.#grow(each)
    return added
  }

  /** Writes one half and gives it no place. */
  async write(exchange: FilledExchange, exchangeId: string, half: Half): Promise<void> {
    await this.#insert([await this.#encode(exchange, exchangeId, half)])
  }

  /** Signs the tree as it is. */
  async checkpoint(at = new Date()): Promise<{ readonly size: number; readonly root: Buffer }> {
    const { size } = this
    const root = await this.rootAt(size)
    const text = formatCheckpoint({ origin: this.origin, size, root })
    const note = formatNote({ text, signatures: [this.signer.sign(text, at)] })
    await this.#owner.query(
      `INSERT INTO sluice.log_checkpoint (log, size, root_hash, note, made_at)
       VALUES ($1, $2, $3, $4, $5)`,
      [this.#log, size, root, note, at],
    )
    return { size, root }
  }

  rootAt(size: number): Promise<Buffer> {
    return rootOf(size, (level, index) => this.#levels[level]?.[index] ?? Buffer.alloc(0))
  }

  async #encode(exchange: FilledExchange, exchangeId: string, half: Half): Promise<EntryRow> {
    const {
      at,
      service = sampleService,
      consumer = sampleConsumer,
      payload,
      requestEntry,
    } = exchange
    const sealing =
      payload &&
      (await sealPayload(
        await this.#key(at),
        { exchangeId, half },
        { head: Buffer.from('POST / HTTP/1.1\r\n\r\n'), payload },
      ))
    const kind = half === 1 ? 'request' : 'reply'
    const domain = this.#log.startsWith('domain/') ? this.#log.slice(7) : undefined
    const fields: EntryFields = {
      ...{ format: 2, kind, exchangeId, domain, consumer, service },
      recordedAt: at.toISOString(),
      payloadDigest: sealing?.digest,
      requestEntry,
      sealedPayloadDigest: sealing?.sealedDigest,
    }
    const { bytes, leafHash } = encodeEntry(fields)
    const entry = Buffer.from(bytes)
    return { fields, half, at, entry, leafHash, sealed: sealing?.sealed }
  }

  async #insert(rows: readonly EntryRow[]): Promise<void> {
    await this.#owner.query(
      `INSERT INTO sluice.message_log_entry
         (exchange_id, half, kind, recorded_at, domain, consumer, service, entry, leaf_hash)
       SELECT * FROM unnest($1::uuid[], $2::smallint[], $3::text[], $4::timestamptz[], $5::text[],
                            $6::text[], $7::text[], $8::bytea[], $9::bytea[])`,
      [
        rows.map(({ fields }) => fields.exchangeId),
        rows.map(({ half }) => half),
        rows.map(({ fields }) => fields.kind),
        rows.map(({ at }) => at),
        rows.map(({ fields }) => fields.domain),
        rows.map(({ fields }) => fields.consumer),
        rows.map(({ fields }) => fields.service),
        rows.map(({ entry }) => entry),
        rows.map(({ leafHash }) => leafHash),
      ],
    )
    const sealed = rows.filter((row) => row.sealed !== undefined)
    await this.#owner.query(
      `INSERT INTO sluice.message_log_payload (exchange_id, half, data_key_id, nonce, ciphertext)
       SELECT * FROM unnest($1::uuid[], $2::smallint[], $3::uuid[], $4::bytea[], $5::bytea[])`,
      [
        sealed.map(({ fields }) => fields.exchangeId),
        sealed.map(({ half }) => half),
        sealed.map((row) => row.sealed?.dataKeyId),
        sealed.map((row) => row.sealed?.nonce),
        sealed.map((row) => row.sealed?.ciphertext),
      ],
    )
  }

  async #grow(added: FilledEntry): Promise<void> {
    this.entries.push(added)
    let node = leafHashOf(added.entry)
    for (let level = 0; ; level++) {
      const nodes = (this.#levels[level] ??= [])
      nodes.push(node)
      if (level % tileHeight === 0 && nodes.length % tileWidth === 0) {
        await this.#store(level / tileHeight, nodes.slice(-tileWidth), nodes.length)
      }
      const left = nodes.at(-2)
      if (nodes.length % 2 === 1 || !left) return
      node = nodeHashOf(left, node)
    }
  }

  async #store(level: number, hashes: readonly Buffer[], end: number): Promise<void> {
    await this.#owner.query(
      'INSERT INTO sluice.log_tile (log, level, index, hashes) VALUES ($1, $2, $3, $4)',
      [this.#log, level, end / tileWidth - 1, Buffer.concat(hashes)],
    )
  }

  async #key(at: Date): Promise<DataKey> {
    if (this.#dataKey) return this.#dataKey
    const key = makeDataKey(master, crypto.randomUUID(), at)
    await this.#owner.query(
      `INSERT INTO sluice.message_log_data_key (id, wrapped_key, master_key_id, created_at)
       VALUES ($1, $2, $3, $4)`,
      [key.id, key.wrapped, master.id, key.madeAt],
    )
    return (this.#dataKey = key)
  }
}
