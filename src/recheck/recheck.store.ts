import type { ClientBase, Pool } from 'pg'
import type { CaseDocument } from '../connection/connection-case.js'
import type { MemberId } from '../exchange/identifier.js'
import { warningDays } from './limits.js'
import type { Recheck, RecheckCause, RecheckState } from './recheck.js'

type Queried = Pick<Pool, 'query'> | Pick<ClientBase, 'query'>

type Row = { readonly [Column in keyof Recheck]: Recheck[Column] | null }

const columns = `id, connection_case AS "connectionCase", kind, object, member, domain, cause, scope,
  requirement_set AS "requirementSet", reason, change, application, opened_at AS "openedAt",
  opened_by AS "openedBy", until, state, state_since AS "stateSince", documents, revision`

/** What a recheck begins with. */
export type NewRecheck = Omit<Recheck, 'state' | 'stateSince' | 'documents' | 'revision'>

/** @returns false where the object is being rechecked already */
export async function addRecheck(client: ClientBase, recheck: NewRecheck): Promise<boolean> {
  const { id, connectionCase, kind, object, member, domain, cause, scope } = recheck
  const { requirementSet, reason, change, application, openedAt, openedBy, until } = recheck
  const { rowCount } = await client.query(
    `INSERT INTO sluice.recheck (id, connection_case, kind, object, member, domain, cause, scope,
       requirement_set, reason, change, application, opened_at, opened_by, until, state_since)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $13)
     ON CONFLICT (object, scope) WHERE state IN ('open', 'denied', 'suspended') DO NOTHING`,
    [
      ...[id, connectionCase, kind, object, member, domain, cause, scope, requirementSet],
      ...[reason ?? null, change ? JSON.stringify(change) : null, JSON.stringify(application)],
      ...[openedAt, JSON.stringify(openedBy), until ?? null],
    ],
  )
  return rowCount === 1
}

/** @param lock - until the end of the transaction */
export async function findRecheck(
  client: Queried,
  id: string,
  lock = false,
): Promise<Recheck | undefined> {
  const { rows } = await client.query<Row>(
    `SELECT ${columns} FROM sluice.recheck WHERE id = $1 ${lock ? 'FOR UPDATE' : ''}`,
    [id],
  )
  return rows[0] && recheckOf(rows[0])
}

export interface RechecksWanted {
  readonly limit: number
  readonly after?: string | undefined
  readonly object?: string | undefined
  readonly member?: string | undefined
  readonly state?: RecheckState | undefined
  readonly cause?: RecheckCause | undefined
  /** Those whose day has passed. */
  readonly overdueAt?: Date | undefined
  /** Of these members or domains only. */
  readonly of?:
    { readonly members: readonly MemberId[]; readonly domains: readonly string[] } | undefined
}

/** In the order of opening. */
export async function listRechecks(client: Queried, wanted: RechecksWanted): Promise<Recheck[]> {
  const { limit, after, object, member, state, cause, overdueAt, of } = wanted
  const { rows } = await client.query<Row>(
    `SELECT ${columns} FROM sluice.recheck
      WHERE ($2::uuid IS NULL OR id > $2) AND ($3::text IS NULL OR object = $3)
        AND ($4::text IS NULL OR member = $4) AND ($5::text IS NULL OR state = $5)
        AND ($6::text IS NULL OR cause = $6) AND ($7::text[] IS NULL OR member = ANY ($7) OR domain = ANY ($8))
        AND ($9::timestamptz IS NULL OR (until <= $9 AND state IN ('open', 'denied', 'suspended')))
      ORDER BY id LIMIT $1`,
    [
      ...[limit, after ?? null, object ?? null, member ?? null, state ?? null, cause ?? null],
      ...[of?.members ?? null, of?.domains ?? null, overdueAt ?? null],
    ],
  )
  return rows.map(recheckOf)
}

/** Of a recheck that the transaction has locked. */
export async function moveRecheck(
  client: ClientBase,
  id: string,
  state: RecheckState,
  { at, documents = [] }: { readonly at: Date; readonly documents?: readonly CaseDocument[] },
): Promise<void> {
  await client.query(
    `UPDATE sluice.recheck SET state = $2, state_since = $3, documents = documents || $4::jsonb,
            revision = revision + 1 WHERE id = $1`,
    [id, state, at, JSON.stringify(documents)],
  )
}

/** That something was written of a recheck that the transaction has locked. */
export async function touchRecheck(client: ClientBase, id: string): Promise<void> {
  await client.query('UPDATE sluice.recheck SET revision = revision + 1 WHERE id = $1', [id])
}

/** Takes those that are to be warned of, in the caller's transaction; nobody else warns of the same. */
export async function takeWarnings(
  client: ClientBase,
  now: Date,
  limit: number,
): Promise<(Recheck & { readonly days: number })[]> {
  const { rows } = await client.query<{ readonly id: string; readonly days: number }>(
    `WITH due AS (
       SELECT q.id, d.days FROM sluice.recheck q
         CROSS JOIN LATERAL (SELECT min(days) AS days FROM unnest($2::integer[]) AS days
           WHERE q.until <= $1::timestamptz + days * interval '1 day') d
        WHERE q.state IN ('open', 'denied') AND q.until > $1
          AND d.days IS NOT NULL AND (q.warned_days IS NULL OR q.warned_days > d.days)
        ORDER BY q.until LIMIT $3 FOR UPDATE OF q SKIP LOCKED)
     UPDATE sluice.recheck SET warned_days = due.days FROM due WHERE recheck.id = due.id
     RETURNING recheck.id, due.days`,
    [now, warningDays, limit],
  )
  const taken = new Map(rows.map(({ id, days }) => [id, days]))
  const found = await client.query<Row>(
    `SELECT ${columns} FROM sluice.recheck WHERE id = ANY ($1) ORDER BY until`,
    [[...taken.keys()]],
  )
  return found.rows.map((row) => ({ ...recheckOf(row), days: taken.get(String(row.id)) ?? 0 }))
}

/** Takes one whose day has passed, but none of `tried`, in the caller's transaction; nobody else takes the same. */
export async function takeOverdue(
  client: ClientBase,
  now: Date,
  tried: readonly string[],
): Promise<Recheck | undefined> {
  const { rows } = await client.query<Row>(
    `SELECT ${columns} FROM sluice.recheck WHERE state IN ('open', 'denied') AND until <= $1 AND id <> ALL ($2)
      ORDER BY until LIMIT 1 FOR UPDATE SKIP LOCKED`,
    [now, tried],
  )
  return rows[0] && recheckOf(rows[0])
}

/** Takes a change whose check has ended and that the kit alone decides on; `after` is the last that was looked at. */
export async function takeProbed(
  client: ClientBase,
  after: string | undefined,
): Promise<Recheck | undefined> {
  const { rows } = await client.query<Row>(
    `SELECT ${columns} FROM sluice.recheck q WHERE scope = 'probe' AND state = 'open'
        AND ($1::uuid IS NULL OR id > $1)
        AND EXISTS (SELECT FROM sluice.connection_check k WHERE k.recheck = q.id AND k.ended_at IS NOT NULL)
        AND NOT EXISTS (SELECT FROM sluice.connection_check k WHERE k.recheck = q.id AND k.ended_at IS NULL)
      ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED`,
    [after ?? null],
  )
  return rows[0] && recheckOf(rows[0])
}

/**
 * Of these objects, the first that may not run: its recheck is over without a positive opinion.
 * @param client - in the transaction that wants them to run
 */
export async function suspendedByRecheck(
  client: Queried,
  objects: readonly string[],
): Promise<string | undefined> {
  const { rows } = await client.query<{ object: string }>(
    `SELECT object FROM sluice.recheck WHERE object = ANY ($1) AND state = 'suspended' ORDER BY object LIMIT 1`,
    [objects],
  )
  return rows[0]?.object
}

/** That a recheck goes on with the new owner of its object. */
export interface FollowedRecheck {
  readonly id: string
  readonly from: MemberId
  readonly into: MemberId
}

/** Gives what is rechecked of these systems and resources, and of what they offer, to who owns them by now. */
export async function followObjects(
  client: ClientBase,
  objects: readonly string[],
): Promise<FollowedRecheck[]> {
  if (objects.length === 0) return []
  const { rows } = await client.query<FollowedRecheck>(
    `UPDATE sluice.recheck q SET member = o.owner, revision = q.revision + 1
       FROM (SELECT id, coalesce(owner, member) AS owner FROM sluice.subsystem WHERE id = ANY ($1)
             UNION ALL SELECT id, owner FROM sluice.information_resource WHERE id = ANY ($1)) o,
            sluice.recheck former
      WHERE former.id = q.id AND q.state IN ('open', 'denied', 'suspended')
        AND (q.object = o.id OR starts_with(q.object, o.id || '/')) AND q.member <> o.owner
      RETURNING q.id, former.member AS "from", q.member AS "into"`,
    [objects],
  )
  return rows
}

function recheckOf(row: Row): Recheck {
  const { reason, change, until } = row
  const found: unknown = {
    ...row,
    ...{ reason: reason ?? undefined, change: change ?? undefined, until: until ?? undefined },
  }
  return found as Recheck
}
