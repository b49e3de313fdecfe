import { createHash, createSecretKey, type KeyObject } from 'node:crypto'
import type pg from 'pg'
import type { LoggedEntry } from '../exchange/logged-entry.js'
import { Fault } from '../exchange/fault.js'
import { isInMemory, type Bytes, type Payload } from '../exchange/payload.js'
import { spooledMemoryBytes } from '../limits/http.js'
import { logOfDomain } from '../tlog/checkpoint.js'
import { DataKeys, type DataKeyLimits } from './data-keys.store.js'
import { encodeEntry, type EntryFields, type Half } from './entry.js'
import { refusalSummaryEntry, type EntryContext } from './exchange-entry.js'
import type { CommitResult, GroupCommit } from './group-commit.store.js'
import { reasonOf, withClient } from './log-connection.store.js'
import { encodeRecord, type OutboxChange } from './log-record.js'
import type { RefusalSummary } from './lost-refusals.js'
import { keyBytes, masterKeyOf, sealPayload, type Sealing } from './payload-cipher.js'
import { sealSpooledPayload } from './spooled-payload-cipher.js'

export interface EntryWriterOptions {
  /** Wraps the keys that encrypt payloads; 32 bytes from outside the database. */
  readonly payloadKey: Uint8Array
  /** Makes persons pseudonyms; 32 bytes from outside the database. */
  readonly pseudonymKey: Uint8Array
  readonly dataKey: DataKeyLimits
  readonly now: () => Date
  readonly warn: (event: string, details: Readonly<Record<string, unknown>>) => void
  readonly connect: () => pg.Client
}

/** Which half of which exchange an entry is, whose, and who makes it durable. */
export interface EntryPlace {
  readonly commits: GroupCommit
  readonly party: string
  readonly half: Half
  readonly exchangeId: string
  /** Of requests. */
  readonly messageIdDigest?: Buffer
  /** Of outcomes: the request's leaf hash, where it has an entry. */
  readonly requestLeafHash?: Uint8Array | undefined
  /** Of one-way exchanges. */
  readonly outbox?: OutboxChange | undefined
}

export interface WrittenEntry {
  readonly result: CommitResult['result']
  readonly entry: LoggedEntry
}

/** A message as it came, wherever its payload is. */
export interface LoggedMessage {
  readonly head: Uint8Array
  readonly payload: Payload
  /** What was made of it for the other side, in pieces; undefined where it goes on as it came. */
  readonly derived?: readonly Uint8Array[] | undefined
}

function memoryBytes(message: LoggedMessage | undefined): number {
  if (!message) return 0
  return isInMemory(message.payload) ? message.payload.length : spooledMemoryBytes
}

function saltedDigest(salt: Uint8Array, pieces: readonly Uint8Array[]): string {
  const sha256 = createHash('sha256').update(salt)
  for (const piece of pieces) sha256.update(piece)
  return sha256.digest('base64url')
}

/** Encrypts messages, encodes the entries that tell of them, and has both made durable. */
export class EntryWriter {
  readonly #options: EntryWriterOptions
  readonly #pseudonymKey: KeyObject
  readonly #dataKeys: DataKeys
  #isRenewing = false
  /** Entries since the start that are durable. */
  entries = 0

  /** @throws RangeError for a key that has not 32 bytes */
  constructor(options: EntryWriterOptions) {
    if (options.pseudonymKey.length !== keyBytes) {
      throw new RangeError(`a pseudonym key has ${keyBytes} bytes`)
    }
    this.#options = options
    this.#pseudonymKey = createSecretKey(options.pseudonymKey)
    this.#dataKeys = new DataKeys(masterKeyOf(options.payloadKey), options.dataKey, options.now)
  }

  /** Stores a key for payloads where one is needed. */
  renewDataKey(client: pg.Client): Promise<void> {
    return this.#dataKeys.renew(client)
  }

  /** @throws Fault AUDIT_UNAVAILABLE, DUPLICATE_MESSAGE */
  async write(
    place: EntryPlace,
    message: LoggedMessage | undefined,
    entryOf: (context: EntryContext) => EntryFields,
  ): Promise<WrittenEntry> {
    const { commits, half, exchangeId, messageIdDigest, requestLeafHash, outbox } = place
    // Before the work of encrypting: what would be refused is refused at once.
    commits.assertAvailable(place.party, memoryBytes(message))
    const kept = message && (await this.#seal(place, message))
    const payloadDigest = kept?.digest
    const headDigest = kept?.headDigest
    const sealedPayloadDigest = kept?.sealedDigest
    const derivedPayloadDigest = kept && message.derived && saltedDigest(kept.salt, message.derived)
    const recordedAt = this.#options.now()
    const fields = entryOf({
      recordedAt,
      pseudonymKey: this.#pseudonymKey,
      payloadDigest,
      headDigest,
      sealedPayloadDigest,
      derivedPayloadDigest,
    })
    const entry = encodeEntry(fields)
    const { leafHash } = entry
    const log = logOfDomain(fields.domain)
    const outcome =
      half === 2 ? { exchangeId, log, leafHash, requestLeafHash, recordedAt } : undefined
    const payload = kept?.sealed
    const { result, receipt } = await commits.commit(
      encodeRecord({ half, fields, entry, recordedAt, payload, messageIdDigest, outcome, outbox }),
    )
    this.entries += 1
    return { result, entry: { leafHash, recordedAt, log, payloadDigest, receipt } }
  }

  /** The same summary tried again is durable once. @throws Fault AUDIT_UNAVAILABLE */
  async writeSummary(commits: GroupCommit, summary: RefusalSummary): Promise<void> {
    const { recordedAt } = summary
    const fields = refusalSummaryEntry(summary)
    const entry = encodeEntry(fields)
    const nothingElse = { payload: undefined, messageIdDigest: undefined }
    await commits.commit(encodeRecord({ half: 2, fields, entry, recordedAt, ...nothingElse }))
    this.entries += 1
  }

  #seal(place: EntryPlace, { head, payload }: LoggedMessage): Promise<Sealing<Bytes>> {
    if (this.#dataKeys.isDue) void this.#renewInBackground()
    const key = this.#dataKeys.current
    if (!key) throw new Fault('AUDIT_UNAVAILABLE', { detail: 'The message log has no key yet.' })
    return isInMemory(payload)
      ? sealPayload(key, place, { head, payload })
      : sealSpooledPayload(key, place, { head, payload })
  }

  async #renewInBackground(): Promise<void> {
    if (this.#isRenewing) return
    this.#isRenewing = true
    const renewed = withClient(this.#options.connect, (client) => this.#dataKeys.renew(client))
    await renewed.catch((error: unknown) =>
      this.#options.warn('message_log.data_key_not_renewed', reasonOf(error)),
    )
    this.#isRenewing = false
  }
}
