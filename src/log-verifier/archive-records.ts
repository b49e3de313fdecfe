import type { Defect, Report } from './defect.js'
import { digestOfLines, fieldsOf, grouped, isAt, textOf, type KeepingAct } from './keeping-act.js'
import type { ArchiveRow } from './keeping-rows.store.js'
import { firstIdOf } from './times.js'

/** What an act says of one log. */
interface ActOfLog {
  readonly actId: string
  readonly log: string
  readonly at: unknown
  /** Entries before this index lie in files. */
  readonly to: number
  readonly digest: string
  readonly records: string
}

/** What of the logs lies in archive files, as the acts say. */
export interface Archived {
  /** Before which index, by log: an archive begins where the one before ended. */
  readonly upTo: ReadonlyMap<string, number>
  /** Exchanges with smaller ids may be in files. */
  readonly beforeId: string
}

/** Holds the records of archive files against the acts that answer for them. */
export function checkArchiveRecords(
  rows: readonly ArchiveRow[],
  acts: ReadonlyMap<string, KeepingAct>,
  report: Report,
): Archived {
  const archives = [...acts.values()].filter(({ kind }) => kind === 'log.archive')
  const said = archives.flatMap(actsOfLogs).toSorted((a, b) => a.to - b.to)
  const groups = grouped(rows, ({ actId, log }) => `${actId} ${log}`)
  const upTo = new Map<string, number>()
  for (const act of said) {
    const { actId, log, to } = act
    const group = `${actId} ${log}`
    const own = groups.get(group) ?? []
    groups.delete(group)
    checkGroup(act, own, upTo.get(log) ?? 0, report)
    upTo.set(log, to)
  }
  for (const row of [...groups.values()].flat()) {
    report({ ...defectOf(row), kind: 'inserted', finding: 'archive-unanswered' })
  }
  return { upTo, beforeId: latestBefore(archives) }
}

function actsOfLogs({ actId, after }: KeepingAct): ActOfLog[] {
  return Object.entries(fieldsOf(after.logs)).map(([log, said]) => {
    const { to, digest, records } = fieldsOf(said)
    return {
      ...{ actId, log, at: after.at, to: Number(to) },
      ...{ digest: textOf(digest), records: textOf(records) },
    }
  })
}

/** Holds the records that belong to one act against it; they follow one another from `start` on. */
function checkGroup(
  act: ActOfLog,
  rows: readonly ArchiveRow[],
  start: number,
  report: Report,
): void {
  let troubles = 0
  const tell = (defect: Defect): void => {
    report(defect)
    troubles += 1
  }
  let from = start
  for (const [n, row] of rows.entries()) {
    const next = rows[n + 1]?.from ?? act.to
    if (isGap(row, from)) tell(missingDefect(act, from))
    for (const column of differing(act, row, [from, next])) tell(changedDefect(row, column))
    from = row.to
  }
  const last = rows.at(-1)
  if (from < act.to && (!last || rangeInName(last)[1] === from)) tell(missingDefect(act, from))
  else if (last && last.digest !== act.digest) tell(changedDefect(last, 'digest'))
  const [first] = rows
  const isRight = digestOfLines(rows.map(lineOf)) === act.records
  if (first && troubles === 0 && !isRight) report(changedDefect(first))
}

/** A record before this one is gone: it begins where its own file does, and that is too late. */
function isGap(row: ArchiveRow, from: number): boolean {
  return row.from > from && rangeInName(row)[0] === row.from
}

/** Columns of a record that cannot be as they were, between the records before and after it. */
function differing(
  { at }: ActOfLog,
  row: ArchiveRow,
  [from, next]: readonly [from: number, next: number],
): string[] {
  const [nameFrom, nameTo] = rangeInName(row)
  const isFrom = row.from === from || isGap(row, from)
  const isTo = row.to === next || (row.to < next && nameTo === row.to)
  const isName = (nameFrom === row.from || !isFrom) && (nameTo === row.to || !isTo)
  return [
    ...(isFrom ? [] : ['from_index']),
    ...(isTo ? [] : ['to_index']),
    ...(isName ? [] : ['file_name']),
    ...(isAt(row.at, at) ? [] : ['archived_at']),
  ]
}

/** A file is named by its range, too. */
function rangeInName({ fileName }: ArchiveRow): [from: number, to: number] {
  const [, from, to] = /-(\d{16})-(\d{16})\.zip$/.exec(fileName) ?? []
  return [Number(from), Number(to)]
}

function missingDefect({ log, actId }: ActOfLog, index: number): Defect {
  const missing = { kind: 'missing', finding: 'archive-record-missing' } as const
  return { ...missing, log, table: 'log_archive', index, row: `act ${actId}` }
}

function changedDefect(row: ArchiveRow, column?: string): Defect {
  return { ...defectOf(row), kind: 'changed', finding: 'archive-record', column }
}

function lineOf({ from, to, fileName, digest, root, checkpointSize }: ArchiveRow): string {
  return JSON.stringify([from, to, fileName, digest, root, checkpointSize])
}

function defectOf({ log, from, to, fileName }: ArchiveRow): Omit<Defect, 'kind' | 'finding'> {
  return { log, table: 'log_archive', index: from, row: fileName, details: { from, to } }
}

/** The smallest id of the first day that no archive took. */
function latestBefore(archives: readonly KeepingAct[]): string {
  const times = archives.map(({ after }) => Date.parse(`${textOf(after.before)}T00:00:00Z`))
  return firstIdOf(Math.max(0, ...times.filter((time) => !Number.isNaN(time))))
}

/** What to tell where the tree is not the one that a record states. */
export function rootDefect(row: ArchiveRow): Defect {
  return changedDefect(row, 'root_hash')
}
