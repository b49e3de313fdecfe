import { rename, rm } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import type { ClientBase } from 'pg'
import { ArchiveZip } from '../archive-reader/archive-zip.js'
import { verifyArchive, type ArchiveVerdict } from '../archive-reader/verify-archive.js'
import { ArchiveFileWriter } from './archive-file-writer.js'
import { ArchiveRefusal } from './archive-refusal.js'
import { keeps } from './hold-match.js'
import { countHolds, lockHolds, readHolds, type LegalHold } from './legal-hold.store.js'
import { dayAfter, dayOfId, startOf } from './log-day.js'
import { retentionDaysOf, type Retention } from './retention.js'
import { syncFolder } from '../sync-folder.js'
import { inTransaction, takeTurn } from './turn.store.js'

export interface EraseArchivedInput {
  readonly path: string
  readonly retention: Retention
  /** Records the act within the transaction. */
  readonly recordAct: (client: ClientBase, what: ErasedFile) => Promise<string>
  readonly now: () => Date
}

/** An archive file whose payloads were erased. */
export interface ErasedFile {
  readonly file: string
  readonly log: string
  readonly from: number
  readonly to: number
  /** SHA-256 of its manifest, base64, which stays. */
  readonly digest: string
  readonly payloads: number
  /** Parts with payloads that somebody had taken out before. */
  readonly partsGoneBefore: number
  readonly at: Date
}

/**
 * Erases the payloads of an archive file, all together, once the last of them is over its retention and no hold
 * keeps any exchange of the file. Its list of parts stays, and so does every proof. The act is recorded before the
 * file changes: ended between, begun again it goes on.
 * @param client - of the owner of the schema; outside a transaction
 * @returns undefined where nothing was left to do
 * @throws ArchiveRefusal, ArchiveError for a file that is no archive; Error where it cannot be read or written
 */
export async function eraseArchived(
  client: ClientBase,
  input: EraseArchivedInput,
): Promise<ErasedFile | undefined> {
  await takeTurn(client)
  const holdRows = await countHolds(client)
  const verdict = await surveyed(input, await readHolds(client))
  await refuseUnrecorded(client, verdict)
  const erased = erasedFileOf(verdict, input)
  if (erased.payloads === 0 && (await isAnswered(client, verdict))) return undefined
  const draft = join(dirname(input.path), `.${erased.file}.part`)
  try {
    await writeWithout(input.path, draft)
    const { digest, payloads } = await verifyArchive(draft)
    if (digest !== erased.digest || payloads.held > 0) throw new Error('the copy is not the file')
    await inTransaction(client, async () => {
      if ((await lockHolds(client)) !== holdRows) {
        throw new ArchiveRefusal('changed-meanwhile', 'legal holds were set or lifted meanwhile')
      }
      await input.recordAct(client, erased)
    })
    await rename(draft, input.path)
  } catch (error) {
    await rm(draft, { force: true })
    throw error
  }
  await syncFolder(dirname(input.path))
  return erased
}

/** Checks the file, and that all that is or was in it may go. */
async function surveyed(
  { path, retention, now }: EraseArchivedInput,
  holds: readonly LegalHold[],
): Promise<ArchiveVerdict> {
  const at = now().getTime()
  return verifyArchive(path, {
    onEntry: (entry, _index, payload) => {
      const hold = holds.find((each) => keeps(each, entry))
      if (hold) {
        throw new ArchiveRefusal('held', `legal hold ${hold.holdId} keeps exchange ${entry.id}`)
      }
      if (payload !== 'held' && payload !== 'erased') return
      const days = retentionDaysOf(retention, entry.service)
      if (startOf(dayAfter(dayOfId(entry.id), 1 + days)).getTime() <= at) return
      throw new ArchiveRefusal(
        'retention-not-over',
        `the payload of exchange ${entry.id} is kept for ${days} days`,
      )
    },
  })
}

async function refuseUnrecorded(
  client: ClientBase,
  { manifest, digest }: ArchiveVerdict,
): Promise<void> {
  const { rowCount } = await client.query(
    'SELECT FROM sluice.log_archive WHERE log = $1 AND from_index = $2 AND digest = $3',
    [manifest.log, manifest.start.size, Buffer.from(digest, 'base64')],
  )
  if (rowCount === 1) return
  throw new ArchiveRefusal('not-recorded', 'no record of this database names the file')
}

function erasedFileOf(
  { manifest, digest, payloads }: ArchiveVerdict,
  { path, now }: EraseArchivedInput,
): ErasedFile {
  const { log, start, end } = manifest
  return {
    ...{ file: basename(path), log, from: start.size, to: end.size, digest },
    ...{ payloads: payloads.held, partsGoneBefore: payloads.erasedParts, at: now() },
  }
}

/** Whether nothing is missing from the file that no act answers for. */
async function isAnswered(
  client: ClientBase,
  { digest, payloads }: ArchiveVerdict,
): Promise<boolean> {
  if (payloads.erasedParts === 0) return true
  const { rowCount } = await client.query(
    `SELECT FROM sluice.audit_log_entry WHERE kind = 'archive.erase'
        AND sluice.entry_as_json(entry) -> 'after' ->> 'digest' = $1 LIMIT 1`,
    [digest],
  )
  return rowCount === 1
}

/** Writes the file anew, durably, with every part but payloads and their keys. */
async function writeWithout(from: string, to: string): Promise<void> {
  const zip = await ArchiveZip.open(from)
  try {
    const file = await ArchiveFileWriter.open(to)
    try {
      for (const name of zip.names) {
        if (name.startsWith('payloads/')) continue
        await file.add(name, zip.stream(name), !/^(?:tree|timestamps)\//.test(name))
      }
      await file.finish()
    } catch (error) {
      file.abandon()
      throw error
    }
  } finally {
    zip.close()
  }
}
