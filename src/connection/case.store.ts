import type { ClientBase, Pool } from 'pg'
import type { Actor } from '../audit-log/act.js'
import type { ConnectionApplication } from '../conformity/application.js'
import type { ObjectKind } from '../conformity/requirement.js'
import type { MemberId } from '../exchange/identifier.js'
import type { CaseState } from './case-state.js'
import type { Archived, CaseDocument, CaseStep, ConnectionCase } from './connection-case.js'

/** A session within the transaction in which a case moves. */
export type CaseTransaction = ClientBase
/** Who only looks, within a transaction or without. */
export type CaseReader = Pick<Pool, 'query'> | Pick<ClientBase, 'query'>

interface Row {
  readonly [column: string]: unknown
}

const columns = `id, kind, member, domain, object_id, application, state, state_since, opened_at, opened_by,
  archived_at, archived_by, archive_reason, revision`
/** As the index has it by which an object has one at a time. */
const isOpen = `state NOT IN ('REFUSED', 'CONNECTED', 'WITHDRAWN') AND archived_at IS NULL`

/** A case that begins. */
export type NewCase = Pick<
  ConnectionCase,
  'id' | 'kind' | 'member' | 'domain' | 'objectId' | 'application' | 'openedAt'
>

/**
 * Opens a case as a draft.
 * @returns whether it is new: false where the object has an open case already
 */
export async function addCase(
  client: CaseTransaction,
  wanted: NewCase,
  by: Actor,
): Promise<boolean> {
  const { id, kind, member, domain, objectId, application, openedAt } = wanted
  const { rowCount } = await client.query(
    `INSERT INTO sluice.connection_case (id, kind, member, domain, object_id, application, state_since, opened_at, opened_by)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $7, $8)
     ON CONFLICT (kind, object_id) WHERE ${isOpen} DO NOTHING`,
    [id, kind, member, domain, objectId, JSON.stringify(application), openedAt, by.actor],
  )
  if (rowCount !== 1) return false
  await addStep(client, id, { state: 'DRAFT', at: openedAt, by })
  return true
}

export interface NewStep {
  readonly state: CaseState
  readonly at: Date
  readonly by: Actor
  readonly note?: string | undefined
  readonly documents?: readonly CaseDocument[]
}

/**
 * Moves a case that the transaction has locked; the database refuses what the procedure does not know. Where the clock of
 * another node was ahead, a step has the time of the one before.
 */
export async function addStep(
  client: CaseTransaction,
  caseId: string,
  { state, at, by, note, documents = [] }: NewStep,
): Promise<void> {
  await client.query(
    `INSERT INTO sluice.connection_case_step (case_id, number, state, at, by, note, documents)
     SELECT $1, coalesce(max(number), 0) + 1, $2, greatest($3, max(at)), $4, $5, $6
       FROM sluice.connection_case_step WHERE case_id = $1`,
    [...[caseId, state, at, JSON.stringify(by)], ...[note ?? null, JSON.stringify(documents)]],
  )
}

/** @param lock - until the end of the transaction */
export async function findCase(
  client: CaseReader,
  id: string,
  lock = false,
): Promise<ConnectionCase | undefined> {
  const { rows } = await client.query<Row>(
    `SELECT ${columns} FROM sluice.connection_case WHERE id = $1 ${lock ? 'FOR UPDATE' : ''}`,
    [id],
  )
  return rows[0] && caseOf(rows[0])
}

/** Of a case that the transaction has locked, in a state in which nobody decides on the application. */
export async function changeApplication(
  client: CaseTransaction,
  id: string,
  application: ConnectionApplication,
): Promise<void> {
  await client.query(
    'UPDATE sluice.connection_case SET application = $2, revision = revision + 1 WHERE id = $1',
    [id, JSON.stringify(application)],
  )
}

/** That something was written of the case beside its steps. */
export async function touchCase(client: CaseTransaction, id: string): Promise<void> {
  await client.query('UPDATE sluice.connection_case SET revision = revision + 1 WHERE id = $1', [
    id,
  ])
}

/** Whose cases somebody sees; undefined for anybody's. */
export interface CasesOf {
  readonly members: readonly MemberId[]
  readonly domains: readonly string[]
}

export interface CasesWanted {
  readonly limit: number
  readonly after?: string | undefined
  readonly state?: CaseState | undefined
  readonly kind?: ObjectKind | undefined
  readonly member?: string | undefined
  readonly domain?: string | undefined
  readonly objectId?: string | undefined
  /** Those that were put away, and no others; without it those that were not. */
  readonly archived?: boolean | undefined
  readonly of?: CasesOf | undefined
}

/** In the order of opening. */
export async function listCases(
  client: CaseReader,
  wanted: CasesWanted,
): Promise<ConnectionCase[]> {
  const { limit, after, state, kind, member, domain, objectId, archived, of } = wanted
  const { rows } = await client.query<Row>(
    `SELECT ${columns} FROM sluice.connection_case
      WHERE ($2::uuid IS NULL OR id > $2) AND ($3::text IS NULL OR state = $3)
        AND ($4::text IS NULL OR kind = $4) AND ($5::text IS NULL OR member = $5)
        AND ($6::text IS NULL OR domain = $6) AND ($7::text IS NULL OR object_id = $7)
        AND ($8::text[] IS NULL OR member IN (SELECT sluice.with_merged($8)) OR domain = ANY ($9))
        AND (archived_at IS NOT NULL) = $10
      ORDER BY id LIMIT $1`,
    [
      ...[limit, after ?? null, state ?? null, kind ?? null, member ?? null],
      ...[domain ?? null, objectId ?? null, of?.members ?? null, of?.domains ?? null],
      archived ?? false,
    ],
  )
  return rows.map(caseOf)
}

/** Cases of a member that are not at their end. */
export async function countOpenCases(client: CaseTransaction, member: MemberId): Promise<number> {
  await client.query('SELECT pg_advisory_xact_lock(hashtextextended($1, 1764500200))', [member])
  const { rows } = await client.query<{ open: string }>(
    `SELECT count(*) AS open FROM sluice.connection_case
      WHERE member = $1 AND ${isOpen}`,
    [member],
  )
  return Number(rows[0]?.open)
}

/** Cases that a member has opened since then, whatever has become of them. */
export async function countCasesSince(
  client: CaseReader,
  member: MemberId,
  since: Date,
): Promise<number> {
  const { rows } = await client.query<{ opened: string }>(
    `SELECT count(*) AS opened FROM sluice.connection_case WHERE member = $1 AND opened_at > $2`,
    [member, since],
  )
  return Number(rows[0]?.opened)
}

/** The history of a case, oldest first. */
export async function stepsOf(client: CaseReader, caseId: string): Promise<CaseStep[]> {
  const { rows } = await client.query<Row>(
    `SELECT number, state, at, by, note, documents FROM sluice.connection_case_step
      WHERE case_id = $1 ORDER BY number`,
    [caseId],
  )
  return rows.map((row) => {
    const step: unknown = { ...row, note: row['note'] ?? undefined }
    return step as CaseStep
  })
}

/** How long cases stay in a state. */
export interface StateDuration {
  readonly state: CaseState
  /** Stays that have ended, and were begun in the time that was asked for. */
  readonly stays: number
  readonly medianDays: number
}

export interface DurationsWanted {
  readonly domain?: string | undefined
  readonly kind?: ObjectKind | undefined
  readonly from?: Date | undefined
  readonly until?: Date | undefined
}

/** Median days of each state that some case has left. */
export async function medianDays(
  client: CaseReader,
  { domain, kind, from, until }: DurationsWanted,
): Promise<StateDuration[]> {
  const { rows } = await client.query<{ state: CaseState; stays: string; days: number }>(
    `SELECT state, count(*) AS stays,
            percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM left_at - at)) / 86400 AS days
       FROM (SELECT s.state, s.at, lead(s.at) OVER (PARTITION BY s.case_id ORDER BY s.number) AS left_at
               FROM sluice.connection_case_step s JOIN sluice.connection_case c ON c.id = s.case_id
              WHERE ($1::text IS NULL OR c.domain = $1) AND ($2::text IS NULL OR c.kind = $2)) stay
      WHERE left_at IS NOT NULL AND ($3::timestamptz IS NULL OR at >= $3)
        AND ($4::timestamptz IS NULL OR at < $4)
      GROUP BY state`,
    [domain ?? null, kind ?? null, from ?? null, until ?? null],
  )
  return rows.map(({ state, stays, days }) => ({ state, stays: Number(stays), medianDays: days }))
}

function caseOf(row: Row): ConnectionCase {
  const found: unknown = {
    ...{ id: row['id'], kind: row['kind'], member: row['member'], domain: row['domain'] },
    ...{ objectId: row['object_id'], application: row['application'], state: row['state'] },
    ...{ stateSince: row['state_since'], openedAt: row['opened_at'] },
    ...{ openedBy: row['opened_by'], archived: archivedOf(row), revision: row['revision'] },
  }
  return found as ConnectionCase
}

function archivedOf(row: Row): Archived | undefined {
  if (row['archived_at'] === null) return undefined
  const found: unknown = {
    ...{ at: row['archived_at'], by: row['archived_by'], reason: row['archive_reason'] },
  }
  return found as Archived
}
