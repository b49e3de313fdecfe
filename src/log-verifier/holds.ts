import type { Defect, Report } from './defect.js'
import { isAt, type KeepingAct } from './keeping-act.js'
import type { HoldRow } from './keeping-rows.store.js'

/** Members of a scope, and the columns that have them. */
const columns = {
  exchangeId: 'exchange_id',
  service: 'service',
  consumer: 'consumer',
  domain: 'domain',
  fromDay: 'from_day',
  toDay: 'to_day',
} as const
const members = Object.keys(columns) as (keyof typeof columns)[]

/** Holds legal holds and their ends against the acts that answer for them, one by one. */
export function checkHolds(
  rows: readonly HoldRow[],
  acts: ReadonlyMap<string, KeepingAct>,
  report: Report,
): void {
  const open = new Map(
    [...acts].filter(([, { kind }]) => kind === 'hold.set' || kind === 'hold.lift'),
  )
  for (const row of rows) {
    const act = open.get(row.actId)
    open.delete(row.actId)
    if (!act) report({ ...defectOf(row), kind: 'inserted', finding: 'hold-unanswered' })
    else
      for (const column of differing(row, act)) {
        report({ ...defectOf(row), kind: 'changed', finding: 'hold-record', column })
      }
  }
  for (const { actId, subject } of open.values()) {
    const place = { log: undefined, table: 'legal_hold', index: undefined } as const
    const missing = { kind: 'missing', finding: 'hold-record-missing' } as const
    report({ ...missing, ...place, row: `act ${actId}, ${subject}` })
  }
}

/** Columns that say something else than the act. */
function differing(row: HoldRow, { kind, subject, reason, after }: KeepingAct): string[] {
  const scope = row.isLift ? {} : after
  return [
    ...(subject === `hold ${row.holdId}` ? [] : ['hold_id']),
    ...(row.isLift === (kind === 'hold.lift') ? [] : ['is_lift']),
    ...members
      .filter((name) => (row.scope[name] ?? undefined) !== scope[name])
      .map((name) => columns[name]),
    ...(reason === row.reason ? [] : ['reason']),
    ...(isAt(row.at, after.at) ? [] : ['made_at']),
  ]
}

function defectOf({ holdId, isLift }: HoldRow): Omit<Defect, 'kind' | 'finding'> {
  const row = `hold ${holdId}${isLift ? ', lifted' : ''}`
  return { log: undefined, table: 'legal_hold', index: undefined, row }
}
