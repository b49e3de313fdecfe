import type { Defect, LogTable, Report } from './defect.js'
import type { DefectKind } from './defect-kind.js'

const keptMax = 1_000
/** At one place, what is about the entry comes before what follows from it. */
const tables: readonly LogTable[] = ['log_sequence', 'message_log_entry', 'audit_log_entry']

/** What was found, as many as anybody will read, and the number of the others. */
export class Findings {
  readonly #kept: Defect[] = []
  #dropped = 0

  readonly report: Report = (defect) => {
    if (this.#kept.length < keptMax) this.#kept.push(defect)
    else this.#dropped += 1
  }

  get count(): number {
    return this.#kept.length + this.#dropped
  }

  get dropped(): number {
    return this.#dropped
  }

  /** By log and index, so that the first one is the first place. */
  get defects(): Defect[] {
    return this.#kept.toSorted(byPlace)
  }
}

function byPlace(one: Defect, other: Defect): number {
  const [log, otherLog] = [one.log ?? '\uffff', other.log ?? '\uffff']
  if (log !== otherLog) return log < otherLog ? -1 : 1
  const [index, otherIndex] = [one.index ?? Infinity, other.index ?? Infinity]
  if (index !== otherIndex) return index - otherIndex
  return rankOf(one.table) - rankOf(other.table)
}

function rankOf(table: LogTable): number {
  const rank = tables.indexOf(table)
  return rank < 0 ? tables.length : rank
}

/** Kinds among these, each once. */
export function kindsOf(defects: readonly Defect[]): DefectKind[] {
  return [...new Set(defects.map(({ kind }) => kind))]
}
