import type { Defect, Report } from './defect.js'
import { digestOfLines, fieldsOf, grouped, isAt, type KeepingAct } from './keeping-act.js'
import type { ErasureRow } from './keeping-rows.store.js'
import { firstIdOf } from './times.js'

/** Payloads of a service that an act says were erased at the end of their retention. */
export interface Erasure {
  readonly actId: string
  readonly service: string
  readonly fromId: string
  readonly beforeId: string
  readonly payloads: number
}

const dayMs = 86_400_000

/** Holds the records of erasures against the acts that answer for them. @returns what the acts say */
export function checkErasures(
  rows: readonly ErasureRow[],
  acts: ReadonlyMap<string, KeepingAct>,
  report: Report,
): Erasure[] {
  const groups = grouped(rows, ({ actId }) => actId)
  const erasures: Erasure[] = []
  for (const act of acts.values()) {
    if (act.kind !== 'payload.erase') continue
    const own = groups.get(act.actId) ?? []
    groups.delete(act.actId)
    erasures.push(...checkAct(act, own, report))
  }
  for (const row of [...groups.values()].flat()) {
    report({ ...defectOf(row), kind: 'inserted', finding: 'erasure-unanswered' })
  }
  return erasures
}

function checkAct(act: KeepingAct, rows: readonly ErasureRow[], report: Report): Erasure[] {
  const { actId, after } = act
  const range = rangeOf(act)
  const said = saidOf(act, range)
  let troubles = 0
  const tell = (row: ErasureRow, column?: string): void => {
    report({ ...defectOf(row), kind: 'changed', finding: 'erasure-record', column })
    troubles += 1
  }
  for (const row of rows) {
    if (row.fromId !== range.fromId) tell(row, 'from_id')
    if (row.beforeId !== range.beforeId) tell(row, 'before_id')
    if (!isAt(row.at, after.at)) tell(row, 'erased_at')
    const own = said?.find(({ service }) => service === row.service)
    if (said && !own) tell(row, 'service')
    if (own && own.payloads !== row.payloads) tell(row, 'payloads')
  }
  const isWhole = digestOfLines(rows.map(lineOf)) === after.records
  const [first] = rows
  if (rows.length < Number(after.services) || !first) {
    const missing = { kind: 'missing', finding: 'erasure-record-missing' } as const
    const place = { log: undefined, table: 'payload_erasure', index: undefined } as const
    report({ ...missing, ...place, row: `act ${actId}` })
  } else if (!isWhole && troubles === 0) tell(first)
  return said ?? (isWhole ? [...rows] : [])
}

/** By service, where there were not too many for an entry. */
function saidOf({ actId, after }: KeepingAct, range: Range): Erasure[] | undefined {
  if (typeof after.payloads !== 'object') return undefined
  return Object.entries(fieldsOf(after.payloads)).map(([service, payloads]) => ({
    ...{ actId, service, ...range, payloads: Number(payloads) },
  }))
}

type Range = Pick<Erasure, 'fromId' | 'beforeId'>

/** Ids of the day that the act is about. */
function rangeOf({ subject }: KeepingAct): Range {
  const day = /^day (\d{4}-\d{2}-\d{2})$/.exec(subject)?.[1] ?? ''
  const start = Date.parse(`${day}T00:00:00Z`)
  if (Number.isNaN(start)) return { fromId: '', beforeId: '' }
  return { fromId: firstIdOf(start), beforeId: firstIdOf(start + dayMs) }
}

function lineOf({ service, payloads, fromId, beforeId }: ErasureRow): string {
  return JSON.stringify([service, payloads, fromId, beforeId])
}

function defectOf({ actId, service }: ErasureRow): Omit<Defect, 'kind' | 'finding'> {
  const row = `act ${actId}, service ${service}`
  return { log: undefined, table: 'payload_erasure', index: undefined, row }
}
