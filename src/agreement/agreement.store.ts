import type { ClientBase, Pool } from 'pg'
import type { MemberId } from '../exchange/identifier.js'
import type {
  Acceptance,
  Agreement,
  AgreementSide,
  AgreementState,
  AgreementTerms,
} from './agreement.js'

type Database = Pick<Pool | ClientBase, 'query'>

interface Row {
  readonly id: string
  readonly member: string
  readonly requirement_set: number
  readonly renews: string | null
  readonly in_force_from: Date
  readonly in_force_until: Date
  readonly drafted_by: string
  readonly drafted_at: Date
  readonly state: AgreementState
  readonly member_account: string | null
  readonly member_name: string | null
  readonly member_at: Date | null
  readonly operator_account: string | null
  readonly operator_name: string | null
  readonly operator_at: Date | null
  readonly document: string | null
  readonly document_number: string | null
  readonly withdrawn_by: string | null
  readonly ended_at: Date | null
  readonly passed_to: string | null
  readonly revision: number
}

const columns = `id, member, requirement_set, renews, in_force_from, in_force_until, drafted_by, drafted_at, state,
  member_account, member_name, member_at, operator_account, operator_name, operator_at, document, document_number,
  withdrawn_by, ended_at, passed_to, revision`
const party = 'coalesce(passed_to, member)'

/** One number of our own among the database's advisory locks. */
const agreementLock = 7_583_143_001

/** Agreements of a member are drafted one after the other, until the end of the transaction. */
export async function lockAgreementsOf(client: ClientBase, member: MemberId): Promise<void> {
  await client.query('SELECT pg_advisory_xact_lock($1::bigint + hashtext($2))', [
    agreementLock,
    member,
  ])
}

/** @returns undefined where a draft of the member waits already, or the one that it renews is renewed */
export async function addAgreement(
  client: ClientBase,
  id: string,
  { member, requirementSet, renews, from, until }: AgreementTerms,
  drafted: { readonly by: string; readonly at: Date },
): Promise<Agreement | undefined> {
  const { rows } = await client.query<Row>(
    `INSERT INTO sluice.agreement
       (id, member, requirement_set, renews, in_force_from, in_force_until, drafted_by, drafted_at)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT DO NOTHING RETURNING ${columns}`,
    [...[id, member, requirementSet, renews ?? null, from, until], ...[drafted.by, drafted.at]],
  )
  return rows[0] && agreementOf(rows[0])
}

/** @param isLocked - nobody else changes it until the transaction ends */
export async function findAgreement(
  database: Database,
  id: string,
  isLocked = false,
): Promise<Agreement | undefined> {
  const { rows } = await database.query<Row>(
    `SELECT ${columns} FROM sluice.agreement WHERE id = $1 ${isLocked ? 'FOR UPDATE' : ''}`,
    [id],
  )
  return rows[0] && agreementOf(rows[0])
}

export interface AgreementSelection {
  readonly member?: string | undefined
  readonly state?: AgreementState | undefined
  /** Of these members only. */
  readonly members?: readonly string[] | undefined
  readonly after?: string | undefined
  readonly limit: number
}

/** Oldest first. */
export async function listAgreements(
  database: Database,
  { member, state, members, after, limit }: AgreementSelection,
): Promise<Agreement[]> {
  const { rows } = await database.query<Row>(
    `SELECT ${columns} FROM sluice.agreement
      WHERE ($1::text IS NULL OR $1 IN (member, passed_to)) AND ($2::text IS NULL OR state = $2)
        AND ($3::text[] IS NULL OR member = ANY ($3) OR passed_to = ANY ($3)) AND ($4::uuid IS NULL OR id > $4)
      ORDER BY id LIMIT $5`,
    [member ?? null, state ?? null, members ?? null, after ?? null, limit],
  )
  return rows.map(agreementOf)
}

/** Of a draft that the transaction has locked. */
export async function noteAcceptance(
  client: ClientBase,
  id: string,
  side: AgreementSide,
  { account, name, at }: Acceptance,
): Promise<void> {
  await client.query(
    `UPDATE sluice.agreement
        SET ${side}_account = $2, ${side}_name = $3, ${side}_at = $4, revision = revision + 1
      WHERE id = $1`,
    [id, account, name, at],
  )
}

/** Of a draft that both sides have accepted, and the transaction has locked. */
export async function conclude(
  client: ClientBase,
  id: string,
  document: { readonly id: string; readonly number: string },
): Promise<void> {
  await client.query(
    `UPDATE sluice.agreement SET state = 'concluded', document = $2, document_number = $3 WHERE id = $1`,
    [id, document.id, document.number],
  )
}

/** Of a draft that the transaction has locked. */
export async function withdraw(client: ClientBase, id: string, by: string): Promise<void> {
  await client.query(
    `UPDATE sluice.agreement SET state = 'withdrawn', withdrawn_by = $2, revision = revision + 1
      WHERE id = $1`,
    [id, by],
  )
}

/** The agreement that a member has in force, one of its own first; it stays so until the transaction ends. */
export async function agreementInForce(
  client: ClientBase,
  member: MemberId,
  now: Date,
): Promise<Agreement | undefined> {
  const { rows } = await client.query<Row>(
    `SELECT ${columns} FROM sluice.agreement
      WHERE ${party} = $1 AND state = 'concluded' AND in_force_from <= $2 AND $2 < in_force_until
      ORDER BY passed_to NULLS FIRST, in_force_until DESC LIMIT 1 FOR SHARE`,
    [member, now],
  )
  return rows[0] && agreementOf(rows[0])
}

/** Whether a member has an agreement of its own, concluded and not over, or beginning later. */
export async function hasAgreementAhead(
  client: ClientBase,
  member: MemberId,
  now: Date,
): Promise<boolean> {
  const { rows } = await client.query(
    `SELECT 1 FROM sluice.agreement
      WHERE member = $1 AND passed_to IS NULL AND state = 'concluded' AND $2 < in_force_until LIMIT 1`,
    [member, now],
  )
  return rows.length > 0
}

/** Those that end within so many days, and that nothing concluded takes the place of. */
export async function endingAgreements(
  database: Database,
  now: Date,
  { days, limit }: { readonly days: number; readonly limit: number },
): Promise<Agreement[]> {
  const { rows } = await database.query<Row>(
    `SELECT ${columns} FROM sluice.agreement a
      WHERE state = 'concluded' AND $1 < in_force_until
        AND in_force_until <= $1::timestamptz + $2 * interval '1 day'
        AND NOT EXISTS (SELECT 1 FROM sluice.agreement n
          WHERE n.renews = a.id AND n.state = 'concluded')
        AND NOT EXISTS (SELECT 1 FROM sluice.agreement n
          WHERE n.member = a.passed_to AND n.passed_to IS NULL AND n.state = 'concluded'
            AND n.in_force_from <= a.in_force_until AND n.in_force_until > a.in_force_until)
        AND NOT EXISTS (SELECT 1 FROM sluice.notice t WHERE t.once = 'agreement.ends ' || a.id)
      ORDER BY in_force_until LIMIT $3`,
    [now, days, limit],
  )
  return rows.map(agreementOf)
}

/** Those whose time is over, the oldest first. */
export async function overdueAgreements(
  database: Database,
  now: Date,
  limit: number,
): Promise<Agreement[]> {
  const { rows } = await database.query<Row>(
    `SELECT ${columns} FROM sluice.agreement
      WHERE state = 'concluded' AND in_force_until <= $1 ORDER BY in_force_until LIMIT $2`,
    [now, limit],
  )
  return rows.map(agreementOf)
}

/** Ends one whose time is over, in the caller's transaction. @returns whether nobody else did */
export async function endAgreement(client: ClientBase, id: string, at: Date): Promise<boolean> {
  const { rowCount } = await client.query(
    `UPDATE sluice.agreement SET state = 'ended', ended_at = $2, revision = revision + 1
      WHERE id = $1 AND state = 'concluded' AND in_force_until <= $2`,
    [id, at],
  )
  return rowCount === 1
}

/**
 * Makes what a member has agreed upon, and is not over, that of the one that it has merged into; on paper it stays as it was.
 * @returns those that passed
 */
export async function passAgreements(
  client: ClientBase,
  from: MemberId,
  into: MemberId,
): Promise<Agreement[]> {
  const { rows } = await client.query<Row>(
    `UPDATE sluice.agreement SET passed_to = $2, revision = revision + 1
      WHERE ${party} = $1 AND state = 'concluded' RETURNING ${columns}`,
    [from, into],
  )
  return rows.map(agreementOf)
}

/** Takes a member's draft back, which it can accept no more. */
export async function withdrawDraftsOf(
  client: ClientBase,
  member: MemberId,
  by: string,
): Promise<Agreement[]> {
  const { rows } = await client.query<Row>(
    `UPDATE sluice.agreement SET state = 'withdrawn', withdrawn_by = $2, revision = revision + 1
      WHERE member = $1 AND state = 'drafted' RETURNING ${columns}`,
    [member, by],
  )
  return rows.map(agreementOf)
}

function agreementOf(row: Row): Agreement {
  return {
    id: row.id,
    member: row.member as MemberId,
    requirementSet: row.requirement_set,
    renews: row.renews ?? undefined,
    from: row.in_force_from,
    until: row.in_force_until,
    draftedBy: row.drafted_by,
    draftedAt: row.drafted_at,
    state: row.state,
    accepted: {
      member: acceptance(row.member_account, row.member_name, row.member_at),
      operator: acceptance(row.operator_account, row.operator_name, row.operator_at),
    },
    document:
      row.document !== null && row.document_number !== null
        ? { id: row.document, number: row.document_number }
        : undefined,
    withdrawnBy: row.withdrawn_by ?? undefined,
    endedAt: row.ended_at ?? undefined,
    passedTo: (row.passed_to ?? undefined) as MemberId | undefined,
    revision: row.revision,
  }
}

function acceptance(
  account: string | null,
  name: string | null,
  at: Date | null,
): Acceptance | undefined {
  if (account === null || name === null || at === null) return undefined
  return { account, name, at }
}
