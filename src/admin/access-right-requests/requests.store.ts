import type { MemberId } from '../../exchange/identifier.js'
import type { Queried } from '../admin-database.store.js'
import type { AccessRightRequest, AskedTerms, Ground, RequestState } from './request.js'

interface Row {
  readonly id: string
  readonly revision: number
  readonly [column: string]: unknown
}

const columns = `id, consumer, provider, service, legal_basis, purpose, modes, omit, valid_from, valid_until,
  daily_quota, asked_by, asked_at, state, ground, decided_by, decided_at, access_right, revision`

/** @returns whether it is new: false where the same is asked already and waits for an answer */
export async function addRequest(
  client: Queried,
  id: string,
  asked: AskedTerms,
  { provider, askedBy }: Pick<AccessRightRequest, 'provider' | 'askedBy'>,
): Promise<boolean> {
  const { rowCount } = await client.query(
    `INSERT INTO sluice.access_right_request (id, consumer, provider, service, legal_basis, purpose, modes, omit,
       valid_from, valid_until, daily_quota, asked_by)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
     ON CONFLICT (consumer, service, purpose) WHERE state = 'asked' DO NOTHING`,
    [
      ...[id, asked.consumer, provider, asked.service, asked.legalBasis, asked.purpose],
      ...[asked.modes, asked.omit, asked.from, asked.until ?? null, asked.dailyQuota ?? null],
      askedBy,
    ],
  )
  return rowCount === 1
}

/** Requests of a system that wait for an answer. */
export async function countOpen(client: Queried, consumer: string): Promise<number> {
  const { rows } = await client.query<{ open: string }>(
    `SELECT count(*) AS open FROM sluice.access_right_request WHERE consumer = $1 AND state = 'asked'`,
    [consumer],
  )
  return Number(rows[0]?.open)
}

/** @param lock - until the end of the transaction */
export async function findRequest(
  client: Queried,
  id: string,
  lock = false,
): Promise<AccessRightRequest | undefined> {
  const { rows } = await client.query<Row>(
    `SELECT ${columns} FROM sluice.access_right_request WHERE id = $1 ${lock ? 'FOR UPDATE' : ''}`,
    [id],
  )
  return rows[0] && requestOf(rows[0])
}

export interface RequestsWanted {
  readonly limit: number
  readonly after?: string | undefined
  readonly state?: RequestState | undefined
  readonly consumer?: string | undefined
  readonly provider?: string | undefined
  /** Whose systems ask or are asked; undefined for anybody's. */
  readonly ofMembers?: readonly MemberId[] | undefined
}

/** In the order of asking. */
export async function listRequests(
  client: Queried,
  { limit, after, state, consumer, provider, ofMembers }: RequestsWanted,
): Promise<AccessRightRequest[]> {
  const { rows } = await client.query<Row>(
    `SELECT ${columns} FROM sluice.access_right_request r
      WHERE ($2::uuid IS NULL OR id > $2) AND ($3::text IS NULL OR state = $3)
        AND ($4::text IS NULL OR consumer = $4) AND ($5::text IS NULL OR provider = $5)
        AND ($6::text[] IS NULL OR EXISTS (
          SELECT FROM sluice.subsystem s
           WHERE s.id IN (r.consumer, r.provider) AND coalesce(s.owner, s.member) = ANY ($6)))
      ORDER BY id LIMIT $1`,
    [limit, after ?? null, state ?? null, consumer ?? null, provider ?? null, ofMembers ?? null],
  )
  return rows.map(requestOf)
}

/** What became of a request. */
export interface Decision {
  readonly state: Exclude<RequestState, 'asked'>
  readonly by: string
  readonly ground?: Ground | undefined
  readonly accessRight?: string | undefined
}

/** Of a request that the transaction has locked. */
export async function decide(
  client: Queried,
  id: string,
  { state, by, ground, accessRight }: Decision,
): Promise<void> {
  await client.query(
    `UPDATE sluice.access_right_request
        SET state = $2, decided_by = $3, decided_at = clock_timestamp(), ground = $4, access_right = $5,
            revision = revision + 1
      WHERE id = $1`,
    [id, state, by, ground ? JSON.stringify(ground) : null, accessRight ?? null],
  )
}

function requestOf(row: Row): AccessRightRequest {
  const request: unknown = {
    id: row.id,
    consumer: row['consumer'],
    provider: row['provider'],
    service: row['service'],
    legalBasis: row['legal_basis'],
    purpose: row['purpose'],
    modes: row['modes'],
    omit: row['omit'],
    from: row['valid_from'],
    until: row['valid_until'] ?? undefined,
    dailyQuota: row['daily_quota'] ?? undefined,
    askedBy: row['asked_by'],
    askedAt: row['asked_at'],
    state: row['state'],
    ground: row['ground'] ?? undefined,
    decidedBy: row['decided_by'] ?? undefined,
    decidedAt: row['decided_at'] ?? undefined,
    accessRight: row['access_right'] ?? undefined,
    revision: row.revision,
  }
  return request as AccessRightRequest
}
