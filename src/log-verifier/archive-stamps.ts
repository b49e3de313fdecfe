import type { ArchivedTimestamp } from '../archive-reader/verify-archive.js'
import { checkStamp, type StampReader } from './attestation-row.js'
import type { Defect, Report } from './defect.js'

/**
 * Holds the time-stamps in an archive file against the checkpoint in it, as those in the database are against theirs.
 * @param place - the log and the first index of the file
 * @returns number of those by somebody who is not known
 */
export function checkArchiveStamps(
  found: readonly ArchivedTimestamp[],
  place: { readonly log: string; readonly index: number; readonly file: string },
  stamps: StampReader | undefined,
  report: Report,
): number {
  let unchecked = 0
  for (const { part, tsa, at, token, note } of found) {
    const row = { by: tsa, at: at.getTime() * 1_000, token }
    const { troubles, isChecked } = checkStamp(row, note, stamps)
    if (!isChecked && troubles.length === 0) unchecked += 1
    const { log, index, file } = place
    const where = { log, index, table: 'archive_file', row: `${file}, ${part}` } as const
    for (const { kind, finding, reason } of troubles) report(defectOf(where, kind, finding, reason))
  }
  return unchecked
}

/** Whose and when is said by the list of parts, where the database has columns for it. */
function defectOf(
  where: Pick<Defect, 'log' | 'index' | 'table' | 'row'>,
  kind: Defect['kind'],
  finding: Defect['finding'],
  reason: { readonly az: string; readonly en: string } | undefined,
): Defect {
  if (finding !== 'stamp-bad') return { ...where, kind, finding: 'archive-stamp' }
  return {
    ...where,
    kind,
    finding,
    details: { reason: reason?.en ?? '', reasonAz: reason?.az ?? '' },
  }
}
