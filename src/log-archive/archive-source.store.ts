import type { ClientBase } from 'pg'
import { archiveLimits } from '../limits/log-archive.js'
import { bundleEntryBytesMax } from '../limits/transparency.js'
import { payloadHead, type IndexLine } from './archive-format.js'
import { ArchiveRefusal } from './archive-refusal.js'

const { pieceBytes, smallPayloadBytes, indexRecords } = archiveLimits

/** Which entries of a log. */
export interface IndexRange {
  readonly log: string
  readonly from: number
  readonly to: number
}

/** The entries of a short range. @throws ArchiveRefusal where one is not there */
export async function readBundle(
  client: ClientBase,
  { log, from, to }: IndexRange,
): Promise<Buffer[]> {
  const { rows } = await client.query<{ index: string; entry: Buffer }>(
    `SELECT s.index, e.entry FROM sluice.log_sequence s
       JOIN sluice.message_log_entry e ON e.exchange_id = s.entry_id AND e.half = s.part
      WHERE s.log = $1 AND s.index >= $2 AND s.index < $3 ORDER BY s.index`,
    [log, from, to],
  )
  for (let n = 0; n < to - from; n++) {
    const row = rows[n]
    if (Number(row?.index) !== from + n) {
      throw new ArchiveRefusal('entry-missing', `entry ${from + n} of log ${log} is not there`)
    }
    if ((row?.entry.length ?? 0) > bundleEntryBytesMax) {
      throw new ArchiveRefusal('entry-too-large', `entry ${from + n} of log ${log} is too large`)
    }
  }
  return rows.map(({ entry }) => entry)
}

interface PayloadRow {
  readonly index: string
  readonly exchange_id: string
  readonly half: number
  readonly data_key_id: string
  readonly nonce: Buffer
  readonly bytes: number
  /** Null where it is too large to be read with others. */
  readonly ciphertext: Buffer | null
}

/** The sealed payloads of a short range, framed; a large one comes in pieces. */
export class BundlePayloads {
  readonly #client: ClientBase
  readonly #rows: readonly PayloadRow[]

  private constructor(client: ClientBase, rows: readonly PayloadRow[]) {
    this.#client = client
    this.#rows = rows
  }

  static async open(client: ClientBase, { log, from, to }: IndexRange): Promise<BundlePayloads> {
    const { rows } = await client.query<PayloadRow>(
      `SELECT s.index, p.exchange_id, p.half, p.data_key_id, p.nonce, octet_length(p.ciphertext) AS bytes,
              CASE WHEN octet_length(p.ciphertext) <= ${smallPayloadBytes} THEN p.ciphertext END AS ciphertext
         FROM sluice.log_sequence s
         JOIN sluice.message_log_payload p ON p.exchange_id = s.entry_id AND p.half = s.part
        WHERE s.log = $1 AND s.index >= $2 AND s.index < $3 ORDER BY s.index`,
      [log, from, to],
    )
    return new BundlePayloads(client, rows)
  }

  get dataKeyIds(): string[] {
    return this.#rows.map((row) => row.data_key_id)
  }

  get isEmpty(): boolean {
    return this.#rows.length === 0
  }

  async *content(): AsyncGenerator<Buffer, void> {
    for (const row of this.#rows) {
      const { nonce, bytes } = row
      yield payloadHead({ index: Number(row.index), dataKeyId: row.data_key_id, nonce, bytes })
      if (row.ciphertext) yield row.ciphertext
      else yield* this.#pieces(row)
    }
  }

  async *#pieces(row: PayloadRow): AsyncGenerator<Buffer, void> {
    for (let at = 0; at < row.bytes; at += pieceBytes) {
      const { rows } = await this.#client.query<{ piece: Buffer }>(
        `SELECT substring(ciphertext FROM $3 FOR $4) AS piece FROM sluice.message_log_payload
          WHERE exchange_id = $1 AND half = $2`,
        [row.exchange_id, row.half, at + 1, pieceBytes],
      )
      const [found] = rows
      if (!found) {
        throw new ArchiveRefusal('changed-meanwhile', `payload ${row.exchange_id} was erased`)
      }
      yield found.piece
    }
  }
}

/** The index by exchange of a range, sorted, a part of the file at a time. */
export async function* readIndex(
  client: ClientBase,
  { log, from, to }: IndexRange,
): AsyncGenerator<IndexLine[], void> {
  const last = await lastEntryId(client, { log, from, to })
  let after = { entryId: '00000000-0000-0000-0000-000000000000', part: -1 }
  for (;;) {
    const { rows } = await client.query<{ entry_id: string; part: number; index: string }>(
      `SELECT entry_id, part, index FROM sluice.log_sequence
        WHERE log = $1 AND index >= $2 AND index < $3 AND (entry_id, part) > ($4::uuid, $5::smallint)
          AND entry_id <= $6 ORDER BY entry_id, part LIMIT ${indexRecords}`,
      [log, from, to, after.entryId, after.part, last],
    )
    const lines = rows.map((row) => ({
      entryId: row.entry_id,
      part: row.part,
      index: Number(row.index),
    }))
    const end = lines.at(-1)
    if (!end) return
    yield lines
    after = end
  }
}

/** Where the search of a range ends: what is behind it in the index is the whole live log. */
async function lastEntryId(
  client: ClientBase,
  { log, from, to }: IndexRange,
): Promise<string | undefined> {
  const { rows } = await client.query<{ entry_id: string }>(
    `SELECT entry_id FROM sluice.log_sequence WHERE log = $1 AND index >= $2 AND index < $3
      ORDER BY entry_id DESC LIMIT 1`,
    [log, from, to],
  )
  return rows[0]?.entry_id
}

/** Data keys as a file lists them. */
export async function readDataKeyRows(
  client: ClientBase,
  ids: readonly string[],
): Promise<readonly object[]> {
  const { rows } = await client.query<{
    id: string
    wrapped_key: Buffer
    master_key_id: string
    created_at: Date
  }>(
    `SELECT id, wrapped_key, master_key_id, created_at FROM sluice.message_log_data_key
      WHERE id = ANY($1::uuid[]) ORDER BY id`,
    [ids],
  )
  return rows.map((row) => ({
    id: row.id,
    wrappedKey: row.wrapped_key.toString('base64'),
    masterKeyId: row.master_key_id,
    createdAt: row.created_at.toISOString(),
  }))
}

/** Cosignatures and timestamps of a checkpoint. */
export interface Attestations {
  /** Lines to stand below the note, sorted by witness. */
  readonly cosignatures: readonly string[]
  readonly timestamps: readonly {
    readonly tsa: string
    readonly token: Buffer
    readonly at: Date
  }[]
}

export async function readAttestations(
  client: ClientBase,
  log: string,
  size: number,
): Promise<Attestations> {
  const lines = await client.query<{ line: string }>(
    'SELECT line FROM sluice.log_cosignature WHERE log = $1 AND size = $2 ORDER BY witness',
    [log, size],
  )
  const stamps = await client.query<{ tsa: string; token: Buffer; stamped_at: Date }>(
    `SELECT tsa, token, stamped_at FROM sluice.log_timestamp WHERE log = $1 AND size = $2 ORDER BY tsa
      LIMIT 64`,
    [log, size],
  )
  return {
    cosignatures: lines.rows.map(({ line }) => line),
    timestamps: stamps.rows.map(({ tsa, token, stamped_at: at }) => ({ tsa, token, at })),
  }
}
