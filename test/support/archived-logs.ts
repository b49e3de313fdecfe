import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { recordAct } from '../../src/audit-log/audit-log.store.js'
import type { ActKind } from '../../src/audit-log/act.js'
import type { JsonValue } from '../../src/canonical-json.js'
import {
  archiveActOf,
  archiveErasureActOf,
  erasureActOf,
  holdActOf,
} from '../../src/log-archive/act-of.js'
import { archiveLogs } from '../../src/log-archive/archive-logs.store.js'
import { liftHold, setHold } from '../../src/log-archive/change-holds.store.js'
import {
  eraseArchived,
  type ErasedFile,
  type EraseArchivedInput,
} from '../../src/log-archive/erase-archived.store.js'
import { erasePayloads } from '../../src/log-archive/erase-payloads.store.js'
import { dayAfter, dayOf, startOf } from '../../src/log-archive/log-day.js'
import { SequencingSession } from '../../src/sequencing/sequencing-session.store.js'
import { TimestampClient } from '../../src/timestamp/timestamp-client.js'
import { verifierKeyText } from '../../src/tlog/note-keys.js'
import { ArchiveDays } from './archive-days.js'
import { startTestDatabase, type TestDatabase } from './database.js'
import { startTestLog } from './message-log.js'
import { sampleAccepted, sampleValidated } from './sample-exchange.js'
import type { TestTsa } from './timestamps.js'
import { testOrigin, testSequencing } from './sequencing.js'

const tomorrow = dayAfter(dayOf(new Date()))
/** Today is over then. */
const afterwards = (): Date => new Date(startOf(tomorrow).getTime() + 2 * 3_600_000)

/** Logs that a bus wrote and its sequencer sequenced, of which days go to archives and payloads are erased. */
export class ArchivedLogs {
  readonly database: TestDatabase
  readonly owner: pg.Client
  readonly folder: string
  /** Paths of all archive files so far. */
  readonly files: string[] = []
  readonly #sequencing: ReturnType<typeof testSequencing>

  private constructor(database: TestDatabase, owner: pg.Client, folder: string) {
    this.database = database
    this.owner = owner
    this.folder = folder
    this.#sequencing = testSequencing(database)
  }

  /** The caller stops it. */
  static async start(): Promise<ArchivedLogs> {
    const database = await startTestDatabase()
    await (await ArchiveDays.start(database)).stop()
    const owner = new pg.Client(database.ownerUrl)
    await owner.connect()
    return new ArchivedLogs(database, owner, await mkdtemp(join(tmpdir(), 'sluice-archived-')))
  }

  get signers(): ReturnType<typeof testSequencing>['signers'] {
    return this.#sequencing.signers
  }

  get logKeys(): string[] {
    return ['audit', 'domain/PORTAL'].map((name) => verifierKeyText(this.signers.of(name).key))
  }

  /** Exchanges with payloads, an act, and places for all of them. */
  async write(exchanges: number): Promise<void> {
    const { log } = await startTestLog(this.database.busUrl)
    const session = await this.#session()
    const exchange = async (): Promise<void> => {
      await log.logReply(sampleAccepted(), await log.logRequest(sampleValidated()))
    }
    for (let written = 0; written < exchanges; written += 25) {
      await Promise.all(Array.from({ length: 25 }, exchange))
      await recordAct(this.owner, { kind: 'registry.apply', actor: 'Rauf' })
      await session.pass()
    }
    await log.close()
    await session.close()
  }

  /** A sequencer that begins anew, as after each start of a node. */
  async sequence(): Promise<void> {
    const session = await this.#session()
    await session.pass()
    await session.close()
  }

  /** All entries so far go to files, except for those of tiles that are not full. */
  async archive(fileEntriesMax = 300): Promise<void> {
    const summary = await archiveLogs(this.owner, {
      ...{ day: tomorrow, folder: this.folder, originBase: testOrigin, now: afterwards },
      ...{ logKeys: new Map(), fileEntriesMax },
      recordAct: (client, done) => this.#act(client, 'log.archive', { after: archiveActOf(done) }),
    })
    this.files.push(...(summary?.files ?? []).map(({ fileName }) => join(this.folder, fileName)))
    await this.sequence()
  }

  /** All payloads that are in the database are erased. */
  async erase(): Promise<void> {
    await erasePayloads(this.owner, {
      retention: { payloadsDays: 0, services: {} },
      now: afterwards,
      recordAct: (client, done) =>
        this.#act(client, 'payload.erase', {
          subject: `day ${done.day}`,
          after: erasureActOf(done),
        }),
    })
    await this.sequence()
  }

  /** Time-stamps over the newest checkpoint of each log, by an authority that the caller has. */
  async stamp({ authority, trust }: TestTsa): Promise<void> {
    const ask = (query: Uint8Array): Promise<Uint8Array> => Promise.resolve(authority.answer(query))
    const source = { name: 'Vaxt', isIndependent: true, trust, ask }
    const client = new TimestampClient({ sources: [source], retryMsMin: 1, warn: () => undefined })
    const { rows } = await this.owner.query<{ log: string; size: string; note: string }>(
      'SELECT DISTINCT ON (log) log, size, note FROM sluice.log_checkpoint ORDER BY log, size DESC',
    )
    for (const { log, size, note } of rows) {
      const stamp = await client.stamp(Buffer.from(note), new AbortController().signal)
      await this.owner.query('INSERT INTO sluice.log_timestamp VALUES ($1, $2, $3, $4, $5)', [
        ...[log, size, stamp.authority, stamp.token, stamp.time],
      ])
    }
  }

  /** All payloads of an archive file are erased, unless the change says otherwise. */
  async eraseArchived(
    path: string,
    change: Partial<EraseArchivedInput> = {},
  ): Promise<ErasedFile | undefined> {
    const erased = await eraseArchived(this.owner, {
      ...{ path, retention: { payloadsDays: 0, services: {} }, now: afterwards },
      recordAct: (client, done) =>
        this.#act(client, 'archive.erase', { after: archiveErasureActOf(done) }),
      ...change,
    })
    await this.sequence()
    return erased
  }

  /** Sets a hold on something that nobody has, and lifts it. */
  async hold(): Promise<void> {
    const scope = {
      ...{ exchangeId: crypto.randomUUID(), service: 'AZ/GOV/DIN', consumer: 'AZ/GOV/VN' },
      ...{ domain: 'SENED', fromDay: '2026-01-01', toDay: '2026-02-01' },
    }
    const { holdId } = await setHold(
      this.owner,
      { scope, reason: 'məhkəmə', now: new Date() },
      (client, hold) =>
        this.#act(client, 'hold.set', {
          reason: 'məhkəmə',
          subject: `hold ${hold.holdId}`,
          after: holdActOf(hold, hold.madeAt),
        }),
    )
    const now = new Date()
    await liftHold(this.owner, { holdId, reason: 'bitdi', now }, (client) =>
      this.#act(client, 'hold.lift', {
        reason: 'bitdi',
        subject: `hold ${holdId}`,
        after: { at: now.toISOString() },
      }),
    )
    await this.sequence()
  }

  async stop(): Promise<void> {
    await this.owner.end().catch(() => undefined)
    await this.database.stop()
    await rm(this.folder, { recursive: true })
  }

  async #act(
    client: Parameters<typeof recordAct>[0],
    kind: ActKind,
    what: { readonly subject?: string; readonly reason?: string; readonly after: JsonValue },
  ): Promise<string> {
    return (await recordAct(client, { kind, actor: 'Aysel', ...what })).actId
  }

  async #session(): Promise<SequencingSession> {
    const session = await SequencingSession.open(this.#sequencing.parts)
    await session.elect()
    await session.load()
    return session
  }
}
