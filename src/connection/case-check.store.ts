import type { Actor } from '../audit-log/act.js'
import type { ConnectionApplication } from '../conformity/application.js'
import type { CheckProtocol } from '../conformity/requirement.js'
import type { CaseReader, CaseTransaction } from './case.store.js'
import type { CaseCheck, LineDecision } from './case-check.js'

interface Row {
  readonly id: string
  readonly protocol: (Omit<CheckProtocol, 'startedAt' | 'endedAt'> & StoredTimes) | null
  readonly [column: string]: unknown
}
interface StoredTimes {
  readonly startedAt: string
  readonly endedAt: string
}

const columns = `id, case_id, recheck, application, requirement_set, requested_at, requested_by, attempts, trouble, protocol`

export type NewCheck = Pick<
  CaseCheck,
  'id' | 'caseId' | 'recheck' | 'application' | 'requirementSet' | 'requestedAt' | 'requestedBy'
>

/** Asks for a check; whichever node is first runs it. */
export async function addCheck(client: CaseTransaction, check: NewCheck): Promise<void> {
  const { id, caseId, recheck, application, requirementSet, requestedAt, requestedBy } = check
  await client.query(
    `INSERT INTO sluice.connection_check (id, case_id, application, requirement_set, requested_at, requested_by, recheck)
     VALUES ($1, $2, $3, $4, $5, $6, $7)`,
    [
      ...[id, caseId, JSON.stringify(application), requirementSet, requestedAt],
      ...[JSON.stringify(requestedBy), recheck ?? null],
    ],
  )
}

/** Those that the case went by, oldest first. */
export async function checksOf(client: CaseReader, caseId: string): Promise<CaseCheck[]> {
  const { rows } = await client.query<Row>(
    `SELECT ${columns} FROM sluice.connection_check WHERE case_id = $1 AND recheck IS NULL ORDER BY id`,
    [caseId],
  )
  return decidedOn(client, rows)
}

/** Oldest first. */
export async function checksOfRecheck(client: CaseReader, recheck: string): Promise<CaseCheck[]> {
  const { rows } = await client.query<Row>(
    `SELECT ${columns} FROM sluice.connection_check WHERE recheck = $1 ORDER BY id`,
    [recheck],
  )
  return decidedOn(client, rows)
}

async function decidedOn(client: CaseReader, rows: readonly Row[]): Promise<CaseCheck[]> {
  const { rows: decided } = await client.query<LineDecision & { check_id: string }>(
    `SELECT check_id, code, result, reason, at, by FROM sluice.connection_check_decision
      WHERE check_id = ANY ($1) ORDER BY check_id, number`,
    [rows.map(({ id }) => id)],
  )
  return rows.map((row) =>
    checkOf(
      row,
      decided
        .filter((each) => each.check_id === row.id)
        .map(({ code, result, reason, at, by }) => ({ code, result, reason, at, by })),
    ),
  )
}

/** In the transaction that has locked the case. */
export async function addDecision(
  client: CaseTransaction,
  checkId: string,
  { code, result, reason, at, by }: LineDecision,
): Promise<void> {
  await client.query(
    `INSERT INTO sluice.connection_check_decision (check_id, number, code, result, reason, at, by)
     SELECT $1, coalesce(max(number), 0) + 1, $2, $3, $4, $5, $6
       FROM sluice.connection_check_decision WHERE check_id = $1`,
    [checkId, code, result, reason, at, JSON.stringify(by)],
  )
}

/** A check that a node has taken up, and nobody else until the lease ends. */
export interface LeasedCheck {
  readonly id: string
  readonly caseId: string
  readonly recheck: string | undefined
  readonly application: ConnectionApplication
  readonly requirementSet: number
  readonly requestedBy: Actor
  /** This one; of two nodes that believe they have the check, only the later attempt's result is kept. */
  readonly attempt: number
}

/** Takes up checks that wait, or whose node was not heard of again; the longest waiting first. */
export async function leaseChecks(
  client: CaseReader,
  lease: { readonly by: string; readonly now: Date; readonly until: Date; readonly limit: number },
): Promise<LeasedCheck[]> {
  const { rows } = await client.query<Row & { attempts: number }>(
    `UPDATE sluice.connection_check SET attempts = attempts + 1, leased_by = $1, leased_until = $3
      WHERE id IN (SELECT id FROM sluice.connection_check
                    WHERE ended_at IS NULL AND (leased_until IS NULL OR leased_until <= $2)
                    ORDER BY requested_at LIMIT $4 FOR UPDATE SKIP LOCKED)
      RETURNING ${columns}`,
    [lease.by, lease.now, lease.until, lease.limit],
  )
  return rows.map((row) => {
    const { id, caseId, recheck, application, requirementSet, requestedBy } = checkOf(row, [])
    const about = { id, caseId, recheck, application, requirementSet, requestedBy }
    return { ...about, attempt: row.attempts }
  })
}

/** @returns false where the lease had ended, and another node has the check or has done it */
export async function endCheck(
  client: CaseTransaction,
  { id, attempt }: Pick<LeasedCheck, 'id' | 'attempt'>,
  protocol: CheckProtocol,
): Promise<boolean> {
  const { rowCount } = await client.query(
    `UPDATE sluice.connection_check SET protocol = $3, ended_at = $4, leased_until = NULL
      WHERE id = $1 AND attempts = $2 AND ended_at IS NULL`,
    [id, attempt, JSON.stringify(protocol), protocol.endedAt],
  )
  return rowCount === 1
}

/** Lets another attempt be made from `at` on. */
export async function giveCheckBack(
  client: CaseReader,
  { id, attempt }: Pick<LeasedCheck, 'id' | 'attempt'>,
  trouble: string,
  at: Date,
): Promise<void> {
  await client.query(
    `UPDATE sluice.connection_check SET trouble = $3, leased_until = $4
      WHERE id = $1 AND attempts = $2 AND ended_at IS NULL`,
    [id, attempt, trouble, at],
  )
}

function checkOf(row: Row, decisions: readonly LineDecision[]): CaseCheck {
  const { protocol } = row
  const found: unknown = {
    ...{ id: row.id, caseId: row['case_id'], recheck: row['recheck'] ?? undefined },
    application: row['application'],
    ...{ requirementSet: row['requirement_set'], requestedAt: row['requested_at'] },
    ...{ requestedBy: row['requested_by'], attempts: row['attempts'] },
    trouble: row['trouble'] ?? undefined,
    protocol: protocol
      ? {
          ...protocol,
          startedAt: new Date(protocol.startedAt),
          endedAt: new Date(protocol.endedAt),
        }
      : undefined,
    decisions,
  }
  return found as CaseCheck
}
