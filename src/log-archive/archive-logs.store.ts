import { rename, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { ClientBase } from 'pg'
import type { VerifierKey } from '../archive-reader/signed-note.js'
import { verifyArchive, type ArchiveVerdict } from '../archive-reader/verify-archive.js'
import { archiveLogsPerActMax } from '../limits/audit-log.js'
import { originOf } from '../tlog/checkpoint.js'
import { archiveFileName } from './archive-format.js'
import { planArchive, type ArchivePlan, type LogRange } from './archive-plan.store.js'
import { ArchiveRefusal } from './archive-refusal.js'
import { dataKeysBefore, forgetDataKeys } from './data-keys.store.js'
import {
  dropArchived,
  forgetSequence,
  type RecordedFile,
  type VerifiedFile,
} from './drop-archived.store.js'

import { dayOfId } from './log-day.js'
import { syncFolder } from '../sync-folder.js'
import { inTransaction, takeTurn } from './turn.store.js'
import { fileRanges, writeArchive, type ArchiveTask } from './write-archive.store.js'

export interface ArchiveInput {
  /** Days before this one go. */
  readonly day: string
  /** Folder for the files. */
  readonly folder: string
  /** What the origins of the logs begin with. */
  readonly originBase: string
  /** The logs' verifier keys, by origin, where they are known. */
  readonly logKeys: ReadonlyMap<string, { readonly text: string; readonly key: VerifierKey }>
  /**
   * Records an act within the transaction; called once for so many logs as an entry takes, and once where days
   * go of which no log has anything.
   */
  readonly recordAct: (client: ClientBase, what: ArchivedSummary) => Promise<string>
  readonly now: () => Date
  readonly tell?: ((line: string) => void) | undefined
  /** Entries of one file, for tests. */
  readonly fileEntriesMax?: number
  /** Logs of one act, for tests. */
  readonly logsPerActMax?: number
}

/** What was done. */
export interface ArchivedSummary {
  readonly day: string
  readonly partitions: readonly string[]
  readonly files: readonly VerifiedFile[]
  readonly at: Date
}

/**
 * Writes days that are over to archive files, reads the files back, and then, in one transaction, records
 * them and drops the days. Whatever ends it leaves either the days in the database or the files and the
 * record of them; begun again it goes on.
 * @param client - of the owner of the schema; outside a transaction
 * @returns undefined where nothing was left to do
 * @throws ArchiveRefusal
 */
export async function archiveLogs(
  client: ClientBase,
  input: ArchiveInput,
): Promise<ArchivedSummary | undefined> {
  await takeTurn(client)
  const plan = await planArchive(client, input.day, input.now())
  if (plan.straddledUntil !== undefined) {
    const until = dayOfId(plan.straddledUntil)
    input.tell?.(
      `the oldest partition has all days before ${until}, and goes with the last of them`,
    )
  }
  const dataKeyIds = await dataKeysBefore(client, plan.beforeId)
  // From here on few rows are read at a time, each by its key: the server must not join many days as a
  // whole for that.
  await client.query('SET enable_hashjoin = off; SET enable_mergejoin = off')
  // What a run that was ended has left.
  await forgetSequence(client)
  if (plan.partitions.length === 0 && plan.ranges.length === 0) return undefined
  const files: VerifiedFile[] = []
  for (const range of plan.ranges) files.push(...(await writeFiles(client, range, input)))
  const summary = await record(client, plan, files, input)
  const forgotten = await forgetSequence(client)
  const keys = await forgetDataKeys(client, dataKeyIds, input.now())
  input.tell?.(`${forgotten} places and ${keys} data keys that nothing needs any more are gone`)
  return summary
}

async function record(
  client: ClientBase,
  plan: ArchivePlan,
  files: readonly VerifiedFile[],
  input: ArchiveInput,
): Promise<ArchivedSummary> {
  const partitions = plan.partitions.map(({ name }) => name)
  const summary = { day: input.day, partitions, files, at: input.now() }
  await inTransaction(client, async () => {
    const recorded: RecordedFile[] = []
    for (const ofAct of filesByAct(files, input.logsPerActMax)) {
      const actId = await input.recordAct(client, { ...summary, files: ofAct })
      recorded.push(...ofAct.map((file) => ({ file, actId })))
    }
    await dropArchived(client, plan, recorded, summary.at)
  })
  return summary
}

/** Files by the acts that answer for them, those of one log together: an entry takes only so many logs. */
export function filesByAct(
  files: readonly VerifiedFile[],
  logsMax: number = archiveLogsPerActMax,
): VerifiedFile[][] {
  const logs = [...new Set(files.map(({ log }) => log))]
  const acts: VerifiedFile[][] = []
  for (let start = 0; start === 0 || start < logs.length; start += logsMax) {
    const ofAct = new Set(logs.slice(start, start + logsMax))
    acts.push(files.filter(({ log }) => ofAct.has(log)))
  }
  return acts
}

async function writeFiles(
  client: ClientBase,
  range: LogRange,
  input: ArchiveInput,
): Promise<VerifiedFile[]> {
  const { log, checkpoint } = range
  const origin = originOf(input.originBase, log)
  const files: VerifiedFile[] = []
  let previous = range.previous?.digest.toString('base64') ?? null
  for (const { from, to } of fileRanges(range.from, range.to, input.fileEntriesMax)) {
    const logKey = input.logKeys.get(origin)?.text ?? null
    const task = { log, origin, from, to, checkpoint, previous, logKey, madeAt: input.now() }
    const verdict = await writeFile(client, task, input)
    const fileName = archiveFileName(origin, from, to)
    const digest = Buffer.from(verdict.digest, 'base64')
    const root = Buffer.from(verdict.manifest.end.root, 'base64')
    files.push({ log, from, to, fileName, digest, root, checkpointSize: checkpoint.size })
    previous = verdict.digest
  }
  return files
}

/** Under a temporary name until the reader, which shares nothing with the writer, has believed it. */
async function writeFile(
  client: ClientBase,
  task: ArchiveTask,
  { folder, logKeys, tell }: ArchiveInput,
): Promise<ArchiveVerdict> {
  const name = archiveFileName(task.origin, task.from, task.to)
  const path = join(folder, name)
  const known = logKeys.get(task.origin)?.key
  const keys = known ? [known] : []
  if (await exists(path)) {
    const verdict = await verifyArchive(path, { keys })
    checkVerdict(verdict, task, name)
    tell?.(`${name}: an earlier run had written it`)
    return verdict
  }
  const draft = join(folder, `.${name}.part`)
  await writeArchive(client, draft, task)
  const verdict = await verifyArchive(draft, { keys })
  checkVerdict(verdict, task, name)
  await rename(draft, path)
  await syncFolder(folder)
  tell?.(`${name}: ${verdict.entries} entries, ${verdict.payloads.held} payloads, verified`)
  return verdict
}

function checkVerdict({ manifest }: ArchiveVerdict, task: ArchiveTask, name: string): void {
  const isIt =
    manifest.origin === task.origin &&
    manifest.start.size === task.from &&
    manifest.end.size === task.to &&
    manifest.previous === task.previous &&
    manifest.checkpoint.size >= task.to
  if (isIt) return
  throw new ArchiveRefusal('file-exists', `there is a file ${name} that is of another log or run`)
}

async function exists(path: string): Promise<boolean> {
  try {
    await stat(path)
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false
    throw error
  }
}
