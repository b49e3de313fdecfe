import type pg from 'pg'
import type { Act } from '../audit-log/act.js'
import { decodeEntry, type Half } from '../message-log/entry.js'
import type { MasterKey, OpenedPayload } from '../message-log/payload-cipher.js'
import { LogTreeStore } from '../sequencing/log-tree.store.js'
import { dayOfId } from '../log-archive/log-day.js'
import { archivedDayText } from './archived-days.store.js'
import { NoSuchExchange, type ArchivedEvidence } from './closed-exchange.js'
import type { CheckpointEvidence, ExchangeEvidence, HalfEvidence } from './exchange-evidence.js'
import { openMessage } from './open-message.js'
import { ValidationMaterialStore } from './validation-material.store.js'

/** Who opens an exchange's payloads, and why. */
export type Opener = Pick<Act, 'actor' | 'account' | 'role'> & { readonly reason: string }

export interface EvidenceStoreOptions {
  /** Under a login that reads the logs and may add to the audit log. */
  readonly client: pg.ClientBase
  /** Unwraps the keys of payloads. */
  readonly masterKey: MasterKey
  /** Makes an act durable in the audit log; rejects where it cannot. */
  readonly recordAct: (act: Act) => Promise<{ readonly actId: string }>
}

interface EntryRow {
  readonly half: Half
  readonly entry: Buffer
}

interface PayloadRow {
  readonly half: Half
  readonly nonce: Buffer
  readonly ciphertext: Buffer
  readonly id: string
  readonly wrapped_key: Buffer
  readonly master_key_id: string
}

/** An exchange, opened by an act. */
interface Opened {
  readonly exchangeId: string
  readonly actId: string
  readonly checkpoint: CheckpointEvidence | undefined
}

/** Gathers what a database holds of one exchange, its payloads opened. */
export class EvidenceStore {
  readonly #options: EvidenceStoreOptions
  readonly #tree: LogTreeStore
  readonly #material: ValidationMaterialStore

  constructor(options: EvidenceStoreOptions) {
    this.#options = options
    this.#tree = new LogTreeStore(options.client)
    this.#material = new ValidationMaterialStore(options.client)
  }

  /**
   * Opens an exchange. That somebody does is an entry of the audit log, and durable, before any payload is
   * read (R-106, evidence rule 9): an opening that breaks off was one all the same.
   * @throws NoSuchExchange before anything is opened; CannotOpen; what `recordAct` throws
   */
  async open(exchangeId: string, opener: Opener): Promise<ExchangeEvidence> {
    const rows = await this.#entries(exchangeId)
    if (rows.length === 0) throw new NoSuchExchange(await this.#whereElse(exchangeId))
    const actId = await this.#recordOpening(exchangeId, opener)
    const checkpoint = await this.#checkpoint(exchangeId, rows)
    const halves: HalfEvidence[] = []
    const messages = await this.#messages(exchangeId)
    for (const { half, entry } of rows) {
      const fields = decodeEntry(entry)
      const place = await this.#place(exchangeId, half, checkpoint?.size)
      halves.push({ half, fields, entry, message: messages.get(half), place })
    }
    return this.#evidence({ exchangeId, actId, checkpoint }, halves)
  }

  /**
   * Opens an exchange whose rows have left the database for archive files. From the database come, all the same, the
   * certificates and lists of that day, and into it goes the act.
   * @throws CannotOpen; what `recordAct` throws
   */
  async openArchived(
    { exchangeId, halves: archived, checkpoint, size }: ArchivedEvidence,
    opener: Opener,
  ): Promise<ExchangeEvidence> {
    const { masterKey } = this.#options
    const actId = await this.#recordOpening(exchangeId, opener)
    const halves: HalfEvidence[] = []
    for (const { half, entry, index, proof, sealed } of archived) {
      const { log } = checkpoint
      const place = {
        index,
        proof: proof ?? (await this.#tree.inclusionProof({ log, index }, size)),
      }
      const message = sealed && openMessage(masterKey, { exchangeId, half }, sealed)
      halves.push({ half, fields: decodeEntry(entry), entry, message, place })
    }
    return this.#evidence({ exchangeId, actId, checkpoint }, halves)
  }

  async #recordOpening(exchangeId: string, opener: Opener): Promise<string> {
    const subject = `exchange ${exchangeId}`
    const { actId } = await this.#options.recordAct({ kind: 'payload.open', ...opener, subject })
    return actId
  }

  /** With what its certificates were judged by when the checkpoint was stamped, or else at its end. */
  async #evidence(opened: Opened, halves: readonly HalfEvidence[]): Promise<ExchangeEvidence> {
    const stamps = (opened.checkpoint?.timestamps ?? []).map(({ stampedAt }) => stampedAt.getTime())
    const recorded = halves.map(({ fields }) => Date.parse(fields.recordedAt))
    const judgedAt = new Date(stamps.length > 0 ? Math.min(...stamps) : Math.max(...recorded))
    const signers = await this.#signers(halves)
    return {
      ...opened,
      halves,
      signers,
      material: await this.#material.at(judgedAt, [...signers.keys()]),
      judgedAt,
    }
  }

  /** Why an exchange is not there. Ids of exchanges tell their day (RFC 9562 §5.7). */
  async #whereElse(exchangeId: string): Promise<string> {
    const archived =
      exchangeId.charAt(14) === '7'
        ? await archivedDayText(this.#options.client, dayOfId(exchangeId))
        : undefined
    const missing = `the message log has no exchange ${exchangeId}`
    return archived === undefined ? missing : `${missing}: ${archived}`
  }

  async #entries(exchangeId: string): Promise<EntryRow[]> {
    const { rows } = await this.#options.client.query<EntryRow>(
      `SELECT half, entry FROM sluice.message_log_entry
        WHERE exchange_id = $1 ORDER BY half`,
      [exchangeId],
    )
    return rows
  }

  /** The first checkpoint over all halves that is stamped; the first of all where none is yet. */
  async #checkpoint(
    exchangeId: string,
    rows: readonly EntryRow[],
  ): Promise<(CheckpointEvidence & { readonly size: number }) | undefined> {
    const places = await Promise.all(rows.map(({ half }) => this.#tree.placeOf(exchangeId, half)))
    const [first, ...others] = places
    // Both halves have one domain, and so one log.
    if (!first || others.some((place) => place?.log !== first.log)) return undefined
    const size = 1 + Math.max(...places.map((place) => place?.index ?? 0))
    const { rows: found } = await this.#options.client.query<{ size: string; note: string }>(
      `SELECT size, note FROM sluice.log_checkpoint AS checkpoint WHERE log = $1 AND size >= $2
        ORDER BY NOT EXISTS (SELECT FROM sluice.log_timestamp AS stamp
                              WHERE stamp.log = checkpoint.log AND stamp.size = checkpoint.size),
                 checkpoint.size LIMIT 1`,
      [first.log, size],
    )
    const [row] = found
    return row && this.#attested(first.log, row)
  }

  /** A checkpoint with the lines of its witnesses and its timestamps. */
  async #attested(
    log: string,
    { size, note }: { readonly size: string; readonly note: string },
  ): Promise<CheckpointEvidence & { readonly size: number }> {
    const cosignatures = await this.#options.client.query<{ line: string }>(
      'SELECT line FROM sluice.log_cosignature WHERE log = $1 AND size = $2 ORDER BY witness',
      [log, size],
    )
    const stamps = await this.#options.client.query<{
      tsa: string
      token: Buffer
      stamped_at: Date
    }>(
      `SELECT tsa, token, stamped_at FROM sluice.log_timestamp
        WHERE log = $1 AND size = $2 ORDER BY tsa`,
      [log, size],
    )
    return {
      log,
      size: Number(size),
      note,
      cosignatures: cosignatures.rows.map(({ line }) => line.replace(/\n$/, '')),
      timestamps: stamps.rows.map((stamp) => ({
        authority: stamp.tsa,
        token: stamp.token,
        stampedAt: stamp.stamped_at,
      })),
    }
  }

  async #place(
    exchangeId: string,
    half: Half,
    size: number | undefined,
  ): Promise<HalfEvidence['place']> {
    if (size === undefined) return undefined
    const place = await this.#tree.placeOf(exchangeId, half)
    if (!place) return undefined
    return { index: place.index, proof: await this.#tree.inclusionProof(place, size) }
  }

  async #messages(exchangeId: string): Promise<ReadonlyMap<Half, OpenedPayload>> {
    const { rows } = await this.#options.client.query<PayloadRow>(
      `SELECT half, nonce, ciphertext, id, wrapped_key, master_key_id
         FROM sluice.message_log_payload JOIN sluice.message_log_data_key ON data_key_id = id
        WHERE exchange_id = $1`,
      [exchangeId],
    )
    const { masterKey } = this.#options
    return new Map(
      rows.map(({ half, nonce, ciphertext, id, ...key }) => {
        const { wrapped_key: wrappedKey, master_key_id: masterKeyId } = key
        const sealed = { nonce, ciphertext, id, wrappedKey, masterKeyId }
        return [half, openMessage(masterKey, { exchangeId, half }, sealed)]
      }),
    )
  }

  async #signers(halves: readonly HalfEvidence[]): Promise<ReadonlyMap<string, Buffer>> {
    const thumbprints = halves.flatMap(({ fields }) => [
      ...(fields.consumerCertificate === undefined ? [] : [fields.consumerCertificate]),
      ...(fields.providerCertificate === undefined ? [] : [fields.providerCertificate]),
    ])
    const { rows } = await this.#options.client.query<{ thumbprint: string; der: Buffer }>(
      'SELECT thumbprint, der FROM sluice.certificate WHERE thumbprint = ANY($1::text[])',
      [thumbprints],
    )
    return new Map(rows.map(({ thumbprint, der }) => [thumbprint, der]))
  }
}
