import { recordAct } from '../audit-log/audit-log.store.js'
import type { ActKind } from '../audit-log/act.js'
import type { VerifierKey } from '../archive-reader/signed-note.js'
import type { JsonValue } from '../canonical-json.js'
import { archiveStatementTimeoutMs } from '../limits/log-archive.js'
import type { createClient } from '../database/connection.js'
import {
  archiveActOf,
  archiveErasureActOf,
  erasureActOf,
  holdActOf,
} from '../log-archive/act-of.js'
import { archiveLogs, type ArchivedSummary } from '../log-archive/archive-logs.store.js'
import { liftHold, setHold } from '../log-archive/change-holds.store.js'
import { eraseArchived, type ErasedFile } from '../log-archive/erase-archived.store.js'
import { erasePayloads, type DayOutcome } from '../log-archive/erase-payloads.store.js'
import { readHolds, type HoldScope, type LegalHold } from '../log-archive/legal-hold.store.js'
import type { Retention } from '../log-archive/retention.js'
import type { Author } from './author.js'
import { openClientOf, type DatabasePlace } from './open-database.js'

/** What of the configuration says what is kept, and under which names the logs are published. */
export interface KeepingConfig {
  readonly evidence: { readonly origin: string }
  readonly retention: Retention
}

export interface ArchiveWish {
  readonly day: string
  readonly folder: string
  readonly keys: readonly { readonly text: string; readonly key: VerifierKey }[]
  readonly tell: (line: string) => void
}

export interface EraseWish {
  readonly day: string | undefined
  readonly service: string | undefined
  readonly tell: (outcome: DayOutcome) => void
}

/** The log, opened by its owner for a command: everything done is an act of the author. */
export interface OpenKeeping {
  readonly retention: Retention
  archive(wish: ArchiveWish): Promise<ArchivedSummary | undefined>
  erase(wish: EraseWish): Promise<DayOutcome[]>
  /** Undefined where the file has no payloads left. */
  eraseArchived(path: string): Promise<ErasedFile | undefined>
  setHold(scope: HoldScope, reason: string): Promise<LegalHold>
  liftHold(holdId: string, reason: string): Promise<LegalHold | undefined>
  holds(): Promise<LegalHold[]>
  close(): Promise<void>
}

/** Opens the log for whoever may change what is kept. */
export type OpenKeepingFor = (author: Author) => Promise<OpenKeeping>

/**
 * The log under the login of the schema's owner. The caller closes it.
 * @throws NothingThere
 */
export async function openKeepingOf(
  place: DatabasePlace,
  config: KeepingConfig,
  author: Author,
): Promise<OpenKeeping> {
  const { client, close } = await openClientOf(place, 'owner', {
    access: 'change',
    statementTimeoutMs: archiveStatementTimeoutMs,
  })
  return {
    ...changesOf(client, config, author),
    retention: config.retention,
    holds: () => readHolds(client),
    close,
  }
}

type Client = ReturnType<typeof createClient>

type RecordAs = (
  within: Parameters<typeof recordAct>[0],
  kind: ActKind,
  what: { readonly subject: string; readonly after?: JsonValue; readonly before?: JsonValue },
) => Promise<string>

/** What changes something, each with its act in the same transaction. */
function changesOf(
  client: Client,
  { retention, evidence }: KeepingConfig,
  author: Author,
): Pick<OpenKeeping, 'archive' | 'erase' | 'eraseArchived' | 'setHold' | 'liftHold'> {
  const act: RecordAs = async (within, kind, what) =>
    (await recordAct(within, { ...author, kind, ...what })).actId
  const now = (): Date => new Date()
  return {
    archive: ({ day, folder, keys, tell }) =>
      archiveLogs(client, {
        ...{ day, folder, tell, now, originBase: evidence.origin },
        logKeys: new Map(keys.map((each) => [each.key.name, each])),
        recordAct: (within, done) =>
          act(within, 'log.archive', { subject: `days before ${day}`, after: archiveActOf(done) }),
      }),
    erase: ({ day, service, tell }) =>
      erasePayloads(client, {
        ...{ retention, day, service, tell, now },
        recordAct: (within, done) =>
          act(within, 'payload.erase', { subject: `day ${done.day}`, after: erasureActOf(done) }),
      }),
    eraseArchived: (path) =>
      eraseArchived(client, {
        ...{ path, retention, now },
        recordAct: (within, done) =>
          act(within, 'archive.erase', {
            subject: `archive file of ${done.log} from ${done.from} up to ${done.to}`,
            after: archiveErasureActOf(done),
          }),
      }),
    ...holdsOf(client, act),
  }
}

function holdsOf(client: Client, act: RecordAs): Pick<OpenKeeping, 'setHold' | 'liftHold'> {
  return {
    setHold: (scope, reason) =>
      setHold(client, { scope, reason, now: new Date() }, (within, hold) =>
        act(within, 'hold.set', {
          subject: `hold ${hold.holdId}`,
          after: holdActOf(hold, hold.madeAt),
        }),
      ),
    liftHold: (holdId, reason) => {
      const at = new Date()
      return liftHold(client, { holdId, reason, now: at }, (within, hold) =>
        act(within, 'hold.lift', {
          subject: `hold ${holdId}`,
          before: holdActOf(hold, hold.madeAt),
          after: { at: at.toISOString() },
        }),
      )
    },
  }
}
