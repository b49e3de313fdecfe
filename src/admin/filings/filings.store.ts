import type { ClientBase } from 'pg'
import type { Queried } from '../admin-database.store.js'
import { v7 as newId } from 'uuid'
import {
  filingTerms,
  type Filing,
  type FilingEvent,
  type FilingKind,
  type FilingState,
} from './filing.js'

interface Row {
  readonly id: string
  readonly [column: string]: unknown
}

const columns = `id, kind, number, member, about, title, body, state, outcome, answer, filed_by, filed_at, ended_at,
  revision`

export type NewFiling = Pick<
  Filing,
  'kind' | 'member' | 'about' | 'title' | 'body' | 'filedBy' | 'filedAt'
>

/** Whether the registry has this member, and it has not ended. */
export async function isParticipant(client: Queried, member: string): Promise<boolean> {
  const { rows } = await client.query(
    `SELECT FROM sluice.member WHERE id = $1 AND status <> 'liquidated'`,
    [member],
  )
  return rows.length > 0
}

/** What of a member waits for an answer; nobody else files for it until the transaction ends. */
export async function countOpen(
  client: ClientBase,
  member: string,
  kind: FilingKind,
): Promise<number> {
  await client.query('SELECT pg_advisory_xact_lock(hashtextextended($1, 1764500600))', [member])
  const { rows } = await client.query<{ open: string }>(
    `SELECT count(*) AS open FROM sluice.filing
      WHERE member = $1 AND kind = $2 AND state IN ('filed', 'accepted')`,
    [member, kind],
  )
  return Number(rows[0]?.open)
}

/** What a member has filed since then, of whatever has become of it. */
export async function countSince(
  client: ClientBase,
  member: string,
  kind: FilingKind,
  since: Date,
): Promise<number> {
  const { rows } = await client.query<{ filed: string }>(
    'SELECT count(*) AS filed FROM sluice.filing WHERE member = $1 AND kind = $2 AND filed_at > $3',
    [member, kind, since],
  )
  return Number(rows[0]?.filed)
}

/** Writes it under the next number of its kind and year: without gaps, since a number is taken in the same transaction. */
export async function addFiling(client: ClientBase, filing: NewFiling): Promise<Filing> {
  const { kind, member, about, title, body, filedBy, filedAt } = filing
  const year = filedAt.getUTCFullYear()
  const { rows: numbers } = await client.query<{ last: number }>(
    `INSERT INTO sluice.filing_number AS n (kind, year, last) VALUES ($1, $2, 1)
     ON CONFLICT (kind, year) DO UPDATE SET last = n.last + 1 RETURNING last`,
    [kind, year],
  )
  const number = `${filingTerms[kind].prefix}-${year}/${String(numbers[0]?.last).padStart(4, '0')}`
  const { rows } = await client.query<Row>(
    `INSERT INTO sluice.filing (id, kind, number, member, about, title, body, filed_by, filed_at)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) RETURNING ${columns}`,
    [newId(), kind, number, member, about ?? null, title, body, filedBy, filedAt],
  )
  return only(rows)
}

/** @param lock - until the end of the transaction */
export async function findFiling(
  client: Queried,
  { kind, id }: { readonly kind: FilingKind; readonly id: string },
  lock = false,
): Promise<Filing | undefined> {
  const { rows } = await client.query<Row>(
    `SELECT ${columns} FROM sluice.filing WHERE id = $1 AND kind = $2 ${lock ? 'FOR UPDATE' : ''}`,
    [id, kind],
  )
  return rows[0] && filingOf(rows[0])
}

export interface FilingsWanted {
  readonly kind: FilingKind
  readonly limit: number
  readonly after?: string | undefined
  readonly state?: FilingState | undefined
  readonly member?: string | undefined
  /** Whose; undefined for anybody's. */
  readonly ofMembers?: readonly string[] | undefined
}

/** In the order of filing. */
export async function listFilings(client: Queried, wanted: FilingsWanted): Promise<Filing[]> {
  const { kind, limit, after, state, member, ofMembers } = wanted
  const { rows } = await client.query<Row>(
    `SELECT ${columns} FROM sluice.filing
      WHERE kind = $2 AND ($3::uuid IS NULL OR id > $3) AND ($4::text IS NULL OR state = $4)
        AND ($5::text IS NULL OR member = $5) AND ($6::text[] IS NULL OR member = ANY ($6))
      ORDER BY id LIMIT $1`,
    [limit, kind, after ?? null, state ?? null, member ?? null, ofMembers ?? null],
  )
  return rows.map(filingOf)
}

export interface FilingChange {
  readonly state: FilingState
  readonly at: Date
  readonly outcome?: string | undefined
  readonly answer?: string | undefined
}

/** Of a filing that the transaction has locked. */
export async function changeFiling(
  client: ClientBase,
  id: string,
  { state, at, outcome, answer }: FilingChange,
): Promise<Filing> {
  const endedAt = state === 'answered' || state === 'withdrawn' ? at : null
  const { rows } = await client.query<Row>(
    `UPDATE sluice.filing SET state = $2, ended_at = $3, outcome = $4, answer = $5, revision = revision + 1
      WHERE id = $1 RETURNING ${columns}`,
    [id, state, endedAt, outcome ?? null, answer ?? null],
  )
  return only(rows)
}

/** Its history, the oldest first. */
export async function eventsOf(client: Queried, id: string): Promise<FilingEvent[]> {
  const { rows } = await client.query<{
    at: Date
    state: FilingState
    actor: string
    note: string | null
  }>('SELECT at, state, actor, note FROM sluice.filing_event WHERE filing = $1 ORDER BY position', [
    id,
  ])
  return rows.map(({ note, ...event }) => ({ ...event, note: note ?? undefined }))
}

export async function addEvent(
  client: ClientBase,
  { id, revision, state }: Filing,
  event: { readonly at: Date; readonly actor: string; readonly note?: string | undefined },
): Promise<void> {
  await client.query(
    `INSERT INTO sluice.filing_event (filing, position, at, state, actor, note)
     VALUES ($1, $2, $3, $4, $5, $6)`,
    [id, revision, event.at, state, event.actor, event.note ?? null],
  )
}

/** Makes what a member waits for an answer to that of the one that it has merged into. */
export async function passFilings(
  client: ClientBase,
  from: string,
  into: string,
): Promise<Filing[]> {
  const { rows } = await client.query<Row>(
    `UPDATE sluice.filing SET member = $2, revision = revision + 1
      WHERE member = $1 AND state IN ('filed', 'accepted') RETURNING ${columns}`,
    [from, into],
  )
  return rows.map(filingOf)
}

function only(rows: readonly Row[]): Filing {
  const [row] = rows
  if (!row) throw new Error('the filing was locked')
  return filingOf(row)
}

function filingOf(row: Row): Filing {
  const filing: unknown = {
    id: row.id,
    kind: row['kind'],
    number: row['number'],
    member: row['member'],
    about: row['about'] ?? undefined,
    title: row['title'],
    body: row['body'],
    state: row['state'],
    outcome: row['outcome'] ?? undefined,
    answer: row['answer'] ?? undefined,
    filedBy: row['filed_by'],
    filedAt: row['filed_at'],
    endedAt: row['ended_at'] ?? undefined,
    revision: row['revision'],
  }
  return filing as Filing
}
