import type { ClientBase, Pool } from 'pg'
import type { Execution } from './execution.js'

export type Queried = Pick<Pool, 'query'> | Pick<ClientBase, 'query'>

type Row = { readonly [Column in keyof Execution]: Execution[Column] | null }

const columns = `e.id, e.domain, e.case_id AS "caseId", e.sender, e.recipient, e.provider, e.copies,
  coalesce(s.owner, s.member) AS "senderMember", coalesce(p.owner, p.member) AS "recipientMember",
  e.received_at AS "receivedAt", e.first_deadline AS "firstDeadline", e.deadline,
  e.delivered_at AS "deliveredAt", e.accepted_at AS "acceptedAt", e.registered_at AS "registeredAt",
  e.forwarded_at AS "forwardedAt", e.in_execution_at AS "inExecutionAt", e.answered_at AS "answeredAt",
  e.archived_at AS "archivedAt", e.refused_at AS "refusedAt", e.ended_at AS "endedAt"`

const from = `FROM sluice.execution e
  LEFT JOIN sluice.subsystem s ON s.id = e.sender LEFT JOIN sluice.subsystem p ON p.id = e.provider`

/** Which executions are in a list. */
export const executionStandings = ['open', 'overdue', 'ended'] as const

export interface ExecutionsWanted {
  readonly limit: number
  readonly after?: string | undefined
  readonly standing: (typeof executionStandings)[number]
  readonly now: Date
  readonly domain?: string | undefined
  /** Sender or recipient. */
  readonly member?: string | undefined
  readonly caseId?: string | undefined
  /** Of these members or domains only; undefined for all. */
  readonly of?:
    { readonly members: readonly string[]; readonly domains: readonly string[] } | undefined
}

/** In the order in which their messages came. */
export async function listExecutions(
  database: Queried,
  { limit, after, standing, now, domain, member, caseId, of }: ExecutionsWanted,
): Promise<Execution[]> {
  const { rows } = await database.query<Row>(
    `SELECT ${columns} ${from}
      WHERE (e.ended_at IS NULL) = ($2 <> 'ended') AND ($2 <> 'overdue' OR e.deadline <= $3)
        AND ($4::uuid IS NULL OR e.id > $4) AND ($5::text IS NULL OR e.domain = $5)
        AND ($6::text IS NULL OR $6 IN (coalesce(s.owner, s.member), coalesce(p.owner, p.member)))
        AND ($7::uuid IS NULL OR e.case_id = $7)
        AND ($8::text[] IS NULL OR e.domain = ANY ($9) OR coalesce(s.owner, s.member) = ANY ($8)
          OR coalesce(p.owner, p.member) = ANY ($8))
      ORDER BY e.id LIMIT $1`,
    [
      ...[limit, standing, now, after ?? null, domain ?? null, member ?? null, caseId ?? null],
      ...[of?.members ?? null, of?.domains ?? null],
    ],
  )
  return rows.map(executionOf)
}

/** These, in the order of their ids. */
export async function executionsOf(
  database: Queried,
  ids: readonly string[],
): Promise<Execution[]> {
  const { rows } = await database.query<Row>(
    `SELECT ${columns} ${from} WHERE e.id = ANY ($1::uuid[]) ORDER BY e.id`,
    [ids],
  )
  return rows.map(executionOf)
}

function executionOf(row: Row): Execution {
  const fields = Object.entries(row).map(([name, value]) => [name, value ?? undefined] as const)
  return Object.fromEntries(fields) as unknown as Execution
}
