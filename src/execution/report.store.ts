import type { Queried } from './executions.store.js'

/** What one member has sent and received in a period, and what became of what it received. */
export interface ReportFigures {
  readonly sent: number
  /** The sum of `open`, `answered`, `archived` and `refused`. */
  readonly received: number
  readonly registered: number
  readonly forwarded: number
  readonly answered: number
  /** Of those, behind their deadline. */
  readonly answeredLate: number
  /** Without an answer. */
  readonly archived: number
  readonly refused: number
  readonly open: number
  /** Of those, behind their deadline. */
  readonly overdue: number
  /** Between arrival and registration; undefined where nothing was registered. */
  readonly medianSecondsToRegistration?: number
}

export interface ReportLine extends ReportFigures {
  readonly member: string
}

export interface ExecutionReport {
  /** In the order of the members' identifiers. */
  readonly lines: readonly ReportLine[]
  /** Their sums; the median is that of all. */
  readonly totals: ReportFigures
}

export interface ReportWanted {
  readonly domain: string
  /** What was received from then until just before. */
  readonly from: Date
  readonly until: Date
  readonly now: Date
  /** Lines of these members alone, whose sums are the totals then; undefined for all. */
  readonly ofMembers: readonly string[] | undefined
}

type Row = { readonly [Column in keyof ReportLine]: ReportLine[Column] | null }

const received = `side = 'received'`
const count = (condition: string): string =>
  `(count(*) FILTER (WHERE ${received} AND ${condition}))::int`

/** Each execution is on two lines: it was sent by one member and received by another. */
export async function reportExecutions(
  database: Queried,
  { domain, from, until, now, ofMembers }: ReportWanted,
): Promise<ExecutionReport> {
  const { rows } = await database.query<Row>(
    `WITH sides AS (
       SELECT v.side, coalesce(y.owner, y.member, array_to_string((string_to_array(v.system, '/'))[1:3], '/')) AS member,
              e.*
         FROM sluice.execution e
         CROSS JOIN LATERAL (VALUES ('sent', e.sender), ('received', e.provider)) AS v (side, system)
         LEFT JOIN sluice.subsystem y ON y.id = v.system
        WHERE e.domain = $1 AND e.received_at >= $2 AND e.received_at < $3)
     SELECT member, (count(*) FILTER (WHERE side = 'sent'))::int AS sent, ${count('true')} AS received,
            ${count('registered_at IS NOT NULL')} AS registered, ${count('forwarded_at IS NOT NULL')} AS forwarded,
            ${count('answered_at IS NOT NULL')} AS answered,
            ${count('answered_at >= deadline')} AS "answeredLate",
            ${count('answered_at IS NULL AND archived_at IS NOT NULL')} AS archived,
            ${count('coalesce(answered_at, archived_at) IS NULL AND refused_at IS NOT NULL')} AS refused,
            ${count('ended_at IS NULL')} AS open, ${count('ended_at IS NULL AND deadline <= $4')} AS overdue,
            round(percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM registered_at - received_at))
              FILTER (WHERE ${received} AND registered_at IS NOT NULL))::int AS "medianSecondsToRegistration"
       FROM sides WHERE $5::text[] IS NULL OR member = ANY ($5)
      GROUP BY GROUPING SETS ((member), ()) ORDER BY member COLLATE "C" NULLS LAST`,
    [domain, from, until, now, ofMembers ?? null],
  )
  const found = rows.map(({ member, ...figures }) => ({ member, figures: figuresOf(figures) }))
  const totals = found.pop()?.figures
  if (!totals) throw new Error('a report without totals')
  return {
    lines: found.map(({ member, figures }) => ({ member: member ?? '', ...figures })),
    totals,
  }
}

function figuresOf({
  medianSecondsToRegistration: median,
  ...counts
}: Omit<Row, 'member'>): ReportFigures {
  const figures = { ...counts, ...(median !== null && { medianSecondsToRegistration: median }) }
  return figures as ReportFigures
}
