import type { Pool } from 'pg'
import type { CaseState } from '../connection/case-state.js'

/** Cases that are in a state now, and for how long. */
export interface CasesInState {
  readonly state: CaseState
  readonly cases: number
  readonly medianDays: number
  readonly longestDays: number
}

/** Of one domain, or of all. */
export interface ProgressWanted {
  readonly domain: string | undefined
  readonly now: Date
}

export async function casesByState(
  pool: Pick<Pool, 'query'>,
  { domain, now }: ProgressWanted,
): Promise<CasesInState[]> {
  const { rows } = await pool.query<CasesInState & { readonly cases: string }>(
    `SELECT state, count(*) AS cases, percentile_cont(0.5) WITHIN GROUP (ORDER BY days) AS "medianDays",
            max(days) AS "longestDays"
       FROM (SELECT state, greatest(0, extract(epoch FROM $2 - state_since) / 86400)::float8 AS days
               FROM sluice.connection_case
              WHERE archived_at IS NULL AND ($1::text IS NULL OR domain = $1)) c
      GROUP BY state`,
    [domain ?? null, now],
  )
  return rows.map((row) => ({ ...row, cases: Number(row.cases) }))
}

/** Rechecks that are not at their end. */
export interface RecheckCounts {
  readonly open: number
  readonly denied: number
  readonly suspended: number
  /** Open or denied, their day not further than a week. */
  readonly dueWithinWeek: number
  /** Their day has passed. */
  readonly overdue: number
}

export async function countRechecks(
  pool: Pick<Pool, 'query'>,
  { domain, now }: ProgressWanted,
): Promise<RecheckCounts> {
  const { rows } = await pool.query<Record<keyof RecheckCounts, string>>(
    `SELECT count(*) FILTER (WHERE state = 'open') AS open,
            count(*) FILTER (WHERE state = 'denied') AS denied,
            count(*) FILTER (WHERE state = 'suspended') AS suspended,
            count(*) FILTER (WHERE state <> 'suspended' AND until > $2
              AND until <= $2::timestamptz + interval '7 days') AS "dueWithinWeek",
            count(*) FILTER (WHERE until <= $2) AS overdue
       FROM sluice.recheck
      WHERE state IN ('open', 'denied', 'suspended') AND ($1::text IS NULL OR domain = $1)`,
    [domain ?? null, now],
  )
  const [row] = rows
  return {
    open: Number(row?.open),
    denied: Number(row?.denied),
    suspended: Number(row?.suspended),
    dueWithinWeek: Number(row?.dueWithinWeek),
    overdue: Number(row?.overdue),
  }
}
