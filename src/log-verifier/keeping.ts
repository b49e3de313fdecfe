import { erasedFiles } from './archive-erasures.js'
import { checkArchiveFiles, type ArchiveFiles } from './archive-files.js'
import { checkArchiveRecords, rootDefect, type Archived } from './archive-records.js'
import type { StampReader } from './attestation-row.js'
import type { Report } from './defect.js'
import { ErasedPayloads } from './erased-payloads.js'
import { checkErasures } from './erasures.js'
import { checkHolds } from './holds.js'
import { keepingActs } from './keeping-act.js'
import { readKeepingRows, type ArchiveRow } from './keeping-rows.store.js'
import type { LogSnapshot } from './log-snapshot.store.js'
import type { KeptRoot } from './signed-roots.js'

/** What lies in archives and what was erased, as the acts in the audit log answer for it. */
export interface Keeping {
  readonly archived: Archived
  readonly erased: ErasedPayloads
  readonly files: ArchiveFiles
  /** Roots that the tree of a log must have had, by files and by the records of them. */
  readonly rootsOf: (log: string) => readonly KeptRoot[]
}

export interface KeepingOptions {
  readonly archives: readonly string[]
  readonly logKeys: readonly string[]
  /** Only what is of this log. */
  readonly log: string | undefined
  readonly stamps: StampReader | undefined
}

/** Reads what is kept, and holds the records of it, and archive files, against the acts. */
export async function readKeeping(
  snapshot: LogSnapshot,
  { archives, logKeys, log, stamps }: KeepingOptions,
  report: Report,
): Promise<Keeping> {
  const rows = await readKeepingRows(snapshot)
  const acts = keepingActs(rows.acts)
  const ofLog: Report = (defect) => {
    if (log === undefined || defect.log === log) report(defect)
  }
  const archived = checkArchiveRecords(rows.archives, acts, ofLog)
  const erased = new ErasedPayloads(checkErasures(rows.erasures, acts, ofLog))
  checkHolds(rows.holds, acts, ofLog)
  const files = await checkArchiveFiles(archives, {
    ...{ logKeys, erased, report, stamps, records: rows.archives },
    erasedFiles: erasedFiles(acts),
  })
  const rootsOf = (name: string): KeptRoot[] => [
    ...rows.archives.filter((row) => row.log === name).map(rootOfRecord),
    ...(files.roots.get(name) ?? []),
  ]
  return { archived, erased, files, rootsOf }
}

/** Whether days have gone to an archive since then: what the snapshot shows of them is gone, too. */
export async function isArchivedSince(snapshot: LogSnapshot, then: Archived): Promise<boolean> {
  const rows = await readKeepingRows(snapshot)
  const now = checkArchiveRecords(rows.archives, keepingActs(rows.acts), () => undefined)
  return [...now.upTo].some(([log, upTo]) => then.upTo.get(log) !== upTo)
}

function rootOfRecord(row: ArchiveRow): KeptRoot {
  const root = Buffer.from(row.root, 'base64').toString('latin1')
  const otherwise = rootDefect(row)
  return { file: row.fileName, size: row.to, root, isByOtherKey: false, otherwise }
}
