import { generateKeyPairSync, hash, randomBytes, randomUUID, type KeyObject } from 'node:crypto'
import type pg from 'pg'
import { v7 } from 'uuid'
import { writeBatch } from '../../src/message-log/copy-batch.store.js'
import { encodeEntry, type EntryFields } from '../../src/message-log/entry.js'
import { encodeRecord, type LogRecord } from '../../src/message-log/log-record.js'
import { formatCheckpoint, logOfDomain, originOf } from '../../src/tlog/checkpoint.js'
import { nodeHashOf, rootOf } from '../../src/tlog/merkle.js'
import { formatNote } from '../../src/tlog/note.js'
import { noteSigner, verifierKeyText } from '../../src/tlog/note-keys.js'

/** Gives the entries of a test database their places, as the sequencer of a bus does, one pass at a call. */
export class TestSequencer {
  readonly #owner: pg.Client
  readonly #key: KeyObject
  readonly #base: string
  readonly #trees = new Map<string, TestTree>()

  constructor(
    owner: pg.Client,
    options: { readonly base?: string; readonly key?: KeyObject } = {},
  ) {
    this.#owner = owner
    this.#base = options.base ?? 'sluice'
    this.#key = options.key ?? generateKeyPairSync('ed25519').privateKey
  }

  /** Keys by which a verifier checks the checkpoints of all logs sequenced so far. */
  vkeys(): string[] {
    return [...this.#trees.keys()].flatMap((log) => {
      const [signer] = this.signersOf(log)
      return signer ? [verifierKeyText(signer.key)] : []
    })
  }

  /** A log signs, and states when it does so. */
  signersOf(log: string): ReturnType<typeof noteSigner>[] {
    const name = originOf(this.#base, log)
    return [noteSigner(name, this.#key), noteSigner(name, this.#key, 'cosignature/v1')]
  }

  /** Everything committed so far that has no place yet gets one, and each log that grew a checkpoint. */
  async pass(): Promise<void> {
    const madeAt = new Date(Math.floor(Date.now() / 1_000) * 1_000)
    await this.#owner.query('BEGIN ISOLATION LEVEL REPEATABLE READ')
    const low = await this.#owner.query<{ low: string }>(
      'SELECT pg_snapshot_xmin(pg_current_snapshot())::text AS low',
    )
    const grown = new Set<string>()
    for (const row of await this.#unplaced()) {
      const log = this.#logOf(row)
      this.#tree(log).append(row)
      grown.add(log)
    }
    for (const log of grown) await this.#store(log, madeAt)
    await this.#owner.query('UPDATE sluice.log_sequencer SET low = $1::xid8', [low.rows[0]?.low])
    await this.#owner.query('COMMIT')
  }

  async #unplaced(): Promise<Unplaced[]> {
    const found = await this.#owner.query<Unplaced>(
      `SELECT id, part, domain, leaf_hash FROM
         (SELECT exchange_id AS id, half AS part, domain, leaf_hash, written_in, row_id
            FROM sluice.message_log_entry
          UNION ALL
          SELECT act_id, 0, NULL, leaf_hash, written_in, 0 FROM sluice.audit_log_entry) AS entry
        WHERE NOT EXISTS (SELECT FROM sluice.log_sequence WHERE entry_id = id AND part = entry.part)
          AND written_in < pg_snapshot_xmin(pg_current_snapshot())
        ORDER BY written_in, row_id, id, part`,
    )
    return found.rows
  }

  #logOf({ part, domain }: Unplaced): string {
    return part === 0 ? 'audit' : logOfDomain(domain ?? undefined)
  }

  #tree(log: string): TestTree {
    const known = this.#trees.get(log)
    if (known) return known
    const tree = new TestTree()
    this.#trees.set(log, tree)
    return tree
  }

  async #store(log: string, at: Date): Promise<void> {
    const tree = this.#tree(log)
    const { rows, first, tiles } = tree.take()
    await this.#owner.query(
      `INSERT INTO sluice.log_sequence (log, index, entry_id, part)
       SELECT $1, $2::bigint + n - 1, id, part
         FROM unnest($3::uuid[], $4::smallint[]) WITH ORDINALITY AS row (id, part, n)`,
      [log, first, rows.map(({ id }) => id), rows.map(({ part }) => part)],
    )
    for (const { level, index, hashes } of tiles) {
      await this.#owner.query('INSERT INTO sluice.log_tile VALUES ($1, $2, $3, $4)', [
        log,
        level,
        index,
        hashes,
      ])
    }
    const root = await tree.root()
    const text = formatCheckpoint({ origin: originOf(this.#base, log), size: tree.size, root })
    const signatures = this.signersOf(log).map((signer) => signer.sign(text, at))
    const note = formatNote({ text, signatures })
    await this.#owner.query('INSERT INTO sluice.log_checkpoint VALUES ($1, $2, $3, $4, $5)', [
      log,
      tree.size,
      root,
      note,
      at,
    ])
  }
}

interface Unplaced {
  readonly id: string
  readonly part: number
  readonly domain: string | null
  readonly leaf_hash: Buffer
}

interface TestTile {
  readonly level: number
  readonly index: number
  readonly hashes: Buffer
}

const tileWidth = 256

/** A tree in memory, with the hashes of every level. */
class TestTree {
  readonly #levels: Buffer[][] = [[]]
  #fresh: Unplaced[] = []
  readonly #tilesMade: number[] = []

  get size(): number {
    return this.#levels[0]?.length ?? 0
  }

  append(row: Unplaced): void {
    this.#fresh.push(row)
    let hash = row.leaf_hash
    for (let level = 0; ; level += 1) {
      const hashes = (this.#levels[level] ??= [])
      hashes.push(hash)
      const left = hashes.at(-2)
      if (hashes.length % 2 === 1 || !left) return
      hash = nodeHashOf(left, hash)
    }
  }

  root(): Promise<Buffer> {
    return rootOf(this.size, (level, index) => this.#levels[level]?.[index] ?? Buffer.alloc(0))
  }

  /** What has come since the last time. */
  take(): { readonly rows: Unplaced[]; readonly first: number; readonly tiles: TestTile[] } {
    const rows = this.#fresh
    this.#fresh = []
    const tiles: TestTile[] = []
    for (let level = 0; 8 * level < this.#levels.length; level += 1) {
      const hashes = this.#levels[8 * level] ?? []
      for (let index = this.#tilesMade[level] ?? 0; (index + 1) * tileWidth <= hashes.length;) {
        const own = hashes.slice(index * tileWidth, (index + 1) * tileWidth)
        tiles.push({ level, index, hashes: Buffer.concat(own) })
        this.#tilesMade[level] = index += 1
      }
    }
    return { rows, first: this.size - rows.length, tiles }
  }
}

const batchExchanges = 250

/** A data key in the table of them, and what the digests of sealed payloads say of it. */
interface StoredDataKey {
  readonly id: string
  readonly commitment: Buffer
}

async function storeDataKey(bus: pg.Client): Promise<StoredDataKey> {
  const id = randomUUID()
  const wrapped = randomBytes(60)
  const madeAt = new Date()
  await bus.query('INSERT INTO sluice.message_log_data_key VALUES ($1, $2, $3, $4)', [
    id,
    wrapped,
    'master',
    madeAt,
  ])
  const head = Buffer.from(`${id}\nmaster\n${madeAt.toISOString()}\n`)
  return { id, commitment: hash('sha256', Buffer.concat([head, wrapped]), 'buffer') }
}

/**
 * So many exchanges of two halves each, about as long as real ones, written without a message log.
 * @param payloadBytes - of each stored payload, which nobody can open; 0 keeps none
 */
export async function writeManyExchanges(
  bus: pg.Client,
  count: number,
  payloadBytes = 0,
): Promise<void> {
  const dataKey = payloadBytes > 0 ? await storeDataKey(bus) : undefined
  for (let written = 0; written < count; written += batchExchanges) {
    const records = Array.from({ length: Math.min(batchExchanges, count - written) }, () =>
      exchangeRecords(dataKey, payloadBytes),
    )
    await writeBatch(bus, records.flat())
  }
}

function sealed(dataKey: StoredDataKey | undefined, payloadBytes: number) {
  if (!dataKey) return { payload: undefined, digest: undefined }
  const nonce = randomBytes(12)
  const ciphertext = randomBytes(payloadBytes)
  const digest = hash('sha256', Buffer.concat([dataKey.commitment, nonce, ciphertext]), 'base64url')
  return { payload: { dataKeyId: dataKey.id, nonce, ciphertext }, digest }
}

function exchangeRecords(dataKey: StoredDataKey | undefined, payloadBytes: number): LogRecord[] {
  const exchangeId = v7()
  const recordedAt = new Date()
  const [asked, answered] = [sealed(dataKey, payloadBytes), sealed(dataKey, payloadBytes)]
  const common: EntryFields = {
    format: 2,
    kind: 'request',
    exchangeId,
    recordedAt: recordedAt.toISOString(),
    messageId: randomUUID(),
    domain: 'PORTAL',
    consumer: 'AZ/GOV/VN/VSDS',
    provider: 'AZ/GOV/DIN/GCQ',
    service: 'AZ/GOV/DIN/GCQ/finAxtaris/v1',
    consumerProtocol: 'rest',
    providerProtocol: 'rest',
    payloadDigest: asked.digest && randomBytes(32).toString('base64url'),
    payloadBytes: 1_024,
  }
  const request: EntryFields = {
    ...common,
    sealedPayloadDigest: asked.digest,
    receivedAt: common.recordedAt,
    consumerIdentity: 'verified',
    consumerCertificate: 'c'.repeat(43),
    consumerCertificateSerial: '0a1b2c',
    consumerSignatureDigest: randomBytes(32).toString('base64url'),
    caseNumber: '2026/114',
    mode: 'body',
    purpose: 'vergi yoxlaması',
    legalBasis: 'Vergi Məcəlləsi, maddə 23',
    rightId: 'right-1',
    rightPurpose: 'vergi yoxlaması',
    rightLegalBasis: 'Sərəncam 5',
    remoteAddress: '10.0.0.7',
    contractVersion: 'none',
  }
  const requestEntry = encodeEntry(request)
  const reply: EntryFields = {
    ...common,
    kind: 'reply',
    sealedPayloadDigest: answered.digest,
    deliveredAt: common.recordedAt,
    answeredAt: common.recordedAt,
    replyStatus: 200,
    mappingVersion: 'none',
    deliveredPayloadDigest: common.payloadDigest,
    outcome: 'answered',
    requestEntry: requestEntry.leafHash.toString('base64url'),
  }
  const messageIdDigest = hash('sha256', `${common.consumer}\0${common.messageId}`, 'buffer')
  const { payload } = asked
  const replyEntry = encodeEntry(reply)
  return [
    encodeRecord({
      half: 1,
      fields: request,
      entry: requestEntry,
      recordedAt,
      payload,
      messageIdDigest,
    }),
    encodeRecord({
      ...{ half: 2, fields: reply, entry: replyEntry, recordedAt },
      ...{ payload: answered.payload, messageIdDigest: undefined },
    }),
  ]
}
