import type { ArchiveVerdict } from '../archive-reader/verify-archive.js'
import type { Report } from './defect.js'
import { textOf, type KeepingAct } from './keeping-act.js'

/** Digests, base64, of archive files whose payloads were erased, as acts in the audit log answer for it. */
export function erasedFiles(acts: ReadonlyMap<string, KeepingAct>): Set<string> {
  const erasures = [...acts.values()].filter(({ kind }) => kind === 'archive.erase')
  return new Set(erasures.map(({ after }) => textOf(after.digest)))
}

/** Tells of payloads that were taken out of a file for which no act answers. */
export function checkErasedParts(
  file: string,
  { manifest, digest, payloads }: ArchiveVerdict,
  erased: ReadonlySet<string>,
  report: Report,
): void {
  const { erasedParts: count, erasedFrom } = payloads
  if (count === 0 || erased.has(digest)) return
  report({
    log: manifest.log,
    kind: 'missing',
    finding: 'archive-payloads-missing',
    table: 'archive_file',
    index: erasedFrom ?? manifest.start.size,
    row: file,
    details: { count },
  })
}
